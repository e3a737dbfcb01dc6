package dev.neurite.model;

import dev.neurite.kernel.Weights;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A parameter as this executor sees it.
final class Slot {
    final Weights weights;
    final Tensor gradient;

    @Nullable
    Tensor scratch;

    @Nullable
    Tensor handedOut; // what the running closure writes to

    boolean written;

    Slot(Weights weights, Tensor gradient) {
        this.weights = weights;
        this.gradient = gradient;
    }

    Tensor scratch() {
        Tensor known = scratch;
        if (known == null) {
            known = Tensor.zeros(gradient.shape());
            scratch = known;
        }
        return known;
    }
}
