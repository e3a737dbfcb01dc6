package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A convolution over sequences: y = g(W ∗ x + b), where each number of y sums the numbers of x under a window, times
/// the weights of the window, over the input channels of a group.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × length]` |
/// | `weight` W | `[channels × in / groups × kernel]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × out length]` |
///
/// The out length is ⌊(length + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. PyTorch's `Conv1d`, with its
/// defaults but for the initial numbers ([Layers#conv1d(int, int, Activation.Elementwise)]).
///
/// @param channels the number of output channels, at least 1
/// @param kernel the numbers that the window sees, at least 1
/// @param stride how far it moves, 1 by default
/// @param dilation how far apart the numbers are that it sees, 1 by default
/// @param padding zeros around x; none by default
/// @param groups into how many groups the channels are cut, 1 by default; a divisor of both numbers of channels
/// @param activation g, of single numbers
/// @param weights what W starts as; by default what suits the activation
/// @param biases what b starts as; by default zeros, as in Keras
/// @param bias whether there is a b
public record Conv1d(
        int channels,
        int kernel,
        int stride,
        int dilation,
        Padding1d padding,
        int groups,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<Conv1d> {
    /// @throws ConfigException for less than 1 channel or group, groups that do not divide the channels, or a window
    /// with a number below 1
    public Conv1d {
        ConvolutionOp.check("conv1d", channels, groups);
        ConvolutionOp.row(kernel, stride, dilation);
    }

    /// The same with a window that moves so far.
    public Conv1d withStride(int step) {
        return new Conv1d(channels, kernel, step, dilation, padding, groups, activation, weights, biases, bias);
    }

    /// The same with a window that sees numbers so far apart.
    public Conv1d withDilation(int distance) {
        return new Conv1d(channels, kernel, stride, distance, padding, groups, activation, weights, biases, bias);
    }

    /// The same with so many zeros on each side.
    public Conv1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    /// The same with these zeros around its input.
    public Conv1d withPadding(Padding1d other) {
        return new Conv1d(channels, kernel, stride, dilation, other, groups, activation, weights, biases, bias);
    }

    /// The same in so many groups of channels.
    public Conv1d withGroups(int count) {
        return new Conv1d(channels, kernel, stride, dilation, padding, count, activation, weights, biases, bias);
    }

    @Override
    public Conv1d withActivation(Elementwise other) {
        return new Conv1d(channels, kernel, stride, dilation, padding, groups, other, weights, biases, bias);
    }

    @Override
    public Conv1d withWeights(Initializer initializer) {
        return new Conv1d(channels, kernel, stride, dilation, padding, groups, activation, initializer, biases, bias);
    }

    @Override
    public Conv1d withBiases(Initializer initializer) {
        return new Conv1d(channels, kernel, stride, dilation, padding, groups, activation, weights, initializer, true);
    }

    @Override
    public Conv1d withoutBias() {
        return new Conv1d(channels, kernel, stride, dilation, padding, groups, activation, weights, biases, false);
    }

    Window window() {
        return ConvolutionOp.row(kernel, stride, dilation);
    }

    ConvolutionOp.Placement placement() {
        return (height, width) -> padding.ofRow().around(height, width, window());
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("conv1d")
                .add(channels)
                .row(kernel, stride, dilation)
                .add("padding", padding, padding.isNone())
                .add("groups", groups, groups == 1)
                .end(activation, bias, weights);
    }
}
