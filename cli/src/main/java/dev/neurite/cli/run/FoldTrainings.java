package dev.neurite.cli.run;

import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import dev.neurite.metric.Metric;
import dev.neurite.search.CrossValidation;
import dev.neurite.search.Fold;
import dev.neurite.search.FoldResults;
import dev.neurite.search.MemoryBudget;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/// Trains with the same settings on several splits of the data and evaluates on the test part of each, see
/// [CrossValidation].
/// @param settings of the trainings
/// @param threads the number of threads; the results do not depend on it
/// @param metrics to measure besides the loss
/// @param budget the memory shared with trainings at the same time
/// @param interruption pauses the trainings at a signal
/// @param watch the callbacks of the training on a split, by its number from 1
public record FoldTrainings(
        TrainSettings settings,
        int threads,
        List<Metric> metrics,
        MemoryBudget budget,
        SignalPause interruption,
        IntFunction<List<Callback>> watch) {

    /// Trainings without callbacks.
    public FoldTrainings(
            TrainSettings settings, int threads, List<Metric> metrics, MemoryBudget budget, SignalPause interruption) {
        this(settings, threads, metrics, budget, interruption, _ -> List.of());
    }

    /// Trains and evaluates on one split after the other.
    /// @param epochs the number of epochs; empty for that of the settings
    /// @param ended takes each evaluation with the number of its split, from 1
    /// @return empty if it was interrupted
    /// @throws dev.neurite.error.NeuriteException if settings do not fit the data, or a training diverges
    public Optional<FoldResults> run(List<LoadedData> splits, OptionalInt epochs, ObjIntConsumer<Evaluation> ended) {
        List<Integer> numbers = IntStream.rangeClosed(1, splits.size()).boxed().toList();
        FoldResults results = CrossValidation.ofSplits()
                .threads(threads)
                .metrics(metrics.toArray(Metric[]::new))
                .budget(budget)
                .listener(ended)
                .run(numbers, number -> fold(splits.get(number - 1), epochs, watch.apply(number)));
        return results.complete() ? Optional.of(results) : Optional.empty();
    }

    private Fold fold(LoadedData split, OptionalInt epochs, List<Callback> callbacks) {
        TrainingPlan plan = TrainingPlan.ofFold(settings, split);
        Trainer trainer = plan.trainer()
                .epochs(epochs.orElse(plan.epochs()))
                .threads(threads)
                .callback(interruption);
        if (threads == 1) trainer = trainer.prefetch(0);
        for (Callback each : callbacks) trainer = trainer.callback(each);
        return new Fold(
                trainer,
                plan.train(),
                plan.data().validatesOnTest() ? Optional.empty() : Optional.of(plan.validation()),
                split.test(),
                plan::inDataUnits);
    }
}
