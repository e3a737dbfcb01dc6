package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A 2-D convolution, over images: y = g(W ∗ x + b). Each pixel of y is the weighted sum of a window of
/// x over the input channels of its group.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[channels × in / groups × kernel height × kernel width]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × output height × output width]` |
///
/// The output height is ⌊(height + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1, the width
/// likewise. 3×3 windows of 32 channels or more are computed in Winograd tiles: see
/// [dev.neurite.kernel.Convolutions]. PyTorch's `Conv2d`, with its defaults except for the initial
/// values ([Layers#conv2d(int, int, Activation.Elementwise)]).
///
/// @param channels the number of output channels, at least 1
/// @param window kernel size, stride and dilation; stride and dilation are 1 by default
/// @param padding zeros around x, none by default
/// @param groups the number of groups, 1 by default; divides the numbers of input and output channels
/// @param activation g, element by element; for softmax use a layer of its own
/// @param weights the initializer of W; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
public record Conv2d(
        int channels,
        Window window,
        Padding padding,
        int groups,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<Conv2d>, Dilated<Conv2d> {
    /// @throws dev.neurite.error.ConfigException for less than 1 channel or group, or groups that
    /// do not divide the channels
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

    /// A copy with this number of groups.
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

    @Override
    public boolean acceptsBlocks() {
        return true;
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
