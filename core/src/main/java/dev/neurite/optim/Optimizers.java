package dev.neurite.optim;

/// Short names for optimizers, to be imported statically.
public final class Optimizers {
    private Optimizers() {}

    /// Plain gradient descent, see [Sgd].
    public static Sgd sgd(double rate) {
        return new Sgd(rate);
    }

    /// Adam with PyTorch's settings, see [Adam].
    public static Adam adam(double rate) {
        return new Adam(rate);
    }
}
