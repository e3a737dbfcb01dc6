package dev.neurite.model.engine;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A running statistic in an executor, such as the mean of batch norm: its value, and the values that
/// nodes have requested in this step.
final class RunningStatistic {
    private final String name;
    final Tensor value; // in the driver's array
    private @Nullable Tensor requested; // the sum of the requests; null until the first
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

    /// Requests a value for the end of the step.
    void request(Tensor next, Kernels kernels) {
        if (!next.shape().equals(value.shape())) {
            throw new ShapeException(name, "expects a new value of " + value.shape() + ", got " + next.shape());
        }
        Tensor sum = requested();
        if (requests++ == 0) kernels.copy(next, sum);
        else kernels.add(sum, next, sum);
    }

    /// Sets the value to the mean of the requests.
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
