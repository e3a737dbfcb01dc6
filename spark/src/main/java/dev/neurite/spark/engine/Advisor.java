package dev.neurite.spark.engine;

import java.util.Optional;

/// The [WorkerAdvice] of a training. While Java compiles the steps, workers compute several times as long as
/// later, and more of them seem to pay. So it is of the first epoch that begins after [#WARM] seconds of
/// others, or else of the last one.
final class Advisor {
    /// Seconds of epochs after which steps take what they take later.
    static final double WARM = 10;

    private double before; // seconds of the epochs so far
    private boolean warm;
    private Optional<WorkerAdvice> times = Optional.empty(); // of the newest epoch, as long as none was warm

    /// Takes the times of an epoch.
    /// @param seconds of the epoch
    /// @param last whether it is the last
    /// @return the times to tell of; empty for none yet, and after they were returned once
    Optional<WorkerAdvice> epoch(WorkerAdvice of, double seconds, boolean last) {
        if (warm) return Optional.empty();
        warm = last || before >= WARM;
        before += seconds;
        times = Optional.of(of);
        return warm ? times : Optional.empty();
    }

    /// The advice so far.
    Optional<String> text() {
        return times.flatMap(WorkerAdvice::text);
    }
}
