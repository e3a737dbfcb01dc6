package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A 1-D convolution, over sequences: y = g(W ∗ x + b). Each element of y is the weighted sum of a
/// window of x over the input channels of its group.
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × length]` |
/// | `weight` W | `[channels × in / groups × kernel]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × output length]` |
///
/// The length may be open. Padded sequences count as if what follows their end were 0, so that a row gives the bits
/// of the row alone; their lengths become those of the output. For sequences [time×channels] see
/// [Layers#overTime(dev.neurite.model.Node)].
///
/// The output length is ⌊(length + padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. PyTorch's
/// `Conv1d`, with its defaults except for the initial values
/// ([Layers#conv1d(int, int, Activation.Elementwise)]).
///
/// @param channels the number of output channels, at least 1
/// @param kernel the kernel size, at least 1
/// @param stride the step of the window, 1 by default
/// @param dilation the distance between the elements of the window, 1 by default
/// @param padding zeros around x, none by default; [Padding1d#CAUSAL] for none after it
/// @param groups the number of groups, 1 by default; divides the numbers of input and output channels
/// @param activation g, element by element
/// @param weights the initializer of W; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
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
    /// @throws dev.neurite.error.ConfigException for less than 1 channel or group, groups that do
    /// not divide the channels, or a kernel, stride or dilation below 1
    public Conv1d {
        ConvolutionOp.check("conv1d", channels, groups);
        ConvolutionOp.row(kernel, stride, dilation);
    }

    public Conv1d withStride(int step) {
        return new Conv1d(channels, kernel, step, dilation, padding, groups, activation, weights, biases, bias);
    }

    public Conv1d withDilation(int distance) {
        return new Conv1d(channels, kernel, stride, distance, padding, groups, activation, weights, biases, bias);
    }

    /// A copy with this number of zeros on each side.
    public Conv1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    public Conv1d withPadding(Padding1d other) {
        return new Conv1d(channels, kernel, stride, dilation, other, groups, activation, weights, biases, bias);
    }

    /// True, see above; `same` with a stride above 1 refuses padded sequences, as its zeros depend on the length.
    @Override
    public boolean acceptsPadding() {
        return true;
    }

    /// A copy with this number of groups.
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
        return (height, width) -> padding.ofRow(window()).around(height, width, window());
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
