package dev.neurite.spark.ml;

import dev.neurite.spark.ClusterTraining;
import dev.neurite.spark.engine.EpochFigures;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

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

    /// Epochs, the figures of the last one, speed and advice, a line each.
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        if (totalIterations() == 0) {
            lines.add("no epoch has ended");
        } else {
            EpochResult last = history().last();
            lines.add(totalIterations()
                    + (totalIterations() == 1 ? " epoch: " : " epochs: ")
                    + figures(last.loss(), last.accuracy(), Map.of()));
            last.validation()
                    .ifPresent(
                            each -> lines.add("validation: " + figures(each.loss(), each.accuracy(), each.metrics())));
        }
        stopReason().ifPresent(lines::add);
        if (totalIterations() > 0) lines.add(speed());
        advice().ifPresent(lines::add);
        return String.join("\n", lines);
    }

    private static String figures(double loss, OptionalDouble accuracy, Map<String, OptionalDouble> metrics) {
        var text = new StringBuilder("loss " + number(loss));
        accuracy.ifPresent(value -> text.append(", accuracy ").append(number(value)));
        metrics.forEach((name, value) -> text.append(", ")
                .append(name)
                .append(' ')
                .append(value.isPresent() ? number(value.getAsDouble()) : "undefined"));
        return text.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private String speed() {
        OptionalDouble rows = training.rowsPerSecond();
        if (rows.isEmpty()) return "all epochs were trained before: they are in checkpointDir";
        int workers = epochs().getLast().workers().size();
        return String.format(
                Locale.ROOT,
                "%,.0f rows a second on %d %s",
                rows.getAsDouble(),
                workers,
                workers == 1 ? "worker" : "workers");
    }
}
