package dev.neurite.cli.search;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.cli.report.MetricNames;
import dev.neurite.cli.run.SignalPause;
import dev.neurite.cli.run.TrainingPlan;
import dev.neurite.data.Split;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// One trial: trains on each split, alone and in one thread, so that others may go on beside it.
/// @param number from 1
/// @param rung of halving, from 0
/// @param values what it tries, as texts
/// @param settings how to train
/// @param metric what it is judged by; empty for the loss
/// @param interruption what ends it on its way
record SearchTrial(
        int number,
        int rung,
        SequencedMap<String, String> values,
        TrainSettings settings,
        Optional<Metric> metric,
        SignalPause interruption) {

    /// Trains and judges.
    /// @param epochs how often to go through the data; empty for what the settings say
    /// @return empty if it was interrupted
    /// @throws dev.neurite.error.NeuriteException if settings do not fit the data, or a training diverges
    Optional<SearchResult> run(List<Split> splits, OptionalInt epochs) {
        long start = System.nanoTime();
        List<Double> scores = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        int count = 0;
        try (Kernels kernels = Kernels.create(1)) {
            for (Split split : splits) {
                TrainingPlan task = TrainingPlan.of(settings, LoadedData.of(split));
                count = epochs.orElse(task.epochs());
                Run run = task.trainer()
                        .epochs(count)
                        .threads(1)
                        .prefetch(0)
                        .callback(interruption)
                        .fit(task.train(), task.watched());
                if (run.paused()) return Optional.empty();
                Metric[] metrics = metric.stream().toArray(Metric[]::new);
                Evaluation evaluation =
                        Evaluation.of(task.finished(run.model()), split.test(), task.loss(), kernels, metrics);
                scores.add(score(evaluation));
                losses.add(evaluation.loss());
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        return Optional.of(new SearchResult(number, rung, count, values, scores, losses, seconds, ""));
    }

    private double score(Evaluation evaluation) {
        if (metric.isEmpty()) return evaluation.loss();
        OptionalDouble figure = MetricNames.of(metric.get(), evaluation);
        if (figure.isPresent()) return figure.getAsDouble();
        throw new ConfigException(
                "--metric " + metric.get().name(), "expects data that has such a figure, got a part without one");
    }
}
