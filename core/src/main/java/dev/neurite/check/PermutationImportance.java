package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.loss.Criterion;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// How much worse a model becomes when the values of one column are shuffled among the rows, so that they tell nothing
/// about their row any more. Breiman 2001, "Random forests"; Fisher, Rudin and Dominici 2019, "All models are wrong,
/// but many are useful".
///
/// It tells what the model uses, not why something happens. Of two columns that say the same, a model may use
/// either, and each alone may seem unimportant. Rows that the model was not trained on tell what helps with new
/// rows.
/// @param measure what becomes worse: the name of a metric, or `loss`
/// @param value its value for the rows as they are
/// @param repeats how often each column was shuffled
/// @param columns the columns, the most important first
public record PermutationImportance(String measure, double value, int repeats, List<OfColumn> columns) {
    /// The usual number of repeats.
    public static final int REPEATS = 10;

    /// The 97.5 % quantiles of Student's t by degrees of freedom, from 1.
    private static final double[] T = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double NORMAL = 1.960;

    public PermutationImportance {
        columns = List.copyOf(columns);
    }

    /// The importance of a column.
    /// @param importance by how much the measure becomes worse, the mean of all repeats; below 0 if it
    /// becomes better
    /// @param deviation the standard deviation of the repeats, with n in the denominator
    /// @param low the lower end of the 95 % interval of the mean (Student's t), which tells how much the shuffles
    /// matter, not which rows there are
    /// @param high its upper end
    public record OfColumn(String name, double importance, double deviation, double low, double high) {}

    /// What is shuffled: the numbers of a raw column, neighboring ones, several for a column of categories; or all
    /// of an input, such as a text or an image.
    /// @param name the name of the column or input
    /// @param input the number of the input, from 0
    /// @param from the first number
    /// @param count how many; 0 for all of the input
    public record Inputs(String name, int input, int from, int count) {
        /// A column of the only input.
        public Inputs(String name, int from, int count) {
            this(name, 0, from, count);
        }

        /// A whole input, as one.
        public static Inputs whole(String name, int input) {
            return new Inputs(name, input, 0, 0);
        }

        /// The inputs to shuffle of a model of several inputs. Names of columns begin with that of their input
        /// if several have columns.
        /// @param names the names of the inputs
        /// @param columns the columns of each input; of one without columns all of it is shuffled
        public static List<Inputs> joint(List<String> names, List<List<Inputs>> columns) {
            boolean tables = columns.stream().filter(each -> !each.isEmpty()).count() > 1;
            List<Inputs> all = new ArrayList<>();
            for (int i = 0; i < names.size(); i++) {
                if (columns.get(i).isEmpty()) all.add(whole(names.get(i), i));
                for (Inputs each : columns.get(i)) {
                    String name = tables ? names.get(i) + "." + each.name() : each.name();
                    all.add(new Inputs(name, i, each.from(), each.count()));
                }
            }
            return all;
        }

        /// The inputs of the columns of a preprocessing.
        public static List<Inputs> of(Preprocessing preprocessing) {
            List<Inputs> all = new ArrayList<>();
            int at = 0;
            for (Preprocessing.Column each : preprocessing.columns()) {
                int width = each.encoding().width();
                if (width > 0) all.add(new Inputs(each.name(), at, width));
                at += width;
            }
            return all;
        }

        /// One input for each name, in order.
        public static List<Inputs> of(List<String> names) {
            return IntStream.range(0, names.size())
                    .mapToObj(i -> new Inputs(names.get(i), i, 1))
                    .toList();
        }
    }

    /// By how much the loss rises.
    /// @param columns the columns to shuffle
    /// @param repeats how often, at least 2
    /// @param seed decides the shuffles; the same seed gives the same figures
    /// @throws ConfigException for fewer repeats, or rows without these inputs
    public static PermutationImportance ofLoss(
            Model model, Dataset data, Criterion loss, List<Inputs> columns, int repeats, long seed, Kernels kernels) {
        return of(
                "loss",
                -1,
                data,
                columns,
                repeats,
                seed,
                rows -> Evaluation.of(model, rows, loss, kernels).loss());
    }

    /// By how much a metric becomes worse.
    /// @param columns the columns to shuffle
    /// @param repeats how often, at least 2
    /// @param seed decides the shuffles; the same seed gives the same figures
    /// @throws ConfigException for fewer repeats, rows without these inputs, or a metric that does not
    /// fit the outputs or is undefined for these rows
    public static PermutationImportance of(
            Model model,
            Dataset data,
            Criterion loss,
            Metric metric,
            List<Inputs> columns,
            int repeats,
            long seed,
            Kernels kernels) {
        double sign = metric.higherIsBetter() ? 1 : -1;
        return of(metric.name(), sign, data, columns, repeats, seed, rows -> {
            Map<String, OptionalDouble> values =
                    Evaluation.of(model, rows, loss, kernels, metric).metrics();
            return values.getOrDefault(metric.name(), OptionalDouble.empty())
                    .orElseThrow(() -> new ConfigException(
                            "importance", "expects a metric that is defined for these rows, got " + metric.name()));
        });
    }

