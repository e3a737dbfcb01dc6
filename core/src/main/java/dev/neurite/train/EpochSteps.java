package dev.neurite.train;

import dev.neurite.optim.Iteration;
import java.util.Optional;

/// Takes the steps of each epoch of a [Loop].
sealed interface EpochSteps extends AutoCloseable permits StepsHere, StepsElsewhere, FullBatch {
    int count();

    /// The number of steps taken; while the event of a step is reported, up to that one.
    long steps(Loop loop);

    /// Begins an epoch, before the step does.
    default void begin(Loop loop) {}

    /// Takes the remaining steps of the epoch, and reports them; returns whether all were taken.
    boolean take(Loop loop);

    /// The last iteration; empty unless a minimizer takes them.
    default Optional<Iteration> iteration() {
        return Optional.empty();
    }

    /// Refuses a probe, unless steps are taken here.
    void checkProbe();

    void save(Snapshot memory);

    /// @param loop whose position was restored
    void restore(Snapshot memory, Loop loop);

    @Override
    default void close() {}
}
