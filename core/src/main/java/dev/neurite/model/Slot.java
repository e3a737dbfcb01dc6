package dev.neurite.model;

import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A parameter as this executor sees it.
final class Slot {
    final Tensor value;
    final Tensor gradient;

    @Nullable
    Tensor scratch;

    @Nullable
    Tensor handedOut; // what the running closure writes to

    boolean written;

    Slot(Tensor value, Tensor gradient) {
        this.value = value;
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
