package dev.neurite.cli.input;

import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataParts;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The data of a training.
/// @param parts for training, validation and test
/// @param preprocessing of raw columns; empty for data without
/// @param notes for the model file, to read such data again in the same way
/// @param remarks lines for the user
/// @param origin where it is from
/// @param splitter splits the training part further
/// @param refit fits the preprocessing of a split on its own training part
public record LoadedData(
        DataParts parts,
        Optional<Preprocessing> preprocessing,
        Map<String, String> notes,
        List<String> remarks,
        Origin origin,
        Splitter splitter,
        UnaryOperator<DataSplit> refit) {
    private static final int LOOKED_AT = 1000; // rows

    /// Where data is from, on which defaults of the training depend.
    /// @param named whether it is a data set by name, or has the files of one, whose defaults never change
    /// @param images how the images of a directory were read; empty for other data
    public record Origin(boolean named, Optional<ImageInput> images) {
        /// Files of other kinds.
        public static final Origin FILES = new Origin(false, Optional.empty());
    }

    /// Data from files that hold no images.
    LoadedData(
            DataParts parts,
            Optional<Preprocessing> preprocessing,
            Map<String, String> notes,
            List<String> remarks,
            Splitter splitter,
            UnaryOperator<DataSplit> refit) {
        this(parts, preprocessing, notes, remarks, Origin.FILES, splitter, refit);
    }

    /// Splits rows.
    interface Splitter {
        /// Splits at random, with classes in proportion.
        Splitter RANDOM = new Splitter() {
            @Override
            public DataSplit holdout(Dataset data, double share, long seed) {
                return DataSplit.of(data, share, seed);
            }

            @Override
            public List<DataSplit> folds(Dataset data, int count, long seed) {
                return DataSplit.kFold(data, count, seed);
            }
        };

        /// Splits in two, with a share to evaluate on.
        DataSplit holdout(Dataset data, double share, long seed);

        /// Splits into folds, each of which is the test part once.
        List<DataSplit> folds(Dataset data, int count, long seed);
    }

    /// Data without preprocessing.
    public static LoadedData of(DataSplit split, TrainSettings settings) {
        double share = settings.data().validation().orElse(0);
        DataParts parts = share > 0 ? DataParts.of(split, share, settings.seed()) : DataParts.of(split);
        boolean mapped = split.train().isMapped() || split.test().isMapped();
        List<String> remarks = new ArrayList<>();
        if (mapped) remarks.add("note: the data stays in its file, as it would fill the heap");
        if (isOneHot(split.train())) {
            remarks.add("note: targets are one-hot rows, which are trained on as numbers. To train a classifier, store"
                    + " one class number a row: np.argmax(y, axis=1)");
        }
        return new LoadedData(parts, Optional.empty(), Map.of(), remarks, Splitter.RANDOM, UnaryOperator.identity());
    }

    /// Whether targets are one-hot rows, by the first thousand rows.
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

    /// The same with other training rows.
    public LoadedData withTrain(Dataset train) {
        DataParts with = new DataParts(train, parts.validation(), parts.test());
        return new LoadedData(with, preprocessing, notes, remarks, origin, splitter, refit);
    }

    /// The same with a share of the training rows to validate on, as the settings say.
    public LoadedData withValidation(TrainSettings settings) {
        double share = settings.data().validation().orElse(0);
        if (share == 0) return this;
        DataParts with = DataParts.of(new DataSplit(train(), test()), share, settings.seed());
        return new LoadedData(with, preprocessing, notes, remarks, origin, splitter, refit);
    }

    LoadedData from(Origin other) {
        return new LoadedData(parts, preprocessing, notes, remarks, other, splitter, refit);
    }

    LoadedData withNotes(Map<String, String> other) {
        return new LoadedData(parts, preprocessing, other, remarks, origin, splitter, refit);
    }

    /// The same with one more remark.
    public LoadedData withRemark(String remark) {
        List<String> more = Stream.concat(remarks.stream(), Stream.of(remark)).toList();
        return new LoadedData(parts, preprocessing, notes, more, origin, splitter, refit);
    }

    /// The training part in folds, for cross-validation. The preprocessing of each split is fitted on
    /// its training part.
    /// @param option the option that gives the number, for errors
    public List<LoadedData> folds(String option, int count, long seed) {
        if (count > train().size()) {
            throw new ConfigException(option, "expects at most the " + train().size() + " training rows, got " + count);
        }
        return splitter.folds(train(), count, seed).stream().map(this::fold).toList();
    }

    /// The training part with a share of it held out.
    public LoadedData holdout(double share, long seed) {
        return fold(splitter.holdout(train(), share, seed));
    }

    /// A split of the training part as data of its own, whose test part is what was held out.
    private LoadedData fold(DataSplit split) {
        DataParts of = DataParts.of(refit.apply(split));
        return new LoadedData(
                of, Optional.empty(), Map.of(), List.of(), origin, Splitter.RANDOM, UnaryOperator.identity());
    }

    public Dataset train() {
        return parts.train();
    }

    public Dataset test() {
        return parts.test();
    }

    /// The data to evaluate on while training: the validation part, or without one the test part.
    public Dataset validation() {
        return parts.watched();
    }

    /// The name of that data in logs: `val` or `test`.
    public String validationName() {
        return validatesOnTest() ? "test" : "val";
    }

    /// Whether the test part is evaluated on while training, as there is no validation part.
    public boolean validatesOnTest() {
        return parts.validation().isEmpty();
    }
}
