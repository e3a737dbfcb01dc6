package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.train.shard.StepFigures;
import java.util.List;

/// Takes the steps of an epoch elsewhere, such as on the workers of a cluster, which have the rows.
/// [Trainer#fit(EpochRunner)] does all else: it keeps the state, validates, and reports to callbacks. What
/// goes back and forth is the state of a [TrainingSession].
///
/// Implement it with a session of an equal trainer that has [Trainer#rowsByShard]: the run is then that of one
/// machine with the same rows, bit for bit. See [dev.neurite.train.shard.ShardedStep] for steps that several
/// sessions take together.
public interface EpochRunner {
    /// Rows like those that it trains on, in shapes, kind of targets and classes; at least one. They are not
    /// trained on.
    Dataset like();

    /// The number of rows that it trains on, at least 1.
    int rows();

    /// A text that is equal for equal rows in the same order, which [Trainer#resume] compares: the
    /// [dev.neurite.data.DataHash] of the rows, if a training on one machine is to continue this one.
    String dataHash();

    /// Takes all steps of an epoch, in the order of [dev.neurite.data.ShardedOrder].
    /// @throws InterruptedException if the thread is interrupted: the training then pauses before this epoch
    /// @throws dev.neurite.error.DivergedException if a loss or a gradient is not finite
    /// @throws dev.neurite.error.NeuriteException for another reason why the epoch cannot be taken; the
    /// training ends
    Result run(Epoch epoch) throws InterruptedException;

    /// What to do.
    /// @param state that of a session before the first step, for [Trainer#resume]. It shares arrays with the
    /// training, and is valid until [#run] returns
    /// @param number the number of the epoch, from 1
    /// @param epochs the number of all epochs, for [Trainer#epochs]
    /// @param batches the number of steps of an epoch
    /// @param shards the number of shards of a step
    record Epoch(TrainingState state, int number, int epochs, int batches, int shards) {
        /// The number of steps of all epochs, for [Trainer#begin(dev.neurite.data.Batch, long)].
        public long steps() {
            return (long) epochs * batches;
        }
    }

    /// What was done.
    /// @param state that of the session after the last step, before [TrainingSession#endEpoch()]
    /// @param steps the figures of all steps, in their order
    record Result(TrainingState state, List<StepFigures> steps) {
        public Result {
            steps = List.copyOf(steps);
        }
    }
}
