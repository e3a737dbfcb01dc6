package dev.neurite.train.shard;

import java.io.Serializable;
import java.util.List;

/// The weights of the rows of a shard, before their losses are computed, or their losses, see [ShardedStep];
/// in [StepFigures] both, of all shards.
/// @param sums Σ w·L for each output that has a loss; 0 before
/// @param weights Σ w for each of them; 0 after
/// @param correct the number of rows whose class is predicted correctly
/// @param counted the number of rows that have a class and whose label is not ignored
public record ShardLosses(List<Double> sums, List<Double> weights, long correct, long counted) implements Serializable {
    public ShardLosses {
        sums = List.copyOf(sums);
        weights = List.copyOf(weights);
    }
}
