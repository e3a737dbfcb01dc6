package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A transposed convolution over sequences, which makes them longer: y = g(Wᵀ ∗ x + b).
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × length]` |
/// | `weight` W | `[in × channels / groups × kernel]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × out length]` |
///
/// Every number of x is spread under the window, times its weights; so this is the gradient of a convolution
/// with the same settings, and undoes its change of size. PyTorch's `ConvTranspose1d`, with its defaults but for
/// the initial numbers ([Layers#convTranspose1d(int, int, Activation.Elementwise)]): padding is what is cut off
/// the result, and output padding what a stride left open, as several sizes become one under a convolution.
///
/// The out length is (length − 1)·stride − padding + dilation·(kernel − 1) + 1 + output padding, or with padding
/// `same`, as in Keras, length·stride.
///
/// @param channels the number of output channels, at least 1
/// @param kernel the numbers that the window covers, at least 1
/// @param stride how far it moves, 1 by default
/// @param dilation how far apart the numbers are that it covers, 1 by default
/// @param padding what is cut off the result; nothing by default
/// @param outputPadding what the result has more at its end: less than the stride; 0 by default
/// @param groups into how many groups the channels are cut, 1 by default; a divisor of both numbers of channels
/// @param activation g, of single numbers
/// @param weights what W starts as; by default what suits the activation
/// @param biases what b starts as; by default zeros, as in Keras
/// @param bias whether there is a b
public record ConvTranspose1d(
        int channels,
        int kernel,
        int stride,
        int dilation,
        Padding1d padding,
        int outputPadding,
        int groups,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<ConvTranspose1d> {
    /// @throws ConfigException for less than 1 channel or group, groups that do not divide the channels, a window with
    /// a number below 1, or an output padding that is not below the stride, or stands beside padding `same`
    public ConvTranspose1d {
        ConvolutionOp.check("conv-transpose1d", channels, groups);
        TransposedPlacement.check(
                "conv-transpose1d",
                ConvolutionOp.row(kernel, stride, dilation),
                padding.ofRow(),
                new Extent(0, outputPadding));
    }

    /// The same with a window that moves so far.
    public ConvTranspose1d withStride(int step) {
        return new ConvTranspose1d(
                channels, kernel, step, dilation, padding, outputPadding, groups, activation, weights, biases, bias);
    }

    /// The same with a window that sees numbers so far apart.
    public ConvTranspose1d withDilation(int distance) {
        return new ConvTranspose1d(
                channels, kernel, stride, distance, padding, outputPadding, groups, activation, weights, biases, bias);
    }

    /// The same with so much cut off each side.
    public ConvTranspose1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    /// The same with this cut off.
    public ConvTranspose1d withPadding(Padding1d other) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, other, outputPadding, groups, activation, weights, biases, bias);
    }

    /// The same with so many numbers more at the end.
    public ConvTranspose1d withOutputPadding(int count) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, padding, count, groups, activation, weights, biases, bias);
    }

    /// The same in so many groups of channels.
    public ConvTranspose1d withGroups(int count) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, padding, outputPadding, count, activation, weights, biases, bias);
    }

    @Override
    public ConvTranspose1d withActivation(Elementwise other) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, padding, outputPadding, groups, other, weights, biases, bias);
    }

    @Override
    public ConvTranspose1d withWeights(Initializer initializer) {
        return new ConvTranspose1d(
                channels,
                kernel,
                stride,
                dilation,
                padding,
                outputPadding,
                groups,
                activation,
                initializer,
                biases,
                bias);
    }

    @Override
    public ConvTranspose1d withBiases(Initializer initializer) {
        return new ConvTranspose1d(
                channels,
                kernel,
                stride,
                dilation,
                padding,
                outputPadding,
                groups,
                activation,
                weights,
                initializer,
                true);
    }

    @Override
    public ConvTranspose1d withoutBias() {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, padding, outputPadding, groups, activation, weights, biases, false);
    }

    Window window() {
        return ConvolutionOp.row(kernel, stride, dilation);
    }

    TransposedPlacement placement() {
        return new TransposedPlacement(window(), padding.ofRow(), new Extent(0, outputPadding));
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("convTranspose1d")
                .add(channels)
                .row(kernel, stride, dilation)
                .add("padding", padding, padding.isNone())
                .add("output padding", outputPadding, outputPadding == 0)
                .add("groups", groups, groups == 1)
                .end(activation, bias, weights);
    }
}
