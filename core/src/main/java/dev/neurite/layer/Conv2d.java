package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

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
/// An output has ⌊(in + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 pixels along an axis.
/// 3×3 windows of 32 channels or more are computed in tiles, as [dev.neurite.kernel.Convolutions] says.
/// PyTorch's `Conv2d`, with its defaults but for the initial numbers
/// ([Layers#conv2d(int, int, Activation.Elementwise)]).
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
        implements ConvolutionLayer<Conv2d>, Windowed<Conv2d> {
    /// @throws ConfigException for less than 1 channel or group, or groups that do not divide the channels
    public Conv2d {
        ConvolutionOp.check("conv2d", channels, groups);
    }

    @Override
    public Conv2d withWindow(Window other) {
        return new Conv2d(channels, other, padding, groups, activation, weights, biases, bias);
    }

    @Override
    public Conv2d withPadding(Padding other) {
        return new Conv2d(channels, window, other, groups, activation, weights, biases, bias);
    }

    /// The same in so many groups of channels.
    public Conv2d withGroups(int count) {
        return new Conv2d(channels, window, padding, count, activation, weights, biases, bias);
    }

    @Override
    public Conv2d withActivation(Elementwise other) {
        return new Conv2d(channels, window, padding, groups, other, weights, biases, bias);
    }

    @Override
    public Conv2d withWeights(Initializer initializer) {
        return new Conv2d(channels, window, padding, groups, activation, initializer, biases, bias);
    }

    @Override
    public Conv2d withBiases(Initializer initializer) {
        return new Conv2d(channels, window, padding, groups, activation, weights, initializer, true);
    }

    @Override
    public Conv2d withoutBias() {
        return new Conv2d(channels, window, padding, groups, activation, weights, biases, false);
    }

    ConvolutionOp.Placement placement() {
        return (height, width) -> padding.around(height, width, window);
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("conv2d")
                .add(channels)
                .add(window)
                .add("padding", padding, padding.isNone())
                .add("groups", groups, groups == 1)
                .end(activation, bias, weights);
    }
}
