package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Norms;
import dev.neurite.model.Declarations;
import dev.neurite.model.FusedActivation;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Batch normalization: y = g(x̂·w + b) with x̂ = (x − mean) / √(variance + ε). Mean and variance of
/// each channel are those of the batch while training, and the running statistics when predicting.
/// Ioffe and Szegedy 2015, arXiv:1502.03167.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | rows `[C]`, `[C×L]`, `[C×H×W]`: PyTorch's BatchNorm1d and BatchNorm2d |
/// | `weight` w, `bias` b | `[C]`, of roles scale and bias |
/// | `running_mean`, `running_var` | `[C]`, running statistics |
///
/// After a step, running ← (1 − momentum)·running + momentum·batch, with the unbiased variance, as in
/// PyTorch. Keras's `momentum` is 1 − ours; its defaults are 0.99 (0.01 here) and ε = 1e-3, and its
/// variance is biased. [Shards](dev.neurite.train.Trainer#shards) are normalized separately. Inside a
/// [Frozen] node the running statistics are used and not updated. Training refuses a batch with one
/// element per channel, which has no variance.
///
/// [Folding] merges it into the layer before it, for predicting.
/// @param activation g
/// @param momentum the weight of the batch in the running statistics, above 0, up to 1; 0.1 by default
/// @param epsilon ε, above 0; 1e-5 by default
/// @param affine whether there are w and b
/// @param weights the initializer of w; 1 by default. With zeros, a residual block starts as the
/// identity (Goyal et al. 2017, arXiv:1706.02677)
public record BatchNorm(Elementwise activation, double momentum, double epsilon, boolean affine, Initializer weights)
        implements Layer {
    /// @throws ConfigException for a momentum or ε out of range
    public BatchNorm {
        if (!(momentum > 0 && momentum <= 1)) {
            throw new ConfigException("batch norm", "expects a momentum above 0, up to 1, got " + momentum);
        }
        checkEpsilon("batch norm", epsilon);
    }

    static void checkEpsilon(String what, double epsilon) {
        if (!(epsilon >= Float.MIN_NORMAL && epsilon < 1e30)) {
            throw new ConfigException(what, "expects an ε from 1.2e-38 to below 1e30, got " + epsilon);
        }
    }

    public BatchNorm withMomentum(double share) {
        return new BatchNorm(activation, share, epsilon, affine, weights);
    }

    public BatchNorm withEpsilon(double other) {
        return new BatchNorm(activation, momentum, other, affine, weights);
    }

    /// A copy without w and b.
    public BatchNorm withoutWeights() {
        return new BatchNorm(activation, momentum, epsilon, false, weights);
    }

    public BatchNorm withWeights(Initializer initializer) {
        return new BatchNorm(activation, momentum, epsilon, true, initializer);
    }

    public BatchNorm withActivation(Elementwise other) {
        return new BatchNorm(other, momentum, epsilon, affine, weights);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        refuseSteps(this, in, declare);
        if (in.rank() < 1 || in.rank() > 3) {
            throw new ShapeException(
                    declare.path(), this + " expects rows [channels], [channels × length] or images, got " + in);
        }
        Shape channels = Shape.of(in.extent(0));
        if (affine) {
            declare.parameter("weight", channels, Role.SCALE, weights);
            declare.parameter("bias", channels, Role.BIAS, Initializers.zeros());
        }
        declare.statistic("running_mean", channels, Initializers.zeros());
        declare.statistic("running_var", channels, Initializers.constant(1));
        return in;
    }

    /// Refuses sequences of any length: their first axis is that of the steps, where channels are expected.
    static void refuseSteps(Layer layer, Shape in, Declarations declare) {
        if (in.rank() == 0 || in.extent(0) != Shape.OPEN) return;
        throw new ShapeException(
                declare.path(),
                layer + " expects rows whose first axis are channels, got sequences " + in,
                "Take layerNorm(), which normalizes each step by itself");
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        var run = new Run(x, Tensor.EMPTY, pass);
        return pass.backward(x, run.y(), Dx.MAY_BE_DY, run::backward);
    }

    /// The forward pass of a batch, and its backward pass.
    final class Run {
        private final Pass pass;
        private final Norms norms;
        private final boolean ofBatch;
        private final Tensor x;
        private final Tensor mean;
        private final Tensor factor;
        private final Tensor w;
        private final FusedActivation out;
        private final Tensor y;

        /// Computes y.
        /// @param r added before g; empty for none
        Run(Tensor x, Tensor r, Pass pass) {
            this.pass = pass;
            this.x = x;
            norms = pass.kernels().norms();
            ofBatch = pass.mode() == Mode.TRAIN;
            Tensor runningMean = pass.statistic("running_mean");
            mean = ofBatch ? pass.batchTensor(runningMean.shape()) : runningMean;
            factor = pass.batchTensor(runningMean.shape());
            w = affine ? pass.parameter("weight") : Tensor.EMPTY;
            Tensor b = affine ? pass.parameter("bias") : Tensor.EMPTY;
            out = pass.activated(activation);
            Elementwise g = out.inKernel(); //                              z = x̂·w + b + r
            if (ofBatch) {
                Tensor variance = pass.batchTensor(runningMean.shape());
                norms.normalizeBatch(x, epsilon, w, b, r, g, mean, variance, factor, out.z());
                updateRunning(x, mean, variance, pass);
            } else {
                norms.factors(pass.statistic("running_var"), epsilon, factor);
                norms.normalizeChannels(x, mean, factor, w, b, r, g, out.z());
            }
            y = out.y(); //                                                 y = g(z)
        }

        Tensor y() {
            return y;
        }

        /// Turns dy into δ in place, and computes the gradients from it; dx may be dy.
        void backward(Tensor dy, Tensor dx) {
            if (ofBatch) { // δ = dy ∘ g′(z), dw = Σ δ·x̂, db = Σ δ, dx = w·(δ − db/n − x̂·dw/n) / √(variance + ε)
                Tensor dw = gradient("weight", mean.shape(), pass);
                Tensor db = gradient("bias", mean.shape(), pass);
                Tensor target = pass.wants(x) ? dx : Tensor.EMPTY;
                norms.batchGradient(x, mean, factor, w, activation, out.z(), y, dy, dw, db, target);
                pass.showDelta(dy);
                return;
            }
            Tensor delta = out.delta(dy);
            if (affine && (pass.wants("weight") || pass.wants("bias"))) {
                Tensor dw = gradient("weight", mean.shape(), pass);
                Tensor db = gradient("bias", mean.shape(), pass);
                norms.channelSums(x, mean, factor, delta, dw, db);
            }
            if (pass.wants(x)) norms.scaleChannels(delta, factor, w, dx); // dx = w·δ / √(variance + ε)
        }
    }

    private Tensor gradient(String name, Shape shape, Pass pass) {
        return affine && pass.wants(name) ? pass.gradient(name) : pass.batchTensor(shape);
    }

    private void updateRunning(Tensor x, Tensor mean, Tensor variance, Pass pass) {
        long count = mean.size() == 0 ? 0 : x.size() / mean.size();
        if (count < 2 && mean.size() > 0) {
            throw new ConfigException(
                    "batch norm",
                    "expects more than 1 element for each channel while training, got " + x.shape(),
                    "Choose a batch size that leaves no single row at the end of an epoch, or leave that batch out:"
                            + " dropLast(true), --drop-last");
        }
        double unbiased = momentum * count / (count - 1.0);
        pass.update("running_mean", mixed(pass.statistic("running_mean"), momentum, mean, pass));
        pass.update("running_var", mixed(pass.statistic("running_var"), unbiased, variance, pass));
    }

    /// (1 − momentum)·running + share·next
    private Tensor mixed(Tensor running, double share, Tensor next, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor sum = pass.batchTensor(running.shape());
        kernels.scale((float) (1 - momentum), running, sum);
        kernels.addScaled((float) share, next, sum);
        return sum;
    }

    @Override
    public String toString() {
        return "batchNorm(" + (activation instanceof Identity ? "" : activation + ", ") + "momentum " + momentum
                + ", epsilon " + epsilon + (affine ? "" : ", no weights") + ")";
    }
}
