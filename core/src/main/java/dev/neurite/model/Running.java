package dev.neurite.model;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;

/// A running statistic as an executor sees it: its value, and what was asked to be its next one.
final class Running {
    private final String name;
    final Tensor value; // in the array that the driver gave
    private final Tensor asked; // the sum of what was asked
    private int requests;
    boolean moves = true; // in the present epoch

    Running(String name, Tensor value) {
        this.name = name;
        this.value = value;
        this.asked = Tensor.zeros(value.shape());
    }

    /// Somebody wants this to be the next value.
    void ask(Tensor next, Kernels kernels) {
        if (!next.shape().equals(value.shape())) {
            throw new ShapeException(name, "expects to become " + value.shape() + ", got " + next.shape());
        }
        if (requests++ == 0) kernels.copy(next, asked);
        else kernels.add(asked, next, asked);
    }

    /// Becomes the mean of what was asked.
    void commit(Kernels kernels) {
        if (requests == 1) kernels.copy(asked, value);
        else if (requests > 1) kernels.scale(1f / requests, asked, value);
        requests = 0;
    }

    /// Nobody has asked.
    void forget() {
        requests = 0;
    }
}
