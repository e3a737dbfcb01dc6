package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Activation.Identity;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A convolution over images: y = g(W ∗ x + b), where each pixel of y sums the pixels of x under a window, times the
/// weights of the window, over the input channels of a group.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[channels × in / groups × kernel height × kernel width]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × out height × out width]` |
///
/// An output has ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 pixels along an axis. PyTorch's `Conv2d`,
/// with
/// its defaults but for the initial numbers ([Layers#conv2d(int, int, Activation.Elementwise)]).
///
/// @param channels the number of output channels, at least 1
/// @param window kernel, stride and dilation; stride and dilation 1 by default
/// @param padding zeros around x; none by default
/// @param groups into how many groups the channels are cut, 1 by default; a divisor of both numbers of channels
/// @param activation g, of single numbers: a softmax would be one over all pixels
/// @param weights what W starts as; by default what suits the activation
/// @param biases what b starts as; by default zeros, as in Keras
/// @param bias whether there is a b
public record Conv2d(
        int channels,
        Window window,
        Padding padding,
        int groups,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements Layer {
    private static final Tensor NONE = Tensor.zeros(Shape.of(0));

    /// @throws ConfigException for less than 1 channel or group, or groups that do not divide the channels
    public Conv2d {
        if (channels < 1) throw new ConfigException("conv2d", "expects at least 1 channel, got " + channels);
        if (groups < 1 || channels % groups != 0) {
            throw new ConfigException(
                    "conv2d", "expects groups from 1 that divide its " + channels + " channels, got " + groups);
        }
    }

    /// The same with a window that moves so far.
    public Conv2d withStride(int stride) {
        return withStride(stride, stride);
    }

    /// The same with a window that moves so many rows down and columns across.
    public Conv2d withStride(int rows, int columns) {
        return withWindow(window.withStride(rows, columns));
    }

    /// The same with a window that sees pixels so far apart.
    public Conv2d withDilation(int dilation) {
        return withDilation(dilation, dilation);
    }

    /// The same with a window that sees pixels so many rows and columns apart.
    public Conv2d withDilation(int rows, int columns) {
        return withWindow(window.withDilation(rows, columns));
    }

    /// The same with another window.
    public Conv2d withWindow(Window other) {
        return new Conv2d(channels, other, padding, groups, activation, weights, biases, bias);
    }

    /// The same with so many zeros on each side.
    public Conv2d withPadding(int all) {
        return withPadding(Padding.of(all));
    }

    /// The same with these zeros around its input.
    public Conv2d withPadding(Padding other) {
        return new Conv2d(channels, window, other, groups, activation, weights, biases, bias);
    }

    /// The same in so many groups of channels.
    public Conv2d withGroups(int count) {
        return new Conv2d(channels, window, padding, count, activation, weights, biases, bias);
    }

    /// The same with another activation; the initializers stay.
    public Conv2d withActivation(Elementwise other) {
        return new Conv2d(channels, window, padding, groups, other, weights, biases, bias);
    }

    /// The same with other initial weights.
    public Conv2d withWeights(Initializer initializer) {
        return new Conv2d(channels, window, padding, groups, activation, initializer, biases, bias);
    }

    /// The same with other initial biases.
    public Conv2d withBiases(Initializer initializer) {
        return new Conv2d(channels, window, padding, groups, activation, weights, initializer, true);
    }

    /// The same without the bias b, as before a normalization, which would take it out again.
    public Conv2d withoutBias() {
        return new Conv2d(channels, window, padding, groups, activation, weights, biases, false);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 3) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects images [channels×height×width], got " + in,
                    in.rank() == 1 ? "Add reshape(channels, height, width) before it" : "");
        }
        if (in.extent(0) % groups != 0) {
            throw new ShapeException(
                    declare.path(), this + " expects channels that its " + groups + " groups divide, got " + in);
        }
        Geometry g;
        try {
            g = padding.around(in.extent(1), in.extent(2), window);
        } catch (ShapeException e) {
            throw new ShapeException(declare.path(), this + " does not fit into " + in + ": " + e.problem());
        }
        int inputs = in.extent(0) / groups;
        declare.parameter("weight", Shape.of(channels, inputs, window.height(), window.width()), Role.WEIGHT, weights);
        if (bias) declare.parameter("bias", Shape.of(channels), Role.BIAS, biases);
        declare.multiplications((long) channels * g.outArea() * inputs * window.area());
        return Shape.of(channels, g.outHeight(), g.outWidth());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Elementwise g = activation;
        boolean keepsZ = g.derivativeNeedsInput() || pass.inspecting();
        Geometry place = padding.around(x.shape().extent(2), x.shape().extent(3), window);
        Tensor b = bias ? pass.parameter("bias") : NONE;

        Tensor y = pass.output();
        Tensor z = keepsZ ? pass.output() : y;
        kernels.convolutions() //                                            z = W ∗ x + b
                .forward(place, groups, x, pass.weights("weight"), b, null, keepsZ ? Activation.IDENTITY : g, z);
        if (keepsZ) kernels.activate(g, z, y); //                            y = g(z)
        pass.observe("z", z);

        return pass.backward(x, y, (dy, dx) -> {
            if (!(g instanceof Identity)) kernels.activationGradient(g, z, y, dy, dy); //    δ = dy ∘ g′(z)
            Tensor delta = dy;
            pass.observe("delta", delta);
            if (pass.wants("weight")) { //                                                 dW = Σ x·δ
                kernels.convolutions().weightGradient(place, groups, x, delta, pass.gradient("weight"));
            }
            if (bias && pass.wants("bias")) { //                                           db = Σ δ
                kernels.convolutions().channelSums(delta, pass.gradient("bias"));
            }
            if (pass.wants(x)) { //                                                        δ_prev = Wᵀ ∗ δ
                kernels.convolutions().inputGradient(place, groups, delta, pass.weights("weight"), dx);
            }
        });
    }

    @Override
    public Activation outputActivation() {
        return Activate.detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public Conv2d withoutOutputActivation() {
        return Activate.detachable(activation) ? withActivation(Activation.IDENTITY) : this;
    }

    @Override
    public String toString() {
        return "conv2d(" + channels + ", " + window
                + (padding.isNone() ? "" : ", padding " + padding)
                + (groups == 1 ? "" : ", groups " + groups)
                + ", " + activation + (bias ? "" : ", no bias") + ", weights " + weights + ")";
    }
}
