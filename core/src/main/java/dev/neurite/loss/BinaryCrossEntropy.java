package dev.neurite.loss;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Activation.Sigmoid;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.ScalarMath;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Binary cross-entropy of each output, for multi-label targets: Lᵢ = −(1/n) Σ (p·y·log ŷ + (1 −
/// y)·log(1 − ŷ)) over a row's n outputs, with ŷ = sigmoid(z), computed from logits z. PyTorch's
/// `BCEWithLogitsLoss`: the mean over outputs, where [CrossEntropy] has the sum. The network ends with
/// sigmoid, which this loss fuses, or outputs logits. Targets are numbers from 0 to 1; for one output
/// also labels 0 and 1. δ = ((1 − y)·ŷ − p·y·(1 − ŷ)) / n, or without p (ŷ − y) / n.
/// @param positiveWeights p, the weights of targets of 1: one for each output, or one for all; empty
/// for 1
public record BinaryCrossEntropy(Tensor positiveWeights) implements RowLoss {
    /// Without weights.
    public BinaryCrossEntropy() {
        this(Tensor.EMPTY);
    }

    /// Keeps a copy.
    /// @throws ConfigException for a weight that is not above 0
    public BinaryCrossEntropy {
        positiveWeights = positiveWeights.copy();
        for (int j = 0; j < positiveWeights.size(); j++) {
            LossChecks.positive("positive weight " + j, positiveWeights.get(j));
        }
    }

    /// This loss with weights for targets of 1; the default is 1.
    /// @param weights above 0, one for each output, or one for all
    /// @throws ConfigException for a weight that is not above 0
    public BinaryCrossEntropy withPositiveWeight(float... weights) {
        return new BinaryCrossEntropy(Tensor.of(Shape.of(weights.length), weights));
    }

    @Override
    public boolean fusesWith(Activation outputActivation) {
        return outputActivation instanceof Sigmoid;
    }

    @Override
    public boolean wantsLogits() {
        return true;
    }

    @Override
    public void checkTarget(Activation outputActivation, float[] target, int row) {
        LossChecks.probabilities(target, row);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        if (!(outputActivation instanceof Sigmoid) && !(outputActivation instanceof Identity)) {
            throw new ConfigException(
                    toString(), "expects a network that ends with sigmoid or nothing, got " + outputActivation);
        }
        LossChecks.sigmoidOutputs(this, output, classes, target);
        if (positiveWeights.size() > 1 && positiveWeights.size() != output.size()) {
            throw new ShapeException(
                    toString(),
                    "expects a positive weight for each of " + output.size() + " outputs, or one for all, got "
                            + positiveWeights.size());
        }
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor values = targets.asValues(kernels, pass.like(output));
        if (positiveWeights.size() > 0) {
            kernels.losses().rowLoss(this, output, values, losses, delta);
            return;
        }
        kernels.losses().sigmoidCrossEntropy(output, values, losses, delta); // the same as a sum, with the Vector API
        float share = 1f / delta.shape().row().size();
        kernels.scale(share, losses, losses);
        kernels.scale(share, delta, delta);
    }

    @Override
    public float compute(float[] z, int zo, int n, float[] t, int to, float[] delta, int at) {
        double loss = 0;
        for (int j = 0; j < n; j++) {
            float p = positiveWeights.get(positiveWeights.size() == 1 ? 0 : j);
            float x = z[zo + j];
            float one = p * t[to + j];
            float zero = 1 - t[to + j];
            loss += one * ScalarMath.softplus(-x) + zero * ScalarMath.softplus(x); // −log ŷ = log(1 + e⁻ᶻ)
            delta[at + j] = (zero * ScalarMath.sigmoid(x) - one * ScalarMath.sigmoid(-x)) / n;
        }
        return (float) (loss / n);
    }

    @Override
    public int terms(Activation outputActivation, Shape output) {
        return output.size();
    }

    @Override
    public float threshold(Activation outputActivation) {
        return 0;
    }

    @Override
    public String toString() {
        return "binary cross-entropy"
                + (positiveWeights.size() == 0 ? "" : " (positive weight " + positiveWeights + ")");
    }
}
