package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// The arguments of a normalization, reused for each call of [CpuNorms], so that a call allocates
/// nothing.
///
/// x is treated as `[rows × channels × plane]`. Mean and factor are those of a channel over all
/// rows, or of a `span`, a run of neighboring elements of a row. If each element of a row has its
/// own weight, a plane is one element, and the channels are the elements.
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
    Tensor weight = NONE; // empty for 1
    Tensor bias = NONE; // empty for 0
    Tensor weightGradient = NONE;
    Tensor biasGradient = NONE; // empty if it is not wanted
    Elementwise activation = Activation.IDENTITY;
    float epsilon;
    int rows;
    int channels;
    int plane;
    int span; // the elements that share a mean; 0 for channels over all rows
    boolean centered; // whether means are subtracted, for spans
    int block; // the channels of a row that are computed at a time
    int blocks; // the blocks of a row

    // Sums over channels in blocks are computed in pieces: some planes together, or cuts of one plane.
    int pieces;
    int together; // planes of a piece
    int cuts; // pieces of a plane
    int longest; // the pixels of a plane in a piece, at most
    boolean byBlock; // whether units of one block of channels are neighbors, not those of one image

    float[] workspace = {}; // kept from call to call

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

    /// Sets δ or dy, and where the gradients of weights and biases go.
    void setGradients(Tensor delta, Tensor dw, Tensor db) {
        dy = delta;
        weightGradient = dw;
        biasGradient = db;
    }

    /// Ensures a `workspace` of n floats.
    void workspace(int n) {
        if (workspace.length < n) workspace = new float[n];
    }

    /// The distance between the same channels of neighboring rows.
    int stride() {
        return channels * plane;
    }

    /// Divides the sums over channels in blocks into pieces of up to so many pixels: whole planes if a plane has
    /// fewer.
    void cut(int most) {
        cut(Math.max(1, most / Math.max(1, plane)), most);
    }

    /// The same with so many planes in a piece. The workspace then has room for three numbers per channel, and for
    /// two sums per piece and channel.
    void cut(int planes, int most) {
        together = planes;
        cuts = Math.ceilDiv(plane, most);
        longest = most;
        pieces = Math.ceilDiv(rows, together) * cuts;
        workspace((3 + 2 * pieces) * channels);
    }

    /// The index in x, y, dy and dx where a channel of a row begins.
    int at(int row, int channel) {
        return (row * channels + channel) * plane;
    }

    /// The place of the sum of a piece and channel in the workspace. A second sum of piece p is at piece
    /// [#pieces] + p.
    int sumAt(int piece, int channel) {
        return (3 + piece) * channels + channel;
    }

    /// The piece of a unit, of so many pieces in all; or the row of a block of a row, of so many rows.
    int partOf(int unit, int count) {
        return byBlock ? unit % count : unit / blocks;
    }

    int channelOf(int unit, int count) {
        return Layout.BLOCK * (byBlock ? unit / count : unit % blocks);
    }

    /// The index where a piece of a block of channels begins.
    int pieceAt(int piece, int channel) {
        return at(piece / cuts * together, channel) + piece % cuts * longest * Layout.BLOCK;
    }

    int planes(int piece) {
        return Math.min(together, rows - piece / cuts * together);
    }

    /// The pixels of each plane in a piece.
    int pixels(int piece) {
        return Math.min(longest, plane - piece % cuts * longest);
    }

    int rowOf(int number) {
        return number / blocks;
    }

    int first(int number) {
        return number % blocks * block;
    }

    /// The channel after the last of a block.
    int end(int number) {
        return Math.min(channels, first(number) + block);
    }

    /// The index of the mean and factor of a channel of a row.
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

    /// Writes the gradients of a channel's weight and, if it is wanted, of its bias.
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
