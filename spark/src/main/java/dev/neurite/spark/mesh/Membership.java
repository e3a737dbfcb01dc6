package dev.neurite.spark.mesh;

import dev.neurite.error.ConfigException;

/// Who a worker is in a training.
/// @param training a number of the training
/// @param attempt a number that is another one each time its workers connect
/// @param rank the worker's own, from 0
/// @param size the number of workers
/// @param secret what all of them know and nobody else
public record Membership(long training, int attempt, int rank, int size, Secret secret) {
    /// @throws ConfigException for a rank that is not below the size
    public Membership {
        if (rank < 0 || rank >= size) {
            throw new ConfigException("worker", "expects a rank from 0 to " + (size - 1) + ", got " + rank);
        }
    }
}
