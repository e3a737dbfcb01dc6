package dev.neurite.layer;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A transposed 2-D convolution, which makes images larger: y = g(Wᵀ ∗ x + b).
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × height × width]` |
/// | `weight` W | `[in × channels / groups × kernel height × kernel width]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × output height × output width]` |
///
/// Each pixel of x is multiplied by the kernel and added to the output under its window. This is the
/// gradient of a convolution with the same settings, and reverses its change of size. PyTorch's
/// `ConvTranspose2d`, with its defaults except for the initial values
/// ([Layers#convTranspose2d(int, int, Activation.Elementwise)]): padding is removed from the output.
/// Output padding is added below and at the right: with a stride, a convolution maps several input
/// sizes to one output size, and output padding chooses among them.
///
/// The output height is (height − 1)·stride − padding + dilation·(kernel − 1) + 1 + output padding, or
/// with padding `same`, as in Keras, height·stride; the width likewise.
///
/// @param channels the number of output channels, at least 1
/// @param window kernel size, stride and dilation; stride and dilation are 1 by default
/// @param padding rows and columns removed from the output, none by default
/// @param outputPadding rows added below and columns added at the right, fewer than the strides; 0 by
/// default
/// @param groups the number of groups, 1 by default; divides the numbers of input and output channels
/// @param activation g, element by element
/// @param weights the initializer of W; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
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
        implements ConvolutionLayer<ConvTranspose2d>, Dilated<ConvTranspose2d> {
    /// @throws dev.neurite.error.ConfigException for less than 1 channel or group, groups that do
    /// not divide the channels, an output padding not below the stride, or one together with
    /// padding `same`
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

    /// A copy with this output padding, below and at the right.
    public ConvTranspose2d withOutputPadding(int both) {
        return withOutputPadding(both, both);
    }

    /// A copy with this output padding: rows below and columns at the right.
    public ConvTranspose2d withOutputPadding(int rows, int columns) {
        return new ConvTranspose2d(
                channels, window, padding, new Extent(rows, columns), groups, activation, weights, biases, bias);
    }

    /// A copy with this number of groups.
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
