package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A depthwise 2-D convolution: y = g(W ∗ x + b), where each input channel is a group.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[in·multiplier × 1 × kernel height × kernel width]` |
/// | `bias` b | `[in·multiplier]` |
/// | y | `[rows × in·multiplier × output height × output width]` |
///
/// Outputs c·multiplier to (c + 1)·multiplier − 1 are those of channel c. PyTorch's `Conv2d` with
/// `groups=in`, Keras's `DepthwiseConv2D`.
///
/// @param multiplier output channels for each input channel, 1 by default
/// @param window kernel size, stride and dilation; stride and dilation are 1 by default
/// @param padding zeros around x, none by default
/// @param activation g, element by element
/// @param weights the initializer of W; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
public record DepthwiseConv2d(
        int multiplier,
        Window window,
        Padding padding,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<DepthwiseConv2d>, Dilated<DepthwiseConv2d> {
    /// @throws ConfigException for a multiplier below 1
    public DepthwiseConv2d {
        if (multiplier < 1) {
            throw new ConfigException("depthwise-conv2d", "expects a multiplier from 1, got " + multiplier);
        }
    }

    /// A copy with this number of outputs for each input channel.
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

    @Override
    public boolean acceptsBlocks() {
        return true;
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
