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
import dev.neurite.tensor.Shape;
import dev.neurite.train.Evaluation;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// What answers cost that never looked at an input, and right ones: the mean loss of a row, computed by the loss
/// itself from a network that repeats the answer it is given.
/// @param uniform of zero logits, every class equally likely; where answers are numbers, of their mean
/// @param mean of the answers' mean: each class as likely as it is often
/// @param perfect of the right answers: not 0 where these are themselves uncertain
record Baseline(double uniform, double mean, double perfect) {
    private static final double LEAST = 1e-7; // a probability, so that its logit is finite

    /// @throws ConfigException for a network of several outputs
    static Baseline of(Model model, Dataset data, Criterion loss) {
        if (model.network().outputs().size() != 1) {
            throw new ConfigException(
                    "check",
                    "expects a network with one output, got " + model.network().outputs());
        }
        Loss only = loss.losses().getFirst().loss();
        Activation end = model.outputActivation();
        Shape output = model.network().outputs().getFirst();
        float[] mean = mean(data, output.size(), only);
        Model echo = Model.of(output, Layers.activation(end));
        double ofMean = Double.POSITIVE_INFINITY;
        double ofTruth = Double.POSITIVE_INFINITY;
        for (DoubleUnaryOperator link : links(end)) {
            ofMean = Math.min(ofMean, cost(echo, new Told(data, output, mean, link), loss));
            ofTruth = Math.min(ofTruth, cost(echo, new Told(data, output, new float[0], link), loss));
        }
        boolean probabilities = end instanceof Softmax || end instanceof Sigmoid || only.wantsLogits();
        float[] even = new float[output.size()];
        if (!probabilities) Arrays.fill(even, 1f / Math.max(2, even.length));
        boolean classes = probabilities || data.isLabeled();
        double uniform = classes ? cost(echo, new Told(data, output, even, z -> z), loss) : ofMean;
        return new Baseline(uniform, ofMean, ofTruth);
    }

    private static double cost(Model echo, Dataset told, Criterion loss) {
        return Evaluation.of(echo, told, loss).loss();
    }

    /// What may have to come before the activation for y to come out. Without an activation the loss may have one
    /// inside; which of them shows by its cost.
    private static List<DoubleUnaryOperator> links(Activation end) {
        DoubleUnaryOperator log = y -> StrictMath.log(Math.max(y, LEAST));
        DoubleUnaryOperator logit = y -> log.applyAsDouble(y) - log.applyAsDouble(1 - y);
        return switch (end) {
            case Softmax _ -> List.of(log);
            case Sigmoid _ -> List.of(logit);
            default -> List.of(y -> y, log, logit);
        };
    }

    /// The mean answer by the rows' weights, summed in double precision.
    private static float[] mean(Dataset data, int width, Loss loss) {
        double[] sum = new double[width];
        double weights = 0;
        float[] row = new float[width];
        for (int i = 0; i < data.size(); i++) {
            boolean counts = !data.isLabeled() || !loss.ignores(data.label(i));
            double weight = counts ? data.weight(i) * (data.isLabeled() ? loss.weight(data.label(i)) : 1) : 0;
            if (weight == 0) continue;
            answer(data, i, row);
            weights += weight;
            for (int j = 0; j < width; j++) sum[j] += weight * row[j];
        }
        for (int j = 0; j < width; j++) row[j] = weights == 0 ? 0 : (float) (sum[j] / weights);
        return row;
    }

    /// A row's answer as a network's output: one-hot for a label (zeros for one that stands for no answer), or for
    /// one output the number 0 or 1.
    private static void answer(Dataset data, int row, float[] y) {
        if (!data.isLabeled()) {
            data.readTarget(row, y, 0);
        } else if (y.length == 1) {
            y[0] = data.label(row);
        } else {
            Arrays.fill(y, 0);
            if (data.label(row) >= 0 && data.label(row) < y.length) y[data.label(row)] = 1;
        }
    }

    /// A data set whose inputs tell the answer: always the same one, or, if that is empty, the right one.
    private static final class Told implements DerivedDataset {
        private final Dataset source;
        private final Shape output;
        private final float[] always;
        private final DoubleUnaryOperator link;

        Told(Dataset source, Shape output, float[] always, DoubleUnaryOperator link) {
            this.source = source;
            this.output = output;
            this.always = always;
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

        @Override
        public void readInput(int row, float[] array, int at) {
            float[] y = always.length > 0 ? always : new float[output.size()];
            if (always.length == 0) answer(source, row, y);
            for (int j = 0; j < y.length; j++) array[at + j] = (float) link.applyAsDouble(y[j]);
        }
    }
}
