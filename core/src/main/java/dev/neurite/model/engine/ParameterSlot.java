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
    Tensor scratch;

    @Nullable
    Tensor target; // of the running closure

    boolean written; // whether the gradient has a contribution
    boolean trained = true; // in the present epoch

    ParameterSlot(PackedWeights weights, Tensor gradient) {
        this.weights = weights;
        this.gradient = gradient;
    }

    /// The tensor to which the running closure writes the gradient: in place the first time, else a
    /// scratch tensor.
    Tensor target() {
        Tensor known = target;
        if (known == null) {
            known = written ? scratch() : gradient;
            target = known;
        }
        return known;
    }

    private Tensor scratch() {
        Tensor known = scratch;
        if (known == null) {
            known = Tensor.zeros(gradient.shape());
            scratch = known;
        }
        return known;
    }

    /// Ends a closure: adds the scratch tensor if it was used.
    void endClosure(Kernels kernels) {
        Tensor known = target;
        if (known == null) return;
        if (written) kernels.add(gradient, known, gradient);
        written = true;
        target = null;
    }
}
