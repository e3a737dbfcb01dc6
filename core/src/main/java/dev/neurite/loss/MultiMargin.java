package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.tensor.Shape;

/// Multi-class hinge loss: the score of the true class should exceed each other score by the margin m,
/// Lᵢ = (1/C) Σ max(0, m − y_label + y_j)ᵖ over the others. PyTorch's `multi_margin_loss`. Targets are
/// labels.
/// @param power p, 1 or 2
/// @param margin m, above 0
public record MultiMargin(int power, double margin) implements RowLoss {
    /// @throws ConfigException for another power, or a margin that is not above 0
    public MultiMargin {
        LossChecks.setting(power == 1 || power == 2, "multi-class margin's power", "1 or 2", power);
        LossChecks.positive("multi-class margin", margin);
    }

    @Override
    public boolean wantsLogits() {
        return true;
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.noSoftmaxOrSigmoid(this, outputActivation, "scores of any size");
        if (classes == 0) throw new ConfigException(toString(), "expects class labels, got values " + target);
        LossChecks.oneOutputAClass(this, output, classes, target);
    }

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        int label = 0;
        while (label < n - 1 && t[to + label] == 0) label++;
        double loss = 0;
        double pull = 0;
        for (int j = 0; j < n; j++) {
            double lacking = j == label ? 0 : Math.max(0, margin - y[yo + label] + y[yo + j]);
            double slope = power == 2 ? 2 * lacking : Math.signum(lacking);
            loss += power == 2 ? lacking * lacking : lacking;
            pull += slope;
            delta[at + j] = (float) (slope / n);
        }
        delta[at + label] = (float) (-pull / n);
        return (float) (loss / n);
    }

    @Override
    public String toString() {
        return "multi-class margin loss (power " + power + ", margin " + margin + ")";
    }
}
