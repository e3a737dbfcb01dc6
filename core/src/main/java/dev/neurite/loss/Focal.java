package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Activation.Softmax;
import dev.neurite.kernel.ScalarMath;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Focal loss (Lin et al. 2017, arXiv:1708.02002): cross-entropy with less weight on easy rows, −α·(1 −
/// p)ᵞ·log p with p the probability of the true class, computed from logits.
///
/// | the network ends with | a row's loss | targets |
/// |---|---|---|
/// | softmax, or nothing (logits) | Σ y·α_j·(1 − p_j)ᵞ·(−log p_j) | a label, or a probability for each class |
/// | sigmoid | the mean over outputs; α for a 1, 1 − α for a 0 | for one output the label 0 or 1; numbers from 0 to 1 |
///
/// For sigmoid and targets y between 0 and 1, 1 − p is y·(1 − ŷ) + (1 − y)·ŷ, as in torchvision's
/// `sigmoid_focal_loss`.
/// @param gamma γ, at least 0; 0 gives cross-entropy
/// @param alpha α: a weight for each class with softmax, one number from 0 to 1 with sigmoid; empty for none
public record Focal(double gamma, Tensor alpha) implements Loss {
    /// Keeps a copy.
    /// @throws ConfigException for a number below 0, infinite or NaN
    public Focal {
        LossChecks.notNegative("focal loss's gamma", gamma);
        alpha = alpha.copy();
        for (int j = 0; j < alpha.size(); j++) LossChecks.notNegative("focal loss's alpha " + j, alpha.get(j));
    }

    /// This loss with a weight for each class, or with one number for sigmoid; the default is none, as
    /// in Keras. The paper uses 0.25 with γ = 2.
    /// @throws ConfigException for a number below 0, infinite or NaN
    public Focal withAlpha(float... weights) {
        return new Focal(gamma, Tensor.of(Shape.of(weights.length), weights));
    }

    @Override
    public boolean fusesWith(Activation outputActivation) {
        return outputActivation instanceof Softmax || outputActivation instanceof Sigmoid;
    }

    @Override
    public boolean wantsLogits() {
        return true;
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.probabilities(outputActivation, target, row);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        if (outputActivation instanceof Sigmoid) {
            LossChecks.sigmoidOutputs(this, output, classes, target);
            boolean one = alpha.size() == 0 || (alpha.size() == 1 && alpha.get(0) <= 1);
            LossChecks.setting(one, "focal loss's alpha", "one number from 0 to 1 with sigmoid", alpha);
            return;
        }
        LossChecks.softmaxSigmoidOrNothing(this, outputActivation);
        LossChecks.oneOutputAClass(this, output, classes, target);
        if (alpha.size() != 0 && alpha.size() != output.size()) {
            throw new ShapeException(
                    toString(), "expects an alpha for each of " + output.size() + " classes, got " + alpha.size());
        }
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor values = targets.asValues(pass.kernels(), pass.like(output));
        if (outputActivation instanceof Sigmoid) {
            pass.kernels().losses().rowLoss(this::sigmoidRow, output, values, losses, delta);
        } else {
            pass.kernels().activations().logSoftmax(output, delta);
            Tensor logs = pass.like(output);
            pass.kernels().copy(delta, logs);
            pass.kernels().losses().rowLoss(this::softmaxRow, logs, values, losses, delta);
        }
    }

    /// With f_j = −y_j·α_j·(1 − p_j)ᵞ·log p_j and g_j = p_j·∂f_j/∂p_j, δ_k = g_k − p_k·Σ g.
    private float softmaxRow(float[] logs, int lo, int n, float[] t, int to, float[] delta, int at) {
        double loss = 0;
        double sum = 0;
        for (int j = 0; j < n; j++) {
            float log = logs[lo + j];
            float p = ScalarMath.exp(log);
            float rest = Math.max(0, 1 - p);
            float weight = t[to + j] * (alpha.size() == 0 ? 1 : alpha.get(j)) * power(rest);
            float ratio = rest > 0 ? log / rest : -1; // the limit for p = 1
            float g = weight == 0 ? 0 : weight * ((float) gamma * p * ratio - 1);
            loss -= weight == 0 ? 0 : weight * log;
            sum += g;
            delta[at + j] = g;
        }
        for (int j = 0; j < n; j++) delta[at + j] -= (float) (ScalarMath.exp(logs[lo + j]) * sum);
        return (float) loss;
    }

    /// With C the cross-entropy and q = 1 − p, each output has a·qᵞ·C and the derivative
    /// a·(γ·qᵞ⁻¹·q′·C + qᵞ·(ŷ − y)) with q′ = (1 − 2y)·ŷ·(1 − ŷ).
    private float sigmoidRow(float[] z, int zo, int n, float[] t, int to, float[] delta, int at) {
        double loss = 0;
        for (int j = 0; j < n; j++) {
            float x = z[zo + j];
            float y = t[to + j];
            float one = ScalarMath.sigmoid(x);
            float zero = ScalarMath.sigmoid(-x);
            float entropy = y * ScalarMath.softplus(-x) + (1 - y) * ScalarMath.softplus(x);
            float q = y * zero + (1 - y) * one;
            float a = alpha.size() == 0 ? 1 : alpha.get(0) * y + (1 - alpha.get(0)) * (1 - y);
            float weight = a * power(q);
            float slopeRatio = q > 0 ? (1 - 2 * y) * one * zero / q : 0; // q′ / q
            loss += weight * entropy;
            delta[at + j] = weight * ((float) gamma * slopeRatio * entropy + (y * -zero + (1 - y) * one)) / n;
        }
        return (float) (loss / n);
    }

    /// qᵞ.
    private float power(float q) {
        return gamma == 0 ? 1 : ScalarMath.exp((float) gamma * ScalarMath.log(q));
    }

    @Override
    public int terms(Activation outputActivation, Shape output) {
        return outputActivation instanceof Sigmoid ? output.size() : 1;
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        if (outputActivation instanceof Sigmoid) return Loss.super.classes(outputActivation, output, labels);
        return output.size();
    }

    @Override
    public String toString() {
        return "focal loss (gamma " + gamma + (alpha.size() == 0 ? ")" : ", alpha " + alpha + ")");
    }
}
