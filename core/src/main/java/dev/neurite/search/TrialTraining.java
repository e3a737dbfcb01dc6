package dev.neurite.search;

import dev.neurite.error.NeuriteException;
import dev.neurite.train.Evaluation;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/// Trains and evaluates with one point, with one thread, as other trials run at the same time.
/// @param training the cross-validation
/// @param judge what trials are compared by
/// @param plan makes the training of a point on a split
record TrialTraining<S>(CrossValidation training, Judge judge, BiFunction<Point, ? super S, Fold> plan) {
    /// Runs a trial.
    /// @param epochs of each training; empty for those of its trainer
    /// @return the result, also of a trial that failed; empty if it was interrupted
    Optional<Trial> run(int number, Point point, int rung, OptionalInt epochs, List<S> splits) {
        long start = System.nanoTime();
        try {
            FoldResults results = training.run(splits, split -> {
                Fold fold = plan.apply(point, split);
                Trainer trainer = fold.trainer().threads(1).prefetch(0);
                return fold.with(epochs.isPresent() ? trainer.epochs(epochs.getAsInt()) : trainer);
            });
            if (!results.complete()) return Optional.empty();
            return Optional.of(new Trial(
                    number,
                    rung,
                    results.epochs(),
                    point,
                    results.evaluations().stream().map(judge::score).toList(),
                    results.evaluations().stream().map(Evaluation::loss).toList(),
                    LossCurve.of(results.histories()),
                    (System.nanoTime() - start) * 1e-9,
                    ""));
        } catch (NeuriteException e) {
            return Optional.of(Trial.failed(number, rung, point, String.valueOf(e.getMessage())));
        } catch (OutOfMemoryError _) {
            return Optional.of(Trial.failed(
                    number, rung, point, "memory: expects more heap than the other trials leave. Run fewer at a time"));
        }
    }
}
