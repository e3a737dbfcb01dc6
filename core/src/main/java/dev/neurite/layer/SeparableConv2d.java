package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A separable 2-D convolution: a [DepthwiseConv2d] followed by a 1×1 [Conv2d], y = g(P ∗ (D ∗ x) + b).
/// It has far fewer weights and multiplications than a [Conv2d] of the same window.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `depthwise.weight` D | `[in·multiplier × 1 × kernel height × kernel width]` |
/// | `pointwise.weight` P | `[channels × in·multiplier × 1 × 1]` |
/// | `pointwise.bias` b | `[channels]` |
/// | y | `[rows × channels × output height × output width]` |
///
/// Keras's `SeparableConv2D`. Chollet 2017, arXiv:1610.02357.
///
/// @param channels the number of output channels, at least 1
/// @param multiplier output channels of D for each input channel, 1 by default
/// @param window kernel size, stride and dilation of D; stride and dilation are 1 by default
/// @param padding zeros around x, none by default
/// @param activation g, element by element
/// @param depthwise the initializer of D
/// @param weights the initializer of P; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
public record SeparableConv2d(
        int channels,
        int multiplier,
        Window window,
        Padding padding,
        Elementwise activation,
        Initializer depthwise,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements Dilated<SeparableConv2d> {
    /// @throws ConfigException for less than 1 channel, or a multiplier below 1
    public SeparableConv2d {
        ConvolutionOp.check("separable-conv2d", channels, 1);
        if (multiplier < 1) {
            throw new ConfigException("separable-conv2d", "expects a multiplier from 1, got " + multiplier);
        }
    }

    /// A copy with this number of outputs for each input channel.
    public SeparableConv2d withMultiplier(int count) {
        return new SeparableConv2d(channels, count, window, padding, activation, depthwise, weights, biases, bias);
    }

    @Override
    public SeparableConv2d withWindow(Window other) {
        return new SeparableConv2d(channels, multiplier, other, padding, activation, depthwise, weights, biases, bias);
    }

    @Override
    public SeparableConv2d withPadding(Padding other) {
        return new SeparableConv2d(channels, multiplier, window, other, activation, depthwise, weights, biases, bias);
    }

    /// Replaces the activation; the initializers stay.
    public SeparableConv2d withActivation(Elementwise other) {
        return new SeparableConv2d(channels, multiplier, window, padding, other, depthwise, weights, biases, bias);
    }

    public SeparableConv2d withDepthwise(Initializer initializer) {
        return new SeparableConv2d(
                channels, multiplier, window, padding, activation, initializer, weights, biases, bias);
    }

    /// Replaces the initializer of P.
    public SeparableConv2d withWeights(Initializer initializer) {
        return new SeparableConv2d(
                channels, multiplier, window, padding, activation, depthwise, initializer, biases, bias);
    }

    /// Replaces the initializer of the bias, and adds the bias if there was none.
    public SeparableConv2d withBiases(Initializer initializer) {
        return new SeparableConv2d(
                channels, multiplier, window, padding, activation, depthwise, weights, initializer, true);
    }

    /// Removes the bias, which is superfluous before a batch norm.
    public SeparableConv2d withoutBias() {
        return new SeparableConv2d(
                channels, multiplier, window, padding, activation, depthwise, weights, biases, false);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        var each = new DepthwiseConv2d(multiplier, window, padding, Activation.IDENTITY, depthwise, biases, false);
        Shape between = declare.child("depthwise", each, List.of(in)).getFirst();
        var all = new Conv2d(channels, Window.of(1, 1), Padding.VALID, 1, activation, weights, biases, bias);
        return declare.child("pointwise", all, List.of(between)).getFirst();
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(1, pass.apply(0, x));
    }

    @Override
    public Activation outputActivation() {
        return Activate.detachable(activation) ? activation : Activation.IDENTITY;
    }

    @Override
    public SeparableConv2d withoutOutputActivation() {
        return withActivation(Activate.detachable(activation) ? Activation.IDENTITY : activation);
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("separableConv2d")
                .add(channels)
                .add(window)
                .add("padding", padding, padding.isNone())
                .add("multiplier", multiplier, multiplier == 1)
                .end(activation, bias, weights);
    }
}
