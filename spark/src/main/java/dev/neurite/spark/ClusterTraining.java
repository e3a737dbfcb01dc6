package dev.neurite.spark;

import dev.neurite.spark.engine.EpochFigures;
import dev.neurite.train.Run;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// The result of a training on a cluster.
/// @param run the run, as on one machine
/// @param weights the SHA-256 of the weights of the last step, [dev.neurite.model.WeightsHash]
/// @param rows the number of rows of an epoch
/// @param epochs what happened in each epoch that this training took; not in those before it was resumed
/// @param advice whether another number of workers would do better, in a sentence; empty if not
public record ClusterTraining(Run run, String weights, int rows, List<EpochFigures> epochs, Optional<String> advice) {

    /// The number of rows that it trained on in a second, all workers together; empty if it took no epoch.
    public OptionalDouble rowsPerSecond() {
        if (epochs.isEmpty()) return OptionalDouble.empty();
        double seconds = epochs.stream().mapToDouble(EpochFigures::seconds).sum();
        return OptionalDouble.of((double) rows * epochs.size() / seconds);
    }
}
