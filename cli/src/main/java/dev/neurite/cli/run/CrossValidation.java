package dev.neurite.cli.run;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.data.DataSplit;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ObjIntConsumer;

/// Trains with the same settings on each of several splits of the data and evaluates on the rows that were held out.
/// A training sees nothing of those: there is nothing to end it early, or to choose an epoch by.
/// @param settings how to train
/// @param threads that compute; the results do not depend on it
/// @param metrics to measure besides the loss
/// @param budget the memory that trainings beside this one share
/// @param interruption what ends it on its way
public record CrossValidation(
        TrainSettings settings, int threads, List<Metric> metrics, MemoryBudget budget, SignalPause interruption) {

    /// What came of all splits.
    /// @param epochs of each training
    /// @param evaluations one a split
    public record Result(int epochs, List<Evaluation> evaluations) {}

    /// Trains and evaluates on one split after the other.
    /// @param epochs how often to go through the data; empty for what the settings say
    /// @param ended is told of each evaluation, with its number from 1
    /// @return empty if it was interrupted
    /// @throws dev.neurite.error.NeuriteException if settings do not fit the data, or a training diverges
    public Optional<Result> run(List<DataSplit> splits, OptionalInt epochs, ObjIntConsumer<Evaluation> ended) {
        List<Evaluation> evaluations = new ArrayList<>();
        int count = 0;
        try (Kernels kernels = Kernels.create(threads)) {
            for (DataSplit split : splits) {
                LoadedData data = watches() ? LoadedData.of(split, settings) : LoadedData.of(split);
                TrainingPlan task = TrainingPlan.of(settings, data);
                count = epochs.orElse(task.epochs());
                Optional<Evaluation> evaluation = run(task, split, count, kernels);
                if (evaluation.isEmpty()) return Optional.empty();
                evaluations.add(evaluation.get());
                ended.accept(evaluation.get(), evaluations.size());
            }
        }
        return Optional.of(new Result(count, evaluations));
    }

    /// Whether a schedule depends on a loss: then a part of the rows to train on is to validate on, as `--validation`
    /// says.
    private boolean watches() {
        return settings.course().watchesLoss();
    }

    private Optional<Evaluation> run(TrainingPlan task, DataSplit split, int epochs, Kernels kernels) {
        long bytes = task.memory().added();
        budget.take(bytes, task::requireMemory);
        try {
            var trainer = task.trainer().epochs(epochs).threads(threads).callback(interruption);
            if (threads == 1) trainer = trainer.prefetch(0);
            Run run = watches() ? trainer.fit(task.train(), task.watched()) : trainer.fit(task.train());
            if (run.paused()) return Optional.empty();
            Metric[] measured = metrics.toArray(Metric[]::new);
            return Optional.of(Evaluation.of(task.finished(run.model()), split.test(), task.loss(), kernels, measured));
        } finally {
            budget.release(bytes);
        }
    }
}
