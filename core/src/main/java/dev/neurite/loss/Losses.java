package dev.neurite.loss;

/// Short names for losses, to be imported statically.
public final class Losses {
    private Losses() {}

    /// Cross-entropy of class probabilities, see [CrossEntropy].
    public static CrossEntropy crossEntropy() {
        return new CrossEntropy();
    }

    /// Mean squared error, see [MeanSquaredError].
    public static MeanSquaredError meanSquaredError() {
        return new MeanSquaredError();
    }
}
