package dev.neurite.dashboard.playground;

import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;

/// The losses that the playground offers.
public enum ErrorMeasure {
    /// See [dev.neurite.loss.CrossEntropy]; for classes only.
    CROSS_ENTROPY("cross-entropy"),
    /// See [dev.neurite.loss.MeanSquaredError].
    SQUARED("squared"),
    /// See [dev.neurite.loss.MeanAbsoluteError].
    ABSOLUTE("absolute"),
    /// See [dev.neurite.loss.Huber].
    HUBER("huber"),
    /// See [dev.neurite.loss.Hinge]; for classes only.
    HINGE("hinge");

    private final String key;

    ErrorMeasure(String key) {
        this.key = key;
    }

    /// The name in links and messages.
    public String key() {
        return key;
    }

    Loss loss() {
        return switch (this) {
            case CROSS_ENTROPY -> Losses.crossEntropy();
            case SQUARED -> Losses.meanSquaredError();
            case ABSOLUTE -> Losses.meanAbsoluteError();
            case HUBER -> Losses.huber();
            case HINGE -> Losses.hinge();
        };
    }

    /// Whether it compares classes, not numbers.
    boolean needsClasses() {
        return this == CROSS_ENTROPY || this == HINGE;
    }
}
