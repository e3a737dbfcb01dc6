package dev.neurite.search;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;

/// Cross-validation: trains once for each fold of the data on the other folds, and evaluates on that fold. The mean
/// of a figure over the folds tells more of a network than its figure on one small test part. Stone 1974,
/// "Cross-validatory choice and assessment of statistical predictions".
///
/// <!-- Snippets#folds -->
/// ```java
/// Trainer trainer = Trainer.of(model).optimizer(adam(0.01)).epochs(60);
/// FoldResults folds = CrossValidation.of(5).run(trainer, train);
/// out.println(folds.accuracy()); //                         mean ± standard deviation
/// ```
///
/// Immutable. The same seed, data and trainer give the same results, with any number of threads. An interrupt of the
/// thread, or a callback that pauses a training, ends it: the results are those of the folds before, and
/// [FoldResults#complete()] is false.
///
/// | setting | default |
/// |---|---|
/// | seed of the folds | 0 |
/// | metrics | loss and accuracy only |
/// | share of the training rows to validate on | none |
public final class CrossValidation {
    private final int folds; // 0 for splits of one's own
    private final long seed;
    private final double validation;
    private final List<Metric> metrics;
    private final int threads;
    private final MemoryBudget budget;
    private final ObjIntConsumer<Evaluation> ended;

    private CrossValidation(
            int folds,
            long seed,
            double validation,
            List<Metric> metrics,
            int threads,
            MemoryBudget budget,
            ObjIntConsumer<Evaluation> ended) {
        this.folds = folds;
        this.seed = seed;
        this.validation = validation;
        this.metrics = metrics;
        this.threads = threads;
        this.budget = budget;
        this.ended = ended;
    }

    /// A cross-validation with this many folds, whose sizes differ by one row at most and in which classes have the
    /// same shares.
    /// @param folds from 2 to the number of rows
    /// @throws ConfigException below 2
    public static CrossValidation of(int folds) {
        if (folds < 2) throw new ConfigException("folds", "expects at least 2, got " + folds);
        return withFolds(folds);
    }

    /// A cross-validation on splits of your own, for [#run(List, Function)].
    public static CrossValidation ofSplits() {
        return withFolds(0);
    }

    private static CrossValidation withFolds(int folds) {
        return new CrossValidation(
                folds, 0, 0, List.of(), Kernels.defaultThreads(), MemoryBudget.ofHeap(), (_, _) -> {});
    }

    /// The seed of the folds.
    public CrossValidation seed(long number) {
        return new CrossValidation(folds, number, validation, metrics, threads, budget, ended);
    }

    /// Keeps a share of the training rows of each fold to evaluate on after each epoch, for early stopping and
    /// schedules that watch a metric.
    /// @param share above 0 and below 1
    /// @throws ConfigException for another share
    public CrossValidation validation(double share) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException("validation", "expects a share above 0 and below 1, got " + share);
        }
        return new CrossValidation(folds, seed, share, metrics, threads, budget, ended);
    }

    /// Further metrics to measure on each fold.
    public CrossValidation metrics(Metric... wanted) {
        return new CrossValidation(folds, seed, validation, List.of(wanted), threads, budget, ended);
    }

    /// The number of threads of the evaluations; a trainer has its own. The results do not depend on it.
    public CrossValidation threads(int count) {
        return new CrossValidation(folds, seed, validation, metrics, count, budget, ended);
    }

    /// Memory that is shared with trainings at the same time. By default it is that of the heap.
    public CrossValidation budget(MemoryBudget other) {
        return new CrossValidation(folds, seed, validation, metrics, threads, other, ended);
    }

    /// Takes the evaluation of each fold as soon as there is one, with the number of the fold, from 1.
    public CrossValidation listener(ObjIntConsumer<Evaluation> listener) {
        return new CrossValidation(folds, seed, validation, metrics, threads, budget, listener);
    }

    /// Trains with this trainer on each fold.
    /// @throws ConfigException for fewer rows than folds, settings that do not fit the data, or one of
    /// [#ofSplits()]
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    public FoldResults run(Trainer trainer, Dataset data) {
        if (folds == 0) {
            throw new ConfigException("folds", "expects CrossValidation.of(k) for a data set, got ofSplits()");
        }
        return evaluated(
                DataSplit.kFold(data, folds, seed),
                split -> Fold.of(trainer, split).withValidation(validation, seed));
    }

    /// Trains on splits of your own, such as tables, whose preprocessing is fitted on each training part anew.
    /// @param splits what the trainings are made of
    /// @param plan makes the training on a split, when its turn comes; rows to validate on are its own choice
    /// @throws ConfigException for settings that do not fit the data, for no splits, or unless it is one of
    /// [#ofSplits()] without a share to validate on
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model
    /// @throws dev.neurite.error.DivergedException if the loss is not finite any more
    public <S> FoldResults run(List<S> splits, Function<? super S, Fold> plan) {
        if (folds > 0) {
            throw new ConfigException("folds", "expects CrossValidation.ofSplits() for splits, got of(" + folds + ")");
        }
        if (validation > 0) {
            throw new ConfigException(
                    "validation",
                    "expects no share to keep of splits of your own, got " + validation,
                    "Fold.withValidation takes the rows to validate on");
        }
        if (splits.isEmpty()) throw new ConfigException("splits", "expects at least 1, got none");
        return evaluated(splits, plan);
    }

    private <S> FoldResults evaluated(List<S> splits, Function<? super S, Fold> plan) {
        List<Evaluation> evaluations = new ArrayList<>();
        List<History> histories = new ArrayList<>();
        int epochs = 0;
        try (Kernels kernels = Kernels.create(threads)) {
            for (S split : splits) {
                Optional<Fold.Outcome> outcome = plan.apply(split).run(metrics, kernels, budget);
                if (outcome.isEmpty()) break;
                epochs = outcome.get().epochs();
                evaluations.add(outcome.get().evaluation());
                histories.add(outcome.get().history());
                ended.accept(outcome.get().evaluation(), evaluations.size());
            }
        }
        return new FoldResults(epochs, evaluations, histories, evaluations.size() == splits.size());
    }
}
