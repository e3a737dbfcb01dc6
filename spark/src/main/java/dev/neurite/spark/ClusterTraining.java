package dev.neurite.spark;

import dev.neurite.model.Model;
import java.util.List;

/// The result of a training on a cluster.
/// @param model the trained model
/// @param losses the mean training loss of each epoch
/// @param weights the SHA-256 of the parameters and running statistics of the last step, as hexadecimal digits
/// @param epochs what happened in each epoch
public record ClusterTraining(Model model, List<Double> losses, String weights, List<Epoch> epochs) {
    /// An epoch.
    /// @param workers the process of each worker: its number on its machine
    /// @param sent the bytes that all workers sent to each other
    /// @param seconds from the beginning to the end, on the driver
    /// @param computeSeconds the longest time that a worker computed
    /// @param waitSeconds the longest time that a worker sent, received and waited
    public record Epoch(List<Long> workers, long sent, double seconds, double computeSeconds, double waitSeconds) {}
}
