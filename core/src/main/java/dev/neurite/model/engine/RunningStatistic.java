package dev.neurite.model.engine;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A running statistic in an executor, such as the mean of a batch norm: its value, and the next one
/// that nodes have asked for in this step.
final class RunningStatistic {
    private final String name;
    final Tensor value; // in the driver's array
    private @Nullable Tensor requested; // the sum of the requests, from the first on: predicting makes none
    private int requests;
    boolean updated = true; // in the present epoch

    RunningStatistic(String name, Tensor value) {
        this.name = name;
        this.value = value;
    }

    private Tensor requested() {
        Tensor known = requested;
        if (known == null) {
            known = Tensor.zeros(value.shape());
            requested = known;
        }
        return known;
    }

    /// Asks for another value when the step is over.
    void request(Tensor next, Kernels kernels) {
        if (!next.shape().equals(value.shape())) {
            throw new ShapeException(name, "expects to become " + value.shape() + ", got " + next.shape());
        }
        Tensor sum = requested();
        if (requests++ == 0) kernels.copy(next, sum);
        else kernels.add(sum, next, sum);
    }

    /// Becomes the mean of the requests.
    void commit(Kernels kernels) {
        if (requests == 1) kernels.copy(requested(), value);
        else if (requests > 1) kernels.scale(1f / requests, requested(), value);
        requests = 0;
    }

    /// Drops the requests.
    void forget() {
        requests = 0;
    }
}
