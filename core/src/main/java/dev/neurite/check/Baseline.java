package dev.neurite.check;

import dev.neurite.data.Dataset;
import dev.neurite.data.DerivedDataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.layer.Layers;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Loss;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// Reference losses of a data set: those of constant predictions and of perfect ones. Each is the mean loss of a row,
/// or of a position where there is a target for each, computed by the loss itself from a network that returns its
/// input.
/// @param uniform the loss of zero logits, all classes equally likely; for regression, that of the mean target
/// @param mean the loss of the mean target: for classes, of their frequencies
/// @param perfect the loss of correct predictions; above 0 if the targets themselves are uncertain
record Baseline(double uniform, double mean, double perfect) {
    private static final double LEAST = 1e-7; // the lowest probability, so that logits stay finite

    /// @throws ConfigException for a network of several outputs
    static Baseline of(Model model, Dataset rows, Criterion loss) {
        if (model.network().outputs().size() != 1) {
            throw new ConfigException(
                    "check",
                    "expects a network with one output, got " + model.network().outputs());
        }
        Loss only = loss.losses().getFirst().loss();
        Activation end = model.outputActivation();
        Shape output = model.network().outputs().getFirst();
        Dataset data = rows;
        if (rows.isLabeled() ? !rows.hasLabelPerRow() : !output.isKnown()) {
            data = new PositionRows(rows);
            output = Shape.of(output.extent(output.rank() - 1));
        }
        float[] mean = mean(data, output.size(), only);
        Model echo = Model.of(output, Layers.activation(end));
        double ofMean = Double.POSITIVE_INFINITY;
        double ofTruth = Double.POSITIVE_INFINITY;
        for (DoubleUnaryOperator link : links(end)) {
            ofMean = Math.min(ofMean, cost(echo, new Predictions(data, output, mean, link), loss));
            ofTruth = Math.min(ofTruth, cost(echo, new Predictions(data, output, new float[0], link), loss));
        }
        boolean probabilities = end instanceof Softmax || end instanceof Sigmoid || only.wantsLogits();
        float[] even = new float[output.size()];
        if (!probabilities) Arrays.fill(even, 1f / Math.max(2, even.length));
        boolean classes = probabilities || data.isLabeled();
        double uniform = classes ? cost(echo, new Predictions(data, output, even, z -> z), loss) : ofMean;
        return new Baseline(uniform, ofMean, ofTruth);
    }

    private static double cost(Model echo, Dataset predictions, Criterion loss) {
        return Evaluation.of(echo, predictions, loss).loss();
    }

    /// Inverses of the activation: functions that turn a target into the input of the activation. Without an
    /// activation the loss may contain one; then all candidates are tried, and the lowest loss counts.
    private static List<DoubleUnaryOperator> links(Activation end) {
        DoubleUnaryOperator log = y -> StrictMath.log(Math.max(y, LEAST));
        DoubleUnaryOperator logit = y -> log.applyAsDouble(y) - log.applyAsDouble(1 - y);
        return switch (end) {
            case Softmax _ -> List.of(log);
            case Sigmoid _ -> List.of(logit);
            default -> List.of(y -> y, log, logit);
        };
    }

    /// The weighted mean target, summed in double precision.
    private static float[] mean(Dataset data, int width, Loss loss) {
        double[] sum = new double[width];
        double weights = 0;
        float[] row = new float[width];
        for (int i = 0; i < data.size(); i++) {
            boolean counts = !data.isLabeled() || !loss.ignores(data.label(i));
            double weight = counts ? data.weight(i) * (data.isLabeled() ? loss.weight(data.label(i)) : 1) : 0;
            if (weight == 0) continue;
            target(data, i, row);
            weights += weight;
            for (int j = 0; j < width; j++) sum[j] += weight * row[j];
        }
        for (int j = 0; j < width; j++) row[j] = weights == 0 ? 0 : (float) (sum[j] / weights);
        return row;
    }

    /// A row's target as a network's output: one-hot for a label (zeros for a label that is ignored), or for a single
    /// output 0 or 1.
    private static void target(Dataset data, int row, float[] y) {
        if (!data.isLabeled()) {
            data.readTarget(row, y, 0);
        } else if (y.length == 1) {
            y[0] = data.label(row);
        } else {
            Arrays.fill(y, 0);
            if (data.label(row) >= 0 && data.label(row) < y.length) y[data.label(row)] = 1;
        }
    }

    /// A data set whose inputs are predictions: a constant one, or, if that is empty, each row's target.
    private static final class Predictions implements DerivedDataset {
        private final Dataset source;
        private final Shape output;
        private final float[] constant;
        private final DoubleUnaryOperator link;

        Predictions(Dataset source, Shape output, float[] constant, DoubleUnaryOperator link) {
            this.source = source;
            this.output = output;
            this.constant = constant;
            this.link = link;
        }

        @Override
        public Dataset source() {
            return source;
        }

        @Override
        public Shape inputShape() {
            return output;
        }

        /// One, also where rows of the source have several.
        @Override
        public List<RowSource> inputs() {
            return List.of(this);
        }

        @Override
        public void readInput(int row, float[] array, int at) {
            float[] y = constant.length > 0 ? constant : new float[output.size()];
            if (constant.length == 0) target(source, row, y);
            for (int j = 0; j < y.length; j++) array[at + j] = (float) link.applyAsDouble(y[j]);
        }
    }
}
