package dev.neurite.model.engine;

import dev.neurite.model.Profile;
import dev.neurite.model.Profile.Phase;

/// The time, operations and bytes of one layer in one phase so far.
final class OpTimer {
    final String layer;
    final Phase phase;
    long calls;
    long nanoseconds;
    long flops;
    long bytes;

    OpTimer(String layer, Phase phase) {
        this.layer = layer;
        this.phase = phase;
    }

    void add(OpTimer other) {
        calls += other.calls;
        nanoseconds += other.nanoseconds;
        flops += other.flops;
        bytes += other.bytes;
    }

    Profile.Row row() {
        return new Profile.Row(layer, phase, calls, nanoseconds, flops, bytes);
    }
}
