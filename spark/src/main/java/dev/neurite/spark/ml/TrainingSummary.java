package dev.neurite.spark.ml;

import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.engine.EpochFigures;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.List;
import java.util.Optional;

/// What happened in the training of a model. It is not saved with the model.
/// @param training all results
public record TrainingSummary(ClusterTraining training) {
    /// The losses and metrics of each epoch.
    public History history() {
        return training.run().history();
    }

    /// The mean training loss of each epoch.
    public double[] objectiveHistory() {
        return history().epochs().stream().mapToDouble(EpochResult::loss).toArray();
    }

    /// The evaluation of each epoch on the rows of validation; empty without such rows.
    public List<Evaluation> validations() {
        return history().epochs().stream()
                .flatMap(each -> each.validation().stream())
                .toList();
    }

    /// The number of epochs.
    public int totalIterations() {
        return history().epochs().size();
    }

    /// The number of workers of each epoch, their processes, the bytes that they sent, and their times.
    public List<EpochFigures> epochs() {
        return training.epochs();
    }

    /// The SHA-256 of the trained parameters and running statistics of the last step, as hexadecimal digits.
    public String weights() {
        return training.weights();
    }

    /// Whether more workers would pay; empty if nothing was measured.
    public Optional<String> advice() {
        return training.advice();
    }

    /// Why training ended early; empty if it ran all epochs.
    public Optional<String> stopReason() {
        return training.run().stopReason();
    }
}
