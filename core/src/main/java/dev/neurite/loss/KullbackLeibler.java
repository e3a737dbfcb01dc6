package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.ScalarMath;
import dev.neurite.tensor.Shape;

/// Kullback-Leibler divergence of log-probabilities y from target probabilities t:
/// Lᵢ = Σ t·(log t − y), δ = −t. PyTorch's `kl_div` with the reduction `batchmean`. The network ends with a
/// log-softmax, or outputs log-probabilities otherwise.
public record KullbackLeibler() implements RowLoss {
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
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.distribution(target, row);
    }

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        double loss = 0;
        for (int j = 0; j < n; j++) {
            float p = t[to + j];
            if (p > 0) loss += (double) p * (ScalarMath.log(p) - y[yo + j]);
            delta[at + j] = -p;
        }
        return (float) loss;
    }

    @Override
    public int classes(Activation outputActivation, Shape output, int labels) {
        return output.size();
    }

    @Override
    public String toString() {
        return "Kullback-Leibler divergence";
    }
}
