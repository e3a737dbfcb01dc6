package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// A normalization to compute, filled anew for each call of [CpuNorms], so that a call allocates nothing.
///
/// x is seen as `[rows × channels × plane]`. What is normalized together, and so has a mean and a factor, is
/// either a channel over all rows, or a `span` of neighbors, of which a row has several; where weights of one
/// number each stand beside the elements of a span, a plane is one element and channels are the elements.
final class Norm {
    private static final Tensor NONE = Tensor.EMPTY;

    Tensor x = NONE;
    Tensor z = NONE;
    Tensor y = NONE;
    Tensor dy = NONE;
    Tensor dx = NONE;

    /// Added to y before the activation; empty for none.
    Tensor residual = NONE;

    Tensor mean = NONE;
    Tensor variance = NONE;
    Tensor factor = NONE; // 1 / √(variance + ε)
    Tensor weight = NONE; // empty for 1 each
    Tensor bias = NONE; // empty for 0 each
    Tensor weightGradient = NONE;
    Tensor biasGradient = NONE; // empty where nobody wants it
    Elementwise activation = Activation.IDENTITY;
    float epsilon;
    int rows;
    int channels;
    int plane;
    int span; // elements that have one mean; 0 for channels over all rows
    boolean centered; // whether means are subtracted, in spans
    int block; // how many channels of a row are worked on at a time
    int blocks; // of a row
    float[] scratch = {}; // three numbers a channel, kept from call to call

    void clear() {
        x = NONE;
        z = NONE;
        y = NONE;
        dy = NONE;
        dx = NONE;
        residual = NONE;
        mean = NONE;
        variance = NONE;
        factor = NONE;
        weight = NONE;
        bias = NONE;
        weightGradient = NONE;
        biasGradient = NONE;
        activation = Activation.IDENTITY;
        span = 0;
        centered = true;
    }

    /// Makes room in `scratch`.
    void scratch(int n) {
        if (scratch.length < 3 * n) scratch = new float[3 * n];
    }

    /// Where in x, y, dy and dx a channel of a row begins.
    int at(int row, int channel) {
        return (row * channels + channel) * plane;
    }

    /// The row that a block is in.
    int rowOf(int number) {
        return number / blocks;
    }

    /// The first channel of a block.
    int first(int number) {
        return number % blocks * block;
    }

    /// The channel behind a block.
    int end(int number) {
        return Math.min(channels, first(number) + block);
    }

    /// Which mean and factor a channel of a row has.
    int statistic(int row, int channel) {
        return span == 0 ? channel : at(row, channel) / span;
    }

    float weight(int channel) {
        return weight.size() == 0 ? 1 : of(weight, channel);
    }

    float bias(int channel) {
        return bias.size() == 0 ? 0 : of(bias, channel);
    }

    float mean(int statistic) {
        return mean.size() == 0 ? 0 : of(mean, statistic);
    }

    /// Writes the gradients of a channel's weight and, if it is wanted, bias.
    void setSums(int channel, float weights, float biases) {
        set(weightGradient, channel, weights);
        if (biasGradient.size() > 0) set(biasGradient, channel, biases);
    }

    static float of(Tensor tensor, int index) {
        return tensor.array()[tensor.offset() + index];
    }

    static void set(Tensor tensor, int index, float value) {
        tensor.array()[tensor.offset() + index] = value;
    }
}
