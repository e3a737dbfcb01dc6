package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A parameter in an executor: its values, and the tensors for its gradient.
final class ParameterSlot {
    final PackedWeights weights;
    Tensor gradient; // in the present gradient array

    @Nullable
    Tensor later; // for contributions after the first, which are added to the gradient

    @Nullable
    Tensor target; // of the running lambda

    int firstRecord; // of those on the tape that write the gradient
    boolean written; // whether the gradient has a contribution
    boolean trained = true; // in the present epoch

    ParameterSlot(PackedWeights weights, Tensor gradient) {
        this.weights = weights;
        this.gradient = gradient;
    }

    /// The tensor to which the running lambda writes the gradient: in place the first time, else
    /// a tensor that is added to it.
    Tensor target() {
        Tensor known = target;
        if (known == null) {
            known = written ? later() : gradient;
            target = known;
        }
        return known;
    }

    private Tensor later() {
        Tensor known = later;
        if (known == null) {
            known = Tensor.zeros(gradient.shape());
            later = known;
        }
        return known;
    }

    /// Called after a lambda: adds its contribution if it is not the first.
    void afterLambda(Kernels kernels) {
        Tensor known = target;
        if (known == null) return;
        if (written) kernels.add(gradient, known, gradient);
        written = true;
        target = null;
    }
}
