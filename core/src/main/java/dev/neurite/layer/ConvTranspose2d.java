package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A transposed convolution over images, which makes them larger: y = g(Wᵀ ∗ x + b).
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[in × channels / groups × kernel height × kernel width]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × out height × out width]` |
///
/// Every number of x is spread under the window, times its weights; so this is the gradient of a convolution
/// with the same settings, and undoes its change of size. PyTorch's `ConvTranspose2d`, with its defaults but for
/// the initial numbers ([Layers#convTranspose2d(int, int, Activation.Elementwise)]): padding is what is cut off
/// the result, and output padding what a stride left open, as several sizes become one under a convolution.
///
/// An output has (in − 1)·stride − padding + dilation·(kernel − 1) + 1 + output padding pixels along an axis, or with
/// padding `same`, as in Keras, in·stride.
///
/// @param channels the number of output channels, at least 1
/// @param window kernel, stride and dilation; stride and dilation 1 by default
/// @param padding rows and columns that are cut off the result; none by default
/// @param outputPadding rows and columns that the result has more, below and at the right, fewer than the strides;
/// 0 by default
/// @param groups into how many groups the channels are cut, 1 by default; a divisor of both numbers of channels
/// @param activation g, of single numbers
/// @param weights what W starts as; by default what suits the activation
/// @param biases what b starts as; by default zeros, as in Keras
/// @param bias whether there is a b
public record ConvTranspose2d(
        int channels,
        Window window,
        Padding padding,
        Extent outputPadding,
        int groups,
        Elementwise activation,
        Initializer weights,
        Initializer biases,
        boolean bias)
        implements ConvolutionLayer<ConvTranspose2d>, Windowed<ConvTranspose2d> {
    /// @throws ConfigException for less than 1 channel or group, groups that do not divide the channels, or an output
    /// padding that is not below the stride, or stands beside padding `same`
    public ConvTranspose2d {
        ConvolutionOp.check("conv-transpose2d", channels, groups);
        TransposedPlacement.check("conv-transpose2d", window, padding, outputPadding);
    }

    @Override
    public ConvTranspose2d withWindow(Window other) {
        return new ConvTranspose2d(channels, other, padding, outputPadding, groups, activation, weights, biases, bias);
    }

    @Override
    public ConvTranspose2d withPadding(Padding other) {
        return new ConvTranspose2d(channels, window, other, outputPadding, groups, activation, weights, biases, bias);
    }

    /// The same with so many rows and columns more, below and at the right.
    public ConvTranspose2d withOutputPadding(int both) {
        return withOutputPadding(both, both);
    }

    /// The same with so many rows more below, and columns at the right.
    public ConvTranspose2d withOutputPadding(int rows, int columns) {
        return new ConvTranspose2d(
                channels, window, padding, new Extent(rows, columns), groups, activation, weights, biases, bias);
    }

    /// The same in so many groups of channels.
    public ConvTranspose2d withGroups(int count) {
        return new ConvTranspose2d(channels, window, padding, outputPadding, count, activation, weights, biases, bias);
    }

    @Override
    public ConvTranspose2d withActivation(Elementwise other) {
        return new ConvTranspose2d(channels, window, padding, outputPadding, groups, other, weights, biases, bias);
    }

    @Override
    public ConvTranspose2d withWeights(Initializer initializer) {
        return new ConvTranspose2d(
                channels, window, padding, outputPadding, groups, activation, initializer, biases, bias);
    }

    @Override
    public ConvTranspose2d withBiases(Initializer initializer) {
        return new ConvTranspose2d(
                channels, window, padding, outputPadding, groups, activation, weights, initializer, true);
    }

    @Override
    public ConvTranspose2d withoutBias() {
        return new ConvTranspose2d(
                channels, window, padding, outputPadding, groups, activation, weights, biases, false);
    }

    TransposedPlacement placement() {
        return new TransposedPlacement(window, padding, outputPadding);
    }

    @Override
    public String toString() {
        return ConvolutionOp.text("convTranspose2d")
                .add(channels)
                .add(window)
                .add("padding", padding, padding.isNone())
                .add("output padding", outputPadding, outputPadding.equals(Extent.of(0)))
                .add("groups", groups, groups == 1)
                .end(activation, bias, weights);
    }
}
