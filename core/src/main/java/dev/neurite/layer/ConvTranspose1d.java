package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.model.Initializer;

/// A transposed 1-D convolution, which makes sequences longer: y = g(Wᵀ ∗ x + b).
///
/// | tensor | shape |
/// |---|---|
/// | x | `[rows × in × length]` |
/// | `weight` W | `[in × channels / groups × kernel]` |
/// | `bias` b | `[channels]` |
/// | y | `[rows × channels × output length]` |
///
/// Each element of x is multiplied by the kernel and added to the output under its window. This is the
/// gradient of a convolution with the same settings, and reverses its change of size. PyTorch's
/// `ConvTranspose1d`, with its defaults except for the initial values
/// ([Layers#convTranspose1d(int, int, Activation.Elementwise)]): padding is removed from the output.
/// Output padding is added at its end: with a stride, a convolution maps several input lengths to one
/// output length, and output padding chooses among them.
///
/// The output length is (length − 1)·stride − padding + dilation·(kernel − 1) + 1 + output padding, or
/// with padding `same`, as in Keras, length·stride.
///
/// @param channels the number of output channels, at least 1
/// @param kernel the kernel size, at least 1
/// @param stride the step of the window, 1 by default
/// @param dilation the distance between the elements of the window, 1 by default
/// @param padding elements removed from both ends of the output, none by default
/// @param outputPadding elements added at the end of the output, fewer than the stride; 0 by default
/// @param groups the number of groups, 1 by default; divides the numbers of input and output channels
/// @param activation g, element by element
/// @param weights the initializer of W; by default the one that suits the activation
/// @param biases the initializer of b; zeros by default, as in Keras
/// @param bias whether there is a bias b
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
    /// @throws ConfigException for less than 1 channel or group, groups that do
    /// not divide the channels, a kernel, stride or dilation below 1, an output padding not below
    /// the stride, or one together with padding `same`
    public ConvTranspose1d {
        ConvolutionOp.check("conv-transpose1d", channels, groups);
        if (padding.isCausal()) {
            throw new ConfigException("conv-transpose1d", "expects padding same or numbers, got " + padding);
        }
        TransposedPlacement.check(
                "conv-transpose1d",
                ConvolutionOp.row(kernel, stride, dilation),
                padding.ofRow(ConvolutionOp.row(kernel, stride, dilation)),
                new Extent(0, outputPadding));
    }

    public ConvTranspose1d withStride(int step) {
        return new ConvTranspose1d(
                channels, kernel, step, dilation, padding, outputPadding, groups, activation, weights, biases, bias);
    }

    public ConvTranspose1d withDilation(int distance) {
        return new ConvTranspose1d(
                channels, kernel, stride, distance, padding, outputPadding, groups, activation, weights, biases, bias);
    }

    /// A copy that removes this many elements from each side of the output.
    public ConvTranspose1d withPadding(int each) {
        return withPadding(Padding1d.of(each));
    }

    /// A copy with this padding, which is removed from the output.
    public ConvTranspose1d withPadding(Padding1d other) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, other, outputPadding, groups, activation, weights, biases, bias);
    }

    public ConvTranspose1d withOutputPadding(int count) {
        return new ConvTranspose1d(
                channels, kernel, stride, dilation, padding, count, groups, activation, weights, biases, bias);
    }

    /// A copy with this number of groups.
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
        return new TransposedPlacement(window(), padding.ofRow(window()), new Extent(0, outputPadding));
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
