package dev.neurite.optim;

/// Short names for optimizers, for static imports.
///
/// <!-- Snippets#optimizers -->
/// ```java
/// Optimizer usual = adam(1e-3);
/// Optimizer decoupled = adamW(1e-3);
/// Optimizer plain = sgd(0.1).withMomentum(0.9).withNesterov();
/// ```
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

    /// RMSprop with PyTorch's settings, see [RmsProp].
    public static RmsProp rmsProp(double rate) {
        return new RmsProp(rate);
    }

    /// Adam with Nesterov's momentum and PyTorch's settings, see [Nadam].
    public static Nadam nadam(double rate) {
        return new Nadam(rate);
    }

    /// Rectified Adam with PyTorch's settings, see [Radam].
    public static Radam radam(double rate) {
        return new Radam(rate);
    }

    /// Adamax with PyTorch's settings, see [Adamax].
    public static Adamax adamax(double rate) {
        return new Adamax(rate);
    }

    /// Adagrad with PyTorch's settings, see [Adagrad].
    public static Adagrad adagrad(double rate) {
        return new Adagrad(rate);
    }

    /// Adadelta with PyTorch's settings, including the learning rate 1, see [Adadelta].
    public static Adadelta adadelta() {
        return adadelta(1);
    }

    /// Adadelta with PyTorch's settings, see [Adadelta].
    public static Adadelta adadelta(double rate) {
        return new Adadelta(rate);
    }

    /// Rprop with PyTorch's settings, for full-batch training, see [Rprop].
    /// @param rate the initial step size of each parameter
    public static Rprop rprop(double rate) {
        return new Rprop(rate);
    }

    /// Lion with the paper's settings and no weight decay, see [Lion].
    public static Lion lion(double rate) {
        return new Lion(rate);
    }

    /// Lion with decoupled weight decay, as in the paper.
    /// @param decay λ: θ ← θ − α·λ·θ before each step
    public static Lion lion(double rate, double decay) {
        return new Lion(rate).withDecay(WeightDecay.decoupled(decay));
    }

    /// L-BFGS with the default settings, see [Lbfgs].
    public static Lbfgs lbfgs() {
        return new Lbfgs();
    }
}