    /// @param sign 1 if higher values are better, else −1
    private static PermutationImportance of(
            String measure,
            double sign,
            Dataset data,
            List<Inputs> columns,
            int repeats,
            long seed,
            ToDoubleFunction<Dataset> value) {
        if (repeats < 2) throw new ConfigException("importance", "expects 2 repeats or more, got " + repeats);
        List<RowSource> inputs = data.inputs();
        if (!columns.stream().allMatch(each -> each.input() < inputs.size() && has(inputs.get(each.input()), each))) {
            throw new ConfigException(
                    "importance", "expects rows with these columns, got rows of " + data.longestInputs());
        }
        double whole = value.applyAsDouble(data);
        List<OfColumn> all = new ArrayList<>();
        for (Inputs column : columns) {
            float[] values = ShuffledInput.values(inputs.get(column.input()), column);
            double[] drops = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                int[] order = new KeyedRandom(seed, column.from() + ((long) column.input() << 32), i)
                        .permutation(data.size());
                drops[i] = sign * (whole - value.applyAsDouble(new Shuffled(data, column, values, order)));
            }
            all.add(ofColumn(column.name(), drops));
        }
        all.sort(Comparator.comparingDouble(OfColumn::importance).reversed());
        return new PermutationImportance(measure, whole, repeats, all);
    }

    private static boolean has(RowSource input, Inputs column) {
        Shape shape = input.inputShape();
        return column.count() == 0 || (shape.isKnown() && column.from() + column.count() <= shape.size());
    }

    private static OfColumn ofColumn(String name, double[] drops) {
        int n = drops.length;
        double mean = 0;
        for (double each : drops) mean += each / n;
        double squares = 0;
        for (double each : drops) squares += (each - mean) * (each - mean);
        double t = n - 2 < T.length ? T[n - 2] : NORMAL;
        double half = t * Math.sqrt(squares / (n - 1) / n);
        return new OfColumn(name, mean, Math.sqrt(squares / n), mean - half, mean + half);
    }

    /// Rows with the numbers of one column from other rows.
    private static final class Shuffled implements DerivedDataset {
        private final Dataset source;
        private final int input;
        private final ShuffledInput shuffled;

        Shuffled(Dataset source, Inputs column, float[] values, int[] order) {
            this.source = source;
            this.input = column.input();
            this.shuffled = new ShuffledInput(source.inputs().get(input), column, values, order);
        }

        @Override
        public Dataset source() {
            return source;
        }

        @Override
        public List<RowSource> inputs() {
            List<RowSource> all = new ArrayList<>(source.inputs());
            if (all.size() == 1) return List.of(this);
            all.set(input, shuffled);
            return all;
        }

        @Override
        public int length(int row) {
            return shuffled.length(row);
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            if (source.inputs().size() == 1) shuffled.readInput(row, array, at);
            else source.readInput(row, array, at); // which refuses rows of several inputs
        }
    }

    /// One of the inputs of [Shuffled].
    private static final class ShuffledInput implements RowSource {
        private final RowSource source;
        private final Inputs column;
        private final float[] values; // of the column in all rows; none for a whole input
        private final int[] order;

        ShuffledInput(RowSource source, Inputs column, float[] values, int[] order) {
            this.source = source;
            this.column = column;
            this.values = values;
            this.order = order;
        }

        static float[] values(RowSource source, Inputs column) {
            if (column.count() == 0) return new float[0];
            float[] values = new float[Math.multiplyExact(source.size(), column.count())];
            float[] row = new float[source.inputShape().size()];
            for (int i = 0; i < source.size(); i++) {
                source.readInput(i, row, 0);
                System.arraycopy(row, column.from(), values, i * column.count(), column.count());
            }
            return values;
        }

        @Override
        public int size() {
            return source.size();
        }

        @Override
        public Shape inputShape() {
            return source.inputShape();
        }

        @Override
        public int length(int row) {
            return source.length(column.count() == 0 ? order[row] : row);
        }

        @Override
        public float padding() {
            return source.padding();
        }

        @Override
        public int vocabulary() {
            return source.vocabulary();
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            if (column.count() == 0) {
                source.readInput(order[row], array, at);
                return;
            }
            source.readInput(row, array, at);
            System.arraycopy(values, order[row] * column.count(), array, at + column.from(), column.count());
        }
    }
}
