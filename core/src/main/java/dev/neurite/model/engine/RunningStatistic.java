package dev.neurite.model.engine;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A running statistic in an executor, such as the mean of batch norm: its value, and the values that
/// nodes have requested in this step.
final class RunningStatistic {
    private final String name;
    private final int offset; // in the array of all running statistics
    final Tensor value; // in the driver's array
    private @Nullable Tensor requested; // the sum of the requests; null until the first
    private int requests;
    boolean updated = true; // in the present epoch

    /// @param offset its place in an array of all running statistics
    RunningStatistic(String name, int offset, Tensor value) {
        this.name = name;
        this.offset = offset;
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

    /// Moves the requests out: their sum, zeros if there are none.
    /// @param sums of all running statistics
    /// @param from the index of the first
    /// @return the number of requests
    int take(float[] sums, int from) {
        int at = from + offset;
        int taken = requests;
        if (taken == 0) Arrays.fill(sums, at, at + value.size(), 0);
        else System.arraycopy(requested().array(), 0, sums, at, value.size());
        requests = 0;
        return taken;
    }

    /// Sets the value to the mean of requests that were moved out.
    /// @param sums of all running statistics
    /// @param from the index of the first
    void commit(float[] sums, int from, int count) {
        if (count == 0) return;
        float[] values = value.array();
        float factor = 1f / count;
        for (int i = 0; i < value.size(); i++) values[value.offset() + i] = factor * sums[from + offset + i];
    }

    void forget() {
        requests = 0;
    }
}
