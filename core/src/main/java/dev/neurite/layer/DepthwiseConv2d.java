package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A convolution of each channel by itself: y = g(W ∗ x + b), with as many groups as there are input channels.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[in·multiplier × 1 × kernel height × kernel width]` |
/// | `bias` b | `[in·multiplier]` |
/// | y | `[rows × in·multiplier × out height × out width]` |
///
/// Outputs c·multiplier to (c + 1)·multiplier − 1 are those of channel c. PyTorch's `Conv2d` with `groups=in`, Keras's
/// `DepthwiseConv2D`.
///
/// @param multiplier outputs for each input channel, 1 by default
/// @param window kernel, stride and dilation; stride and dilation 1 by default
/// @param padding zeros around x; none by default
/// @param activation g, of single numbers
/// @param weights what W starts as; by default what suits the activation
/// @param biases what b starts as; by default zeros, as in Keras
/// @param bias whether there is a b
public record DepthwiseConv2d(
        int multiplier,
        Window window,
        Padding padding,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<DepthwiseConv2d>, Windowed<DepthwiseConv2d> {
    /// @throws ConfigException for a multiplier below 1
    public DepthwiseConv2d {
        if (multiplier < 1) {
            throw new ConfigException("depthwise-conv2d", "expects a multiplier from 1, got " + multiplier);
        }
    }

    /// The same with so many outputs for each input channel.
    public DepthwiseConv2d withMultiplier(int count) {
        return new DepthwiseConv2d(count, window, padding, activation, weights, biases, bias);
    }

    @Override
    public DepthwiseConv2d withWindow(Window other) {
        return new DepthwiseConv2d(multiplier, other, padding, activation, weights, biases, bias);
    }

    @Override
    public DepthwiseConv2d withPadding(Padding other) {
        return new DepthwiseConv2d(multiplier, window, other, activation, weights, biases, bias);
    }

    @Override
    public DepthwiseConv2d withActivation(Elementwise other) {
        return new DepthwiseConv2d(multiplier, window, padding, other, weights, biases, bias);
    }

    @Override
    public DepthwiseConv2d withWeights(Initializer initializer) {
        return new DepthwiseConv2d(multiplier, window, padding, activation, initializer, biases, bias);
    }

    @Override
    public DepthwiseConv2d withBiases(Initializer initializer) {
        return new DepthwiseConv2d(multiplier, window, padding, activation, weights, initializer, true);
    }

    @Override
    public DepthwiseConv2d withoutBias() {
        return new DepthwiseConv2d(multiplier, window, padding, activation, weights, biases, false);
    }

    ConvolutionOp.Placement placement() {
        return (height, width) -> padding.around(height, width, window);
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("depthwiseConv2d")
                .add(window)
                .add("padding", padding, padding.isNone())
                .add("multiplier", multiplier, multiplier == 1)
                .end(activation, bias, weights);
    }
}
