package dev.neurite.train;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// What some shards of a step give: the gradient of the sum of their losses, and the values that they
/// request for running statistics. Those of several shards are added along the tree of [ShardNode].
/// [ShardedTraining#newSums] makes one; it belongs to one thread at a time.
public final class ShardSums {
    private final Tensor gradient;
    private final Tensor statistics;
    private final int[] requests;

    /// @param parameters the length of the gradient
    /// @param statistics the number of elements of all running statistics
    /// @param count the number of running statistics
    ShardSums(int parameters, int statistics, int count) {
        this.gradient = Tensor.zeros(Shape.of(parameters));
        this.statistics = Tensor.zeros(Shape.of(statistics));
        this.requests = new int[count];
    }

    /// The gradient of the sum of the losses, without the factor 1/N, in the order of
    /// [dev.neurite.model.Model#parameters()]; not a copy.
    public float[] gradient() {
        return gradient.array();
    }

    /// The sums of the requested values, in the order of [dev.neurite.model.Model#statistics()]; not a
    /// copy.
    public float[] statistics() {
        return statistics.array();
    }

    /// How often a value was requested for each running statistic; not a copy.
    public int[] requests() {
        return requests;
    }

    Tensor gradientTensor() {
        return gradient;
    }

    /// Sets everything to 0: a shard without rows.
    void clear(Kernels kernels) {
        kernels.fill(0, gradient);
        kernels.fill(0, statistics);
        Arrays.fill(requests, 0);
    }

    /// Adds those of the right child of a node to these, of the left child.
    void add(ShardSums right, Kernels kernels) {
        kernels.add(gradient, right.gradient, gradient);
        kernels.add(statistics, right.statistics, statistics);
        for (int i = 0; i < requests.length; i++) requests[i] += right.requests[i];
    }
}
