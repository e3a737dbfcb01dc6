package dev.neurite.loss;

import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Mean squared error: Lᵢ = (1/n) Σ (ŷ − y)² over a row's n outputs, δ = (2/n)·(ŷ − y): PyTorch's
/// `mse_loss`, without a factor ½. Class labels are taken as one-hot rows, or for one output as the number
/// 0 or 1.
public record MeanSquaredError() implements Loss {
    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        LossChecks.sameShape(this, output, classes, target);
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        pass.kernels()
                .losses()
                .squaredError(output, targets.asValues(pass.kernels(), pass.like(output)), losses, delta);
    }

    @Override
    public int terms(Activation outputActivation, Shape output) {
        return output.size();
    }

    @Override
    public String toString() {
        return "mean squared error";
    }
}
