package dev.neurite.loss;

import dev.neurite.error.DataException;
import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;

/// Hinge loss of scores y for targets t = ±1: max(0, 1 − t·y), or its square, as the mean over outputs.
/// Keras's `Hinge` and `SquaredHinge`. Targets are −1 and 1; 0, as in labels, counts as −1. A single
/// score above 0 predicts the second class.
/// @param squared whether the loss is squared
public record Hinge(boolean squared) implements PointwiseLoss {
    @Override
    public boolean wantsLogits() {
        return true;
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.noSoftmaxOrSigmoid(this, outputActivation, "scores of any size");
        LossChecks.sameShape(this, output, classes, target);
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        checkSigns(target, row);
    }

    /// Checks that targets are −1, 0 or 1.
    static void checkSigns(float[] target, int row) {
        for (float value : target) {
            if (value != -1 && value != 0 && value != 1) {
                throw new DataException("targets, row " + row, "expects −1, 0 or 1, got " + value);
            }
        }
    }

    @Override
    public float value(float y, float t) {
        float lacking = Math.max(0, 1 - (t > 0 ? y : -y));
        return squared ? lacking * lacking : lacking;
    }

    @Override
    public float slope(float y, float t) {
        float lacking = Math.max(0, 1 - (t > 0 ? y : -y));
        float amount = squared ? 2 * lacking : Math.signum(lacking);
        return t > 0 ? -amount : amount;
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        return output.size() == 1 ? 2 : labels;
    }

    @Override
    public float threshold(Activation outputActivation) {
        return 0;
    }

    @Override
    public String toString() {
        return squared ? "squared hinge loss" : "hinge loss";
    }
}
