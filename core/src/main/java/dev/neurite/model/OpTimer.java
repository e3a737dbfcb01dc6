package dev.neurite.model;

import dev.neurite.model.Profile.Phase;

/// What was measured of one layer in one phase so far.
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

    Profile.Row row() {
        return new Profile.Row(layer, phase, calls, nanoseconds, flops, bytes);
    }
}
