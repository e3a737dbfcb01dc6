package dev.neurite.search;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.metric.Metric;
import dev.neurite.model.Model;
import dev.neurite.train.Evaluation;
import dev.neurite.train.History;
import dev.neurite.train.Memory;
import dev.neurite.train.Run;
import dev.neurite.train.TargetScaler;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One training of a cross-validation, and the rows that it is judged by. The training sees nothing of them, so it
/// neither stops early by them nor chooses an epoch.
/// @param trainer the trainer, whose loss is evaluated too
/// @param train the rows to train on
/// @param validation rows that are evaluated after each epoch, for early stopping and schedules; empty for none
/// @param test the rows to judge by
/// @param restore makes the model that is judged of the trained one
public record Fold(
        Trainer trainer, Dataset train, Optional<Dataset> validation, Dataset test, UnaryOperator<Model> restore) {

    /// What a training has come to.
    record Outcome(int epochs, Evaluation evaluation, History history) {}

    /// A training on one part of the data, judged by the other.
    public static Fold of(Trainer trainer, DataSplit split) {
        return new Fold(trainer, split.train(), Optional.empty(), split.test(), UnaryOperator.identity());
    }

    /// The same with another trainer.
    public Fold with(Trainer other) {
        return new Fold(other, train, validation, test, restore);
    }

    /// The same with rows that are evaluated after each epoch. They must not be among those that it is judged by.
    public Fold withValidation(Dataset rows) {
        return new Fold(trainer, train, Optional.of(rows), test, restore);
    }

    /// The same with a share of the rows to train on kept to evaluate after each epoch; 0 for none.
    Fold withValidation(double share, long seed) {
        if (share == 0) return this;
        DataSplit parts = DataSplit.of(train, share, seed);
        return new Fold(trainer, parts.train(), Optional.of(parts.test()), test, restore);
    }

    /// The same with targets that are scaled for the training by those of its rows, see [TargetScaler]. The model is
    /// judged in the units of the data.
    public Fold withScaledTargets() {
        TargetScaler scaler = TargetScaler.of(train);
        return new Fold(trainer, scaler.apply(train), validation.map(scaler::apply), test, scaler::undo);
    }

    /// Trains and evaluates.
    /// @return empty if the training was paused or interrupted
    Optional<Outcome> run(List<Metric> metrics, Kernels kernels, MemoryBudget budget) {
        Memory memory = trainer.memory(train, validation.orElse(test));
        long bytes = memory.added();
        if (!budget.take(bytes, () -> memory.requireRoom(false))) return Optional.empty();
        try {
            Run run = validation.isPresent() ? trainer.fit(train, validation.get()) : trainer.fit(train);
            if (run.paused()) return Optional.empty();
            Metric[] measured = metrics.toArray(Metric[]::new);
            Evaluation evaluation = Evaluation.of(restore.apply(run.model()), test, trainer.loss(), kernels, measured);
            return Optional.of(new Outcome(trainer.epochs(), evaluation, run.history()));
        } finally {
            budget.release(bytes);
        }
    }
}
