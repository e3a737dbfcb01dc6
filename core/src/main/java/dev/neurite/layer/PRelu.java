package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Locale;

/// A leaky ReLU with a learned slope: y = x if x > 0, else a·x, in the shape of x. He et al. 2015,
/// arXiv:1502.01852.
///
/// | tensor | shape |
/// |---|---|
/// | `slope` a | `[1]`, or one per channel, the extent of x's first axis, or per feature, that of its last |
///
/// At x = 0 the slope is a, as in PyTorch. The paper advises against weight decay on a, which would
/// pull it towards 0, a plain ReLU.
/// @param slopePer what has a slope of its own; by default all numbers share one, as in PyTorch
/// @param slopes the initializer of a; 0.25 by default, as in PyTorch (Keras: 0, and one per feature)
public record PRelu(SlopePer slopePer, Initializer slopes) implements Layer {
    /// What has a slope of its own.
    public enum SlopePer {
        /// All numbers share one.
        LAYER,
        /// Each channel of images, along the first axis of rows.
        CHANNEL,
        /// Each feature, along the last axis of rows: of each position of a sequence the same.
        FEATURE
    }

    /// A copy with a slope for each channel.
    public PRelu withSlopePerChannel() {
        return new PRelu(SlopePer.CHANNEL, slopes);
    }

    /// A copy with a slope for each feature.
    public PRelu withSlopePerFeature() {
        return new PRelu(SlopePer.FEATURE, slopes);
    }

    public PRelu withSlopes(Initializer initializer) {
        return new PRelu(slopePer, initializer);
    }

    @Override
    public String kind() {
        return "prelu";
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        int axis = slopePer == SlopePer.FEATURE ? in.rank() - 1 : 0;
        int count = slopePer == SlopePer.LAYER || in.rank() == 0 ? 1 : in.extent(axis);
        if (count == Shape.OPEN) {
            throw new ShapeException(
                    declare.path(), this + " expects rows whose axis " + axis + " has a known extent, got " + in);
        }
        declare.parameter("slope", Shape.of(count), Role.SCALE, slopes);
        return in;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor slope = pass.parameter("slope");
        Tensor y = pass.like(x);
        pass.showPreActivation(x);
        ActivationKernels kernels = pass.kernels().activations();
        kernels.prelu(perSlope(x), slope, perSlope(y));
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x))
                kernels.preluGradient(perSlope(x), slope, perSlope(dy), perSlope(dx)); // dx = dy ∘ (x > 0 ? 1 : a)
            if (pass.wants("slope")) slopeGradient(x, dy, pass); //         da = Σ (x > 0 ? 0 : dy·x)
            if (pass.wants(x)) pass.showDelta(dx);
        });
    }

    /// The rows in which neighboring numbers share a slope.
    private Tensor perSlope(Tensor x) {
        return slopePer == SlopePer.FEATURE ? x.positions() : x;
    }

    /// Sums over the elements of a channel first, then over rows.
    private void slopeGradient(Tensor x, Tensor dy, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor da = pass.gradient("slope");
        kernels.activations().multiplyBelowZero(x, dy, dy);
        if (slopePer == SlopePer.FEATURE) {
            kernels.columnSums(dy.positions(), da);
            return;
        }
        int channels = da.size();
        Tensor sums = pass.tensor(Shape.of(channels));
        Shape parts = Shape.of(x.rows() * channels, x.rows() == 0 ? 0 : x.size() / x.rows() / channels);
        kernels.rowSums(dy.reshape(parts), sums.reshape(Shape.of(sums.size())));
        kernels.columnSums(sums, da);
    }

    @Override
    public String toString() {
        return "prelu("
                + (slopePer == SlopePer.LAYER
                        ? ""
                        : "a slope per " + slopePer.name().toLowerCase(Locale.ROOT) + ", ") + "slopes " + slopes + ")";
    }
}
