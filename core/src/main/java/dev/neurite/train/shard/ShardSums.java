package dev.neurite.train.shard;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// What some shards of a step give: the gradient of the sum of their losses, and the values that they
/// request for running statistics. Those of several shards are added along the tree of [ShardNode].
/// [ShardedStep#newSums] makes one. It belongs to one thread at a time.
public final class ShardSums {
    private final Tensor values; // the gradient, then the sums of the requests
    private final Tensor gradient; // a view of it
    private final int[] requests;

    /// Sums that are 0.
    /// @param parameters the length of the gradient
    /// @param statistics the number of elements of all running statistics
    /// @param count the number of running statistics
    public ShardSums(int parameters, int statistics, int count) {
        this.values = Tensor.zeros(Shape.of(Math.addExact(parameters, statistics)));
        this.gradient = Tensor.view(Shape.of(parameters), values.array(), 0);
        this.requests = new int[count];
    }

    /// What is added along the tree; not a copy: the gradient of the sum of the losses, without the factor
    /// 1/N, in the order of [dev.neurite.model.Model#parameters()]; then the sums of the requested values,
    /// in the order of [dev.neurite.model.Model#statistics()].
    public float[] values() {
        return values.array();
    }

    /// The number of [#values] that are the gradient, and the index of the first requested value.
    public int parameters() {
        return gradient.size();
    }

    /// How often a value was requested for each running statistic; not a copy.
    public int[] requests() {
        return requests;
    }

    /// The gradient as a tensor, a view of [#values].
    public Tensor gradient() {
        return gradient;
    }

    /// Sets everything to 0: a shard without rows.
    public void clear(Kernels kernels) {
        kernels.fill(0, values);
        Arrays.fill(requests, 0);
    }

    /// Adds those of the right child of a node to these, of the left child.
    public void add(ShardSums right, Kernels kernels) {
        kernels.add(values, right.values, values);
        for (int i = 0; i < requests.length; i++) requests[i] += right.requests[i];
    }

    /// Adds a part of the [#values] of the right child of a node to these, of the left child.
    /// @param from the first index
    /// @param to the index after the last one
    public void add(ShardSums right, int from, int to) {
        float[] left = values();
        float[] others = right.values();
        for (int i = from; i < to; i++) left[i] += others[i];
    }
}
