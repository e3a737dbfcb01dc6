package dev.neurite.layer;

import dev.neurite.kernel.ActivationKernels;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A leaky ReLU with a learned slope: y = x if x > 0, else a·x, in the shape of x. He et al. 2015,
/// arXiv:1502.01852.
///
/// | tensor | shape |
/// |---|---|
/// | `slope` a | `[1]`, or one per channel: the extent of x's first axis (for rows of one axis, its features) |
///
/// At x = 0 the slope is a, as in PyTorch. The paper advises against weight decay on a, which would
/// pull it towards 0, a plain ReLU.
/// @param perChannel whether each channel has its own slope; by default all share one, as in PyTorch
/// @param slopes the initializer of a; 0.25 by default, as in PyTorch (Keras: 0, and one per feature)
public record PRelu(boolean perChannel, Initializer slopes) implements Layer {
    /// A copy with a slope for each channel.
    public PRelu withSlopePerChannel() {
        return new PRelu(true, slopes);
    }

    /// A copy with this initializer of the slopes.
    public PRelu withSlopes(Initializer initializer) {
        return new PRelu(perChannel, initializer);
    }

    @Override
    public String kind() {
        return "prelu";
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        int count = perChannel && in.rank() > 0 ? in.extent(0) : 1;
        declare.parameter("slope", Shape.of(count), Role.SCALE, slopes);
        return in;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Tensor slope = pass.parameter("slope");
        Tensor y = pass.like(x);
        pass.showPreActivation(x);
        ActivationKernels kernels = pass.kernels().activations();
        kernels.prelu(x, slope, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.preluGradient(x, slope, dy, dx); // dx = dy ∘ (x > 0 ? 1 : a)
            if (pass.wants("slope")) slopeGradient(x, dy, pass); //         da = Σ (x > 0 ? 0 : dy·x)
            if (pass.wants(x)) pass.showDelta(dx);
        });
    }

    /// Sums over the elements of a channel first, then over rows.
    private static void slopeGradient(Tensor x, Tensor dy, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor da = pass.gradient("slope");
        kernels.activations().multiplyBelowZero(x, dy, dy);
        int channels = da.size();
        Tensor sums = pass.tensor(Shape.of(channels));
        Shape parts = Shape.of(x.rows() * channels, x.rows() == 0 ? 0 : x.size() / x.rows() / channels);
        kernels.rowSums(dy.reshape(parts), sums.reshape(Shape.of(sums.size())));
        kernels.columnSums(sums, da);
    }

    @Override
    public String toString() {
        return "prelu(" + (perChannel ? "a slope per channel, " : "") + "slopes " + slopes + ")";
    }
}
