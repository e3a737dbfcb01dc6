package dev.neurite.cli.search;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.CrossValidation;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metric;
import dev.neurite.train.Evaluation;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.function.BiConsumer;

/// A trial: trains on each split with one thread, as other trials run at the same time.
/// @param number from 1
/// @param rung of halving, from 0
/// @param values the values to try, as texts
/// @param metric to compare trials by; empty for the loss
/// @param training the cross-validation
/// @param scored takes the score of each fold, by its number from 1
record SearchTrial(
        int number,
        int rung,
        SequencedMap<String, String> values,
        Optional<Metric> metric,
        CrossValidation training,
        BiConsumer<Integer, Double> scored) {

    /// Trains and evaluates.
    /// @param epochs the number of epochs; empty for that of the settings
    /// @return empty if it was interrupted
    /// @throws dev.neurite.error.NeuriteException if settings do not fit the data, or a training diverges
    Optional<SearchResult> run(List<LoadedData> splits, OptionalInt epochs) {
        long start = System.nanoTime();
        return training.run(splits, epochs, (evaluation, fold) -> scored.accept(fold, score(evaluation)))
                .map(result -> {
                    List<Double> scores =
                            result.evaluations().stream().map(this::score).toList();
                    List<Double> losses =
                            result.evaluations().stream().map(Evaluation::loss).toList();
                    double seconds = (System.nanoTime() - start) * 1e-9;
                    LossCurve curve = LossCurve.of(result.histories());
                    return new SearchResult(number, rung, result.epochs(), values, scores, losses, curve, seconds, "");
                });
    }

    private double score(Evaluation evaluation) {
        if (metric.isEmpty()) return evaluation.loss();
        OptionalDouble figure = MetricNames.of(metric.get(), evaluation);
        if (figure.isPresent()) return figure.getAsDouble();
        throw new ConfigException(
                "--metric " + metric.get().name(),
                "expects data on which the metric is defined, got a fold on which it is not");
    }
}
