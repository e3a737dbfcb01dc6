package dev.neurite.dashboard.live;

import java.util.OptionalLong;

/// The time of a training without its pauses. Readings are those of [System#nanoTime()].
/// @param begun the reading at which it would have begun without pauses
/// @param stopped the reading at which it was stopped; empty while it runs
record UnpausedTime(long begun, OptionalLong stopped) {
    /// A time that runs from now on.
    static UnpausedTime begin(long now) {
        return new UnpausedTime(now, OptionalLong.empty());
    }

    /// The same, stopped now unless it was before.
    UnpausedTime stop(long now) {
        return stopped.isPresent() ? this : new UnpausedTime(begun, OptionalLong.of(now));
    }

    /// The same, running again.
    UnpausedTime goOn(long now) {
        return stopped.isPresent() ? new UnpausedTime(begun + now - stopped.getAsLong(), OptionalLong.empty()) : this;
    }

    /// The seconds that it has run.
    double seconds(long now) {
        return (stopped.orElse(now) - begun) * 1e-9;
    }
}
