package dev.neurite.spark.engine;

import java.util.List;

/// What happened in an epoch, on all workers.
/// @param workers the process of each worker: its number on its machine
/// @param sent the bytes that all workers sent to each other
/// @param seconds from the beginning to the end, on the driver
/// @param computeSeconds the longest time that a worker computed
/// @param waitSeconds the longest time that a worker sent, received and waited, and computed nothing
/// @param attempts the number of attempts, at least 1
/// @param recoverySeconds the time of attempts that failed, and of waiting for executors after them
public record EpochFigures(
        List<Long> workers,
        long sent,
        double seconds,
        double computeSeconds,
        double waitSeconds,
        int attempts,
        double recoverySeconds) {}
