package dev.neurite.cli.run;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;

/// Trains with the same settings on several splits of the data and evaluates on the test part of each.
/// A training sees nothing of its test part, so it neither stops early nor chooses an epoch.
/// @param settings of the trainings
/// @param threads the number of threads; the results do not depend on it
/// @param metrics to measure besides the loss
/// @param budget the memory shared with trainings at the same time
/// @param interruption pauses the trainings at a signal
/// @param watch the callbacks of the training on a split, by its number from 1
public record CrossValidation(
        TrainSettings settings,
        int threads,
        List<Metric> metrics,
        MemoryBudget budget,
        SignalPause interruption,
        IntFunction<List<Callback>> watch) {

    /// Trainings without callbacks.
    public CrossValidation(
            TrainSettings settings, int threads, List<Metric> metrics, MemoryBudget budget, SignalPause interruption) {
        this(settings, threads, metrics, budget, interruption, _ -> List.of());
    }

    /// The evaluations of all splits.
    /// @param epochs of each training
    /// @param evaluations one a split
    /// @param histories the epochs of the training on each split
    public record Result(int epochs, List<Evaluation> evaluations, List<History> histories) {}

    private record Fold(Evaluation evaluation, History history) {}

    /// Trains and evaluates on one split after the other.
    /// @param epochs the number of epochs; empty for that of the settings
    /// @param ended takes each evaluation with the number of its split, from 1
    /// @return empty if it was interrupted
    /// @throws dev.neurite.error.NeuriteException if settings do not fit the data, or a training diverges
    public Optional<Result> run(List<LoadedData> splits, OptionalInt epochs, ObjIntConsumer<Evaluation> ended) {
        List<Evaluation> evaluations = new ArrayList<>();
        List<History> histories = new ArrayList<>();
        int count = 0;
        try (Kernels kernels = Kernels.create(threads)) {
            for (LoadedData split : splits) {
                TrainingPlan plan = TrainingPlan.ofFold(settings, split);
                count = epochs.orElse(plan.epochs());
                List<Callback> callbacks = watch.apply(evaluations.size() + 1);
                Optional<Fold> fold = run(plan, split, count, kernels, callbacks);
                if (fold.isEmpty()) return Optional.empty();
                evaluations.add(fold.get().evaluation());
                histories.add(fold.get().history());
                ended.accept(fold.get().evaluation(), evaluations.size());
            }
        }
        return Optional.of(new Result(count, evaluations, histories));
    }

    private Optional<Fold> run(
            TrainingPlan plan, LoadedData split, int epochs, Kernels kernels, List<Callback> callbacks) {
        long bytes = plan.memory().added();
        budget.take(bytes, plan::requireMemory);
        try {
            var trainer = plan.trainer().epochs(epochs).threads(threads).callback(interruption);
            if (threads == 1) trainer = trainer.prefetch(0);
            for (Callback each : callbacks) trainer = trainer.callback(each);
            boolean validates = !plan.data().validatesOnTest();
            Run run = validates ? trainer.fit(plan.train(), plan.validation()) : trainer.fit(plan.train());
            if (run.paused()) return Optional.empty();
            Metric[] measured = metrics.toArray(Metric[]::new);
            return Optional.of(new Fold(
                    Evaluation.of(plan.inDataUnits(run.model()), split.test(), plan.loss(), kernels, measured),
                    run.history()));
        } finally {
            budget.release(bytes);
        }
    }
}
