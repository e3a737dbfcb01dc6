package dev.neurite.spark;

import dev.neurite.train.Run;
import java.util.List;
import java.util.Optional;

/// The result of a training on a cluster.
/// @param run the run, as on one machine
/// @param weights the SHA-256 of the weights of the last step, [dev.neurite.model.WeightsHash]
/// @param epochs what happened in each epoch that this training took; not in those before it was resumed
/// @param advice whether another number of workers would do better, in a sentence; empty if not
public record ClusterTraining(Run run, String weights, List<Epoch> epochs, Optional<String> advice) {
    /// An epoch.
    /// @param workers the process of each worker: its number on its machine
    /// @param sent the bytes that all workers sent to each other
    /// @param seconds from the beginning to the end, on the driver
    /// @param computeSeconds the longest time that a worker computed
    /// @param waitSeconds the longest time that a worker sent, received and waited
    /// @param attempts the number of attempts, at least 1
    /// @param recoverySeconds the time of attempts that failed, and of waiting for executors after them
    public record Epoch(
            List<Long> workers,
            long sent,
            double seconds,
            double computeSeconds,
            double waitSeconds,
            int attempts,
            double recoverySeconds) {}
}
