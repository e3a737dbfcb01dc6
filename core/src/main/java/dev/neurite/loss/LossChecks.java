package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.tensor.Shape;

/// Checks that several losses share. NaN is in no range.
final class LossChecks {
    private LossChecks() {}

    static void positive(String what, double value) {
        setting(value > 0 && value < 1e10, what, "a number above 0 and below 1e10", value);
    }

    static void notNegative(String what, double value) {
        setting(value >= 0 && value < 1e10, what, "a number from 0 to below 1e10", value);
    }

    static void setting(boolean holds, String what, String expected, Object got) {
        if (!holds) throw new ConfigException(what, "expects " + expected + ", got " + got);
    }

    /// Checks that all targets of a row are in a range.
    static void targets(float[] target, int row, double lowest, double highest, String expected) {
        for (float value : target) {
            if (!(value >= lowest && value <= highest)) {
                throw new DataException("targets, row " + row, "expects " + expected + ", got " + value);
            }
        }
    }

    static void probabilities(float[] target, int row) {
        targets(target, row, 0, 1, "probabilities from 0 to 1");
    }

    /// Checks that the targets of a row are probabilities: one for each sigmoid output, else of classes.
    static void probabilities(Activation outputActivation, float[] target, int row) {
        if (outputActivation instanceof Sigmoid) probabilities(target, row);
        else distribution(target, row);
    }

    /// Checks that the targets of a row are class probabilities.
    static void distribution(float[] target, int row) {
        probabilities(target, row);
        double sum = 0;
        for (float value : target) sum += value;
        if (Math.abs(sum - 1) > 1e-3) {
            throw new DataException("targets, row " + row, "expects probabilities that add up to 1, got " + sum);
        }
    }

    /// Checks that there are as many targets, or classes, as outputs.
    static void sameShape(Loss loss, Shape output, int classes, Shape target) {
        boolean fits =
                classes > 0 ? output.size() == classes || (output.size() == 1 && classes <= 2) : target.equals(output);
        if (!fits) {
            String what = classes > 0 ? classes + " outputs for " + classes + " classes" : "outputs " + target;
            throw new ShapeException(loss.toString(), "expects " + what + ", got " + output);
        }
    }

    /// Checks that outputs are `[classes]`, with as many classes or target values.
    static void oneOutputAClass(Loss loss, Shape output, int classes, Shape target) {
        if (output.rank() != 1) {
            throw new ShapeException(loss.toString(), "expects outputs [classes], got " + output, "Add flatten()");
        }
        if (output.size() < 2) {
            throw new ConfigException(
                    loss.toString(),
                    "expects at least 2 outputs for a softmax, got " + output.size(),
                    classes == 0
                            ? "The targets are values: choose .loss(meanSquaredError())"
                            : "For two classes with one output, end with dense(1, SIGMOID)");
        }
        if (classes > 0 && classes != output.size()) throw classCount(loss, output, classes);
        if (classes == 0) sameValues(loss, output, target);
    }

    /// Checks targets of sigmoid outputs: values, or for a single output labels of two classes.
    static void sigmoidOutputs(Loss loss, Shape output, int classes, Shape target) {
        if (classes > 0 && output.size() > 1) {
            throw new ConfigException(
                    loss.toString(),
                    "expects values for each of " + output.size() + " sigmoid outputs, got class labels",
                    "End with dense(" + classes + ", SOFTMAX)");
        }
        if (classes > 2) throw classCount(loss, output, classes);
        if (classes == 0) sameValues(loss, output, target);
    }

    private static void sameValues(Loss loss, Shape output, Shape target) {
        if (!target.equals(output)) {
            throw new ShapeException(loss.toString(), "expects values " + output + " per row, got " + target);
        }
    }

    private static ShapeException classCount(Loss loss, Shape output, int classes) {
        return new ShapeException(
                loss.toString(), "expects " + classes + " outputs for " + classes + " classes, got " + output.size());
    }

    /// Checks that the network does not end with softmax or sigmoid.
    static void noSoftmaxOrSigmoid(Loss loss, Activation outputActivation, String expected) {
        if (outputActivation instanceof Softmax || outputActivation instanceof Sigmoid) {
            throw new ConfigException(loss.toString(), "expects " + expected + ", got " + outputActivation);
        }
    }

    /// Checks that the network ends with softmax, sigmoid or no activation.
    static void softmaxSigmoidOrNothing(Loss loss, Activation outputActivation) {
        boolean fits = outputActivation instanceof Softmax
                || outputActivation instanceof Sigmoid
                || outputActivation instanceof Identity;
        if (!fits) {
            throw new ConfigException(
                    loss.toString(),
                    "expects a network that ends with softmax, sigmoid or nothing, got " + outputActivation);
        }
    }
}
