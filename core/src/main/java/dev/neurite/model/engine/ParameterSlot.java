package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A parameter in an executor: its values, and where its gradient goes.
final class ParameterSlot {
    final PackedWeights weights;
    Tensor gradient; // in the array that gradients go to now

    @Nullable
    Tensor scratch;

    @Nullable
    Tensor handedOut; // what the running closure writes to

    boolean written; // whether the gradient has a first contribution
    boolean trained = true; // in the present epoch

    ParameterSlot(PackedWeights weights, Tensor gradient) {
        this.weights = weights;
        this.gradient = gradient;
    }

    /// Where the running closure writes the gradient: in place the first time, beside it later.
    Tensor target() {
        Tensor target = handedOut;
        if (target == null) {
            target = written ? scratch() : gradient;
            handedOut = target;
        }
        return target;
    }

    private Tensor scratch() {
        Tensor known = scratch;
        if (known == null) {
            known = Tensor.zeros(gradient.shape());
            scratch = known;
        }
        return known;
    }

    /// A closure has written the target that it was given, if it asked for one.
    void settle(Kernels kernels) {
        Tensor target = handedOut;
        if (target == null) return;
        if (written) kernels.add(gradient, target, gradient);
        written = true;
        handedOut = null;
    }
}
