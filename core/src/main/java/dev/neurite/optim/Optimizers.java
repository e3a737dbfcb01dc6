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

    /// Adam with decoupled weight decay, PyTorch's 0.01 by default. Loshchilov and Hutter 2019,
    /// arXiv:1711.05101.
    public static Adam adamW(double rate) {
        return adamW(rate, 0.01);
    }

    /// Adam with decoupled weight decay.
    /// @param decay λ: θ ← θ − α·λ·θ before each step
    public static Adam adamW(double rate, double decay) {
        return new Adam(rate).withDecay(WeightDecay.decoupled(decay));
    }
}
