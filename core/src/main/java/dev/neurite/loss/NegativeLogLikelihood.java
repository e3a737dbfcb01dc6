package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Negative log likelihood of log-probabilities, as of a last log-softmax:
/// Lᵢ = −y_label, δ = −1 at the label and 0 elsewhere. PyTorch's `nll_loss`. With probabilities as targets, or
/// with weights, Lᵢ = −Σ q·y and δ = −q, see [SoftLabels].
/// @param labels class weights and ignored label
public record NegativeLogLikelihood(SoftLabels labels) implements RowLoss {
    /// Negative log likelihood without class weights or ignored label.
    public NegativeLogLikelihood() {
        this(SoftLabels.PLAIN);
    }

    /// This loss with a weight for each class; the default is 1.
    /// @param weights at least 0, not all 0
    /// @throws dev.neurite.error.ConfigException for other weights
    public NegativeLogLikelihood withClassWeights(float... weights) {
        return new NegativeLogLikelihood(labels.withClassWeights(weights));
    }

    /// This loss ignoring rows with this label, a class or any other number. By default none is
    /// ignored; PyTorch's default is −100.
    public NegativeLogLikelihood ignoring(int label) {
        return new NegativeLogLikelihood(labels.ignoring(label));
    }

    @Override
    public boolean wantsLogits() {
        return true;
    }

    /// Softmax, which turns log-probabilities into probabilities.
    @Override
    public Activation toProbabilities() {
        return Activation.SOFTMAX;
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.noSoftmaxOrSigmoid(this, outputActivation, "log-probabilities, as of a last log-softmax");
        LossChecks.oneOutputAClass(this, output, classes, target);
        labels.check(this, output);
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.distribution(target, row);
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor q = pass.like(output);
        labels.write(targets, q, pass.kernels());
        pass.kernels().losses().rowLoss(this, output, q, losses, delta);
    }

    /// Skips classes with q = 0, as their log-probability may be −∞.
    @Override
    public float compute(float[] y, int yo, int n, float[] q, int qo, float[] delta, int at) {
        double loss = 0;
        for (int j = 0; j < n; j++) {
            if (q[qo + j] != 0) loss -= (double) q[qo + j] * y[yo + j];
            delta[at + j] = -q[qo + j];
        }
        return (float) loss;
    }

    @Override
    public double weight(int label) {
        return labels.weight(label);
    }

    @Override
    public boolean ignores(int label) {
        return labels.ignores(label);
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labelCount) {
        return output.size();
    }

    @Override
    public String toString() {
        return "negative log likelihood" + labels;
    }
}
