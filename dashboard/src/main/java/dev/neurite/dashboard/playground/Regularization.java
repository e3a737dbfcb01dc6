package dev.neurite.dashboard.playground;

import dev.neurite.optim.Penalty;

/// The penalties for large weights that the playground offers. Biases have none.
public enum Regularization {
    /// No penalty.
    NONE("none"),
    /// See [Penalty#l1(double)].
    L1("l1"),
    /// See [Penalty#l2(double)].
    L2("l2");

    private final String key;

    Regularization(String key) {
        this.key = key;
    }

    /// The name in links and messages.
    public String key() {
        return key;
    }

    Penalty penalty(double strength) {
        return switch (this) {
            case NONE -> Penalty.NONE;
            case L1 -> Penalty.l1(strength);
            case L2 -> Penalty.l2(strength);
        };
    }
}
