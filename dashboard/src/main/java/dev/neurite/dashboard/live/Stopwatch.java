package dev.neurite.dashboard.live;

import java.util.OptionalLong;

/// The time of a training without its pauses. Readings are those of [System#nanoTime()].
/// @param begun the reading at which it would have begun without pauses
/// @param stopped the reading at which it was stopped; empty while it runs
record Stopwatch(long begun, OptionalLong stopped) {
    /// A stopwatch that runs from now on.
    static Stopwatch begin(long now) {
        return new Stopwatch(now, OptionalLong.empty());
    }

    /// The same, stopped now unless it was before.
    Stopwatch stop(long now) {
        return stopped.isPresent() ? this : new Stopwatch(begun, OptionalLong.of(now));
    }

    /// The same, running again.
    Stopwatch goOn(long now) {
        return stopped.isPresent() ? new Stopwatch(begun + now - stopped.getAsLong(), OptionalLong.empty()) : this;
    }

    /// The seconds that it has run.
    double seconds(long now) {
        return (stopped.orElse(now) - begun) * 1e-9;
    }
}
