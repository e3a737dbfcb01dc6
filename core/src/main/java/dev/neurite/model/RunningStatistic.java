package dev.neurite.model;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A running statistic as an executor sees it: its value, and what was asked to be its next one.
final class RunningStatistic {
    private final String name;
    final Tensor value; // in the array that the driver gave
    private @Nullable Tensor asked; // the sum of what was asked, once somebody asks: predicting nobody does
    private int requests;
    boolean moves = true; // in the present epoch

    RunningStatistic(String name, Tensor value) {
        this.name = name;
        this.value = value;
    }

    private Tensor asked() {
        Tensor known = asked;
        if (known == null) {
            known = Tensor.zeros(value.shape());
            asked = known;
        }
        return known;
    }

    /// Somebody wants this to be the next value.
    void ask(Tensor next, Kernels kernels) {
        if (!next.shape().equals(value.shape())) {
            throw new ShapeException(name, "expects to become " + value.shape() + ", got " + next.shape());
        }
        Tensor sum = asked();
        if (requests++ == 0) kernels.copy(next, sum);
        else kernels.add(sum, next, sum);
    }

    /// Becomes the mean of what was asked.
    void commit(Kernels kernels) {
        if (requests == 1) kernels.copy(asked(), value);
        else if (requests > 1) kernels.scale(1f / requests, asked(), value);
        requests = 0;
    }

    /// Nobody has asked.
    void forget() {
        requests = 0;
    }
}
