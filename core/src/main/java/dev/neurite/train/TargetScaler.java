package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.data.TargetRow;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Model;
import dev.neurite.model.RowOrigin;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// Standardizes the targets of a regression to mean 0 and deviation 1 for training. Afterwards it
/// scales the trained model's last layer, so that the model predicts the original units. Without it, a
/// network with initial weights around 0 approaches targets around 150 only slowly. scikit-learn's
/// `TransformedTargetRegressor`.
///
/// ```java
/// var scaler = TargetScaler.of(train);
/// Run scaled = Trainer.of(model).loss(meanSquaredError()).fit(scaler.apply(train));
/// Run run = scaler.undo(scaled, train); // its model predicts in the original units
/// ModelFile.save(run, file);
/// ```
/// Before that the file of a model, as a checkpoint, has numbers without a description.
public final class TargetScaler implements Serializable {
    private static final long serialVersionUID = 1L;

    /// The statistics of a last layer that gives (x − mean)·factor.
    private static final String MEAN = ".mean";

    private static final String FACTOR = ".factor";

    private final float[] means;
    private final float[] deviations;

    private TargetScaler(float[] means, float[] deviations) {
        this.means = means;
        this.deviations = deviations;
    }

    /// Measures the mean and deviation of each target, with sums in double precision: over all rows, and over all
    /// positions where rows have targets for each. A constant target is only shifted. A target whose past is
    /// an input, as in a window of a time series, is scaled as that input is, see [Dataset#past()].
    /// @throws ConfigException for labels, or data without rows
    public static TargetScaler of(Dataset data) {
        if (data.isLabeled() || data.size() == 0) {
            throw new ConfigException(
                    "target scaler", "expects target values, got " + (data.size() == 0 ? "no rows" : "class labels"));
        }
        Shape shape = data.targetShape();
        int width = shape.extent(shape.rank() - 1);
        if (!data.past().isEmpty()) return ofPast(data.past(), width);
        double[] sum = new double[width];
        double[] squares = new double[width];
        long count = 0; // of targets in the first pass
        var row = new TargetRow(data);
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < data.size(); i++) {
                row.read(i);
                if (pass == 0) count += row.count() / width;
                for (int at = 0; at < row.count(); at++) {
                    int j = at % width;
                    if (pass == 0) {
                        sum[j] += row.value(at);
                    } else {
                        double centered = row.value(at) - sum[j] / count;
                        squares[j] += centered * centered;
                    }
                }
            }
        }
        float[] means = new float[width];
        float[] deviations = new float[width];
        for (int j = 0; j < width; j++) {
            means[j] = (float) (sum[j] / count);
            float deviation = (float) Math.sqrt(squares[j] / count);
            deviations[j] = deviation > 0 ? deviation : 1;
        }
        return new TargetScaler(means, deviations);
    }

    private static TargetScaler ofPast(List<Dataset.Past> past, int width) {
        float[] means = new float[width];
        float[] deviations = new float[width];
        for (int j = 0; j < width; j++) {
            means[j] = (float) past.get(j % past.size()).shift();
            deviations[j] = (float) past.get(j % past.size()).scale();
        }
        return new TargetScaler(means, deviations);
    }

    /// This data with standardized targets.
    public Dataset apply(Dataset data) {
        return new Scaled(data, means, deviations);
    }

    /// The standardized targets of a row.
    public float[] scaled(float... targets) {
        float[] scaled = new float[means.length];
        for (int j = 0; j < means.length; j++) scaled[j] = (targets[j] - means[j]) / deviations[j];
        return scaled;
    }

    /// The metric in the original units, for a network that is trained on standardized targets.
    public Metric inOriginalUnits(Metric metric) {
        return new InOriginalUnits(metric);
    }

    private final class InOriginalUnits implements Metric {
        private final Metric metric;

        InOriginalUnits(Metric metric) {
            this.metric = metric;
        }

        @Override
        public String name() {
            return metric.name();
        }

        @Override
        public boolean higherIsBetter() {
            return metric.higherIsBetter();
        }

        @Override
        public boolean measures(Kind kind) {
            return metric.measures(kind);
        }

        @Override
        public OptionalDouble of(Predictions scaled) {
            int width = scaled.outputs();
            float[] values = new float[scaled.rows() * width];
            float[] targets = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = original(scaled.output(i / width, i % width), i % width);
                targets[i] = original(scaled.target(i / width, i % width), i % width);
            }
            double[] weights = IntStream.range(0, scaled.rows())
                    .mapToDouble(scaled::weight)
                    .toArray();
            return metric.of(Predictions.ofValues(width, values, targets).withWeights(weights));
        }

        private float original(float scaled, int output) {
            int target = output % means.length;
            return scaled * deviations[target] + means[target];
        }
    }

    /// Scales the weights and bias of the last layer of a model that was trained on standardized
    /// targets. The result predicts the original units. Of a network relative to the last step of a window it sets
    /// the statistics `mean` and `factor`.
    /// @throws ConfigException unless the last layer is dense, with a bias and one output for each
    /// target, or has these statistics
    public Model undo(Model model) {
        String end = model.graph().applications().getLast().name();
        if (isOfUnits(model, end)) return inUnits(model, end);
        String layer = model.network().layers().getLast().name();
        if (!model.parameters().has(layer + ".weight")
                || !model.parameters().has(layer + ".bias")
                || model.parameters().get(layer + ".bias").size() != means.length) {
            throw new ConfigException(
                    "target scaler",
                    "expects a network whose last layer is dense, with " + means.length + " outputs and a bias, got "
                            + layer);
        }
        Tensor weight = model.parameters().get(layer + ".weight");
        Tensor bias = model.parameters().get(layer + ".bias");
        float[][] rows = weight.toRows();
        float[] shifts = bias.toArray();
        for (int j = 0; j < rows.length; j++) {
            for (int i = 0; i < rows[j].length; i++) rows[j][i] *= deviations[j];
            shifts[j] = shifts[j] * deviations[j] + means[j];
        }
        return model.with(layer + ".weight", Tensor.of(rows))
                .with(layer + ".bias", Tensor.of(Shape.of(shifts.length), shifts));
    }

    /// The run with models that predict in the original units, and the description that the data gives them. Its
    /// history stays in standardized units.
    /// @param data the training data with targets in the original units
    /// @throws ConfigException as of [#undo(Model)]
    public Run undo(Run run, Dataset data) {
        Model model = undo(run.model());
        return new Run(
                model,
                undo(run.last()),
                run.history(),
                run.profile(),
                run.minimum(),
                run.stopReason(),
                run.paused(),
                Signature.of(model, data, Losses.meanSquaredError())); // any loss of values gives the same
    }

    private boolean isOfUnits(Model model, String layer) {
        return model.statistics().has(layer + FACTOR)
                && model.statistics().get(layer + FACTOR).size() == means.length;
    }

    /// y = x·deviation + mean, as (x − −mean/deviation)·deviation.
    private Model inUnits(Model model, String layer) {
        float[] shifts = new float[means.length];
        for (int j = 0; j < shifts.length; j++) shifts[j] = -means[j] / deviations[j];
        Shape shape = Shape.of(means.length);
        return model.with(Map.of(layer + MEAN, Tensor.of(shape, shifts), layer + FACTOR, Tensor.of(shape, deviations)));
    }

    /// A data set with standardized targets.
    private static final class Scaled implements DerivedDataset {
        private final Dataset source;
        private final TargetRow targets;
        private final float[] means;
        private final float[] deviations;

        Scaled(Dataset source, float[] means, float[] deviations) {
            this.source = source;
            this.targets = new TargetRow(source);
            this.means = means;
            this.deviations = deviations;
        }

        @Override
        public Dataset source() {
            return source;
        }

        /// Standardized targets are in no units that a model file knows.
        @Override
        public Optional<RowOrigin> targetOrigin() {
            return Optional.of(new Output.Numbers());
        }

        @Override
        public void readTarget(int row, float[] array, int at) {
            source.readTarget(row, array, at);
            for (int i = 0, count = targets.count(row); i < count; i++) {
                int j = i % means.length;
                array[at + i] = (array[at + i] - means[j]) / deviations[j];
            }
        }

        @Override
        public String toString() {
            return describe();
        }
    }
}
