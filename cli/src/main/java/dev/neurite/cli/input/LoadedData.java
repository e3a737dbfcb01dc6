package dev.neurite.cli.input;

import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Data as it is trained on.
/// @param parts to learn from, to measure on, to test with
/// @param preprocessing what became of raw columns; empty for data that has none
/// @param notes what a model file has to note of it, for those who read such data again
/// @param remarks what a person should know of it, a line each
/// @param splitting how its training part is split further
/// @param refitted a split of what there is to learn from, prepared by what its own training part says alone
public record LoadedData(
        DataParts parts,
        Optional<Preprocessing> preprocessing,
        Map<String, String> notes,
        List<String> remarks,
        Splitting splitting,
        UnaryOperator<DataSplit> refitted) {
    private static final int LOOKED_AT = 1000; // rows

    /// How rows are split.
    interface Splitting {
        /// At random, with classes in proportion.
        Splitting RANDOM = new Splitting() {
            @Override
            public DataSplit holdout(Dataset data, double share, long seed) {
                return DataSplit.of(data, share, seed);
            }

            @Override
            public List<DataSplit> folds(Dataset data, int count, long seed) {
                return DataSplit.kFold(data, count, seed);
            }
        };

        /// In two, with a share to evaluate on.
        DataSplit holdout(Dataset data, double share, long seed);

        /// In folds, each of which is evaluated on once.
        List<DataSplit> folds(Dataset data, int count, long seed);
    }

    /// Data that is as it is.
    public static LoadedData of(DataSplit split, TrainSettings settings) {
        double share = settings.data().validation().orElse(0);
        DataParts parts = share > 0 ? DataParts.of(split, share, settings.seed()) : DataParts.of(split);
        boolean mapped = split.train().isMapped() || split.test().isMapped();
        List<String> remarks = new ArrayList<>();
        if (mapped) remarks.add("note: the data stays in a file, as it would fill the heap");
        if (isOneHot(split.train())) {
            remarks.add("note: targets are one-hot rows, which are trained on as numbers. To train a classifier, store"
                    + " one class number a row: np.argmax(y, axis=1)");
        }
        return new LoadedData(parts, Optional.empty(), Map.of(), remarks, Splitting.RANDOM, UnaryOperator.identity());
    }

    /// Whether answers are numbers of which in each row, as far as is looked, one is 1 and the others 0.
    public static boolean isOneHot(Dataset data) {
        int width = data.isLabeled() ? 0 : data.targetShape().size();
        if (width < 2) return false;
        float[] row = new float[width];
        for (int i = 0; i < Math.min(LOOKED_AT, data.size()); i++) {
            data.readTarget(i, row, 0);
            float sum = 0;
            for (float each : row) {
                if (each != 0 && each != 1) return false;
                sum += each;
            }
            if (sum != 1) return false;
        }
        return true;
    }

    /// A split that is as it is, without validation data.
    public static LoadedData of(DataSplit split) {
        return new LoadedData(
                DataParts.of(split), Optional.empty(), Map.of(), List.of(), Splitting.RANDOM, UnaryOperator.identity());
    }

    /// The same with other rows to learn from.
    public LoadedData withTrain(Dataset train) {
        DataParts with = new DataParts(train, parts.validation(), parts.test());
        return new LoadedData(with, preprocessing, notes, remarks, splitting, refitted);
    }

    /// The same with one more thing that a person should know of it.
    LoadedData withRemark(String remark) {
        List<String> more = Stream.concat(remarks.stream(), Stream.of(remark)).toList();
        return new LoadedData(parts, preprocessing, notes, more, splitting, refitted);
    }

    /// The training part in folds, for cross-validation: for each, the rest of the rows to train on and the fold to
    /// evaluate on, prepared by what the former say alone.
    /// @param option that says how many
    public List<DataSplit> folds(String option, int count, long seed) {
        if (count > train().size()) {
            throw new ConfigException(
                    option, "expects at most the " + train().size() + " rows that there are, got " + count);
        }
        return splitting.folds(train(), count, seed).stream().map(refitted).toList();
    }

    /// The training part with a share of it held out.
    public DataSplit holdout(double share, long seed) {
        return refitted.apply(splitting.holdout(train(), share, seed));
    }

    public Dataset train() {
        return parts.train();
    }

    public Dataset test() {
        return parts.test();
    }

    /// What to measure on while training.
    public Dataset watched() {
        return parts.watched();
    }

    /// What its figures are called.
    public String watchedName() {
        return watchesTest() ? "test" : "val";
    }

    /// Whether that is the test data.
    public boolean watchesTest() {
        return parts.validation().isEmpty();
    }
}
