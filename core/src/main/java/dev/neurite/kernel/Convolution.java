package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Tensor;

/// A convolution to compute, forward or one of its gradients: the planes that go in, the weights, and the planes that
/// come out. Filled anew for each call, so that a call allocates nothing.
///
/// | array | shape |
/// |---|---|
/// | x | `[images × inputs × height × width]` |
/// | w | `[outputs × inputs / groups × kernelHeight × kernelWidth]` |
/// | y | `[images × outputs × outHeight × outWidth]` |
final class Convolution {
    /// A weight's gradient is summed in so many parts at the most, each over neighboring images.
    private static final int MOST_SLOTS = 16;

    /// The floats that these parts may hold.
    private static final int SLOT_FLOATS = 1 << 22;

    static final float[] NONE = {};

    /// Counts what this was set to, so that memory laid out for one call is known to fit.
    long number;

    int images;
    int inputs;
    int outputs;
    int groups;

    int height;
    int width;
    int outHeight;
    int outWidth;
    int kernelHeight;
    int kernelWidth;
    int strideHeight;
    int strideWidth;
    int dilationHeight;
    int dilationWidth;
    int top;
    int left;

    float[] x = NONE;
    int xAt;
    float[] w = NONE;
    int wAt;
    float[] y = NONE;
    int yAt;

    /// What sums start from: one a channel of the result; empty for 0.
    float[] bias = NONE;

    int biasAt;

    /// Added to the result, in its shape; empty for none.
    float[] residual = NONE;

    int residualAt;
    Elementwise activation = Activation.IDENTITY;

    /// How many units of work an image, or a slot, is cut into.
    int pieces;

    private int piece; // the channels of a piece
    private int cutChannels;

    /// The parts of the gradient of w, each summed over the images of a slot.
    int slots;

    float[] partial = NONE;

    /// The weights as the gradient of x reads them, if the engine prepares any.
    float[] turned = NONE;

    /// Sets everything but what a result needs beside sums.
    void set(Geometry g, int ofGroups, Tensor inputPlanes, Tensor weights, Tensor outputPlanes) {
        number++;
        images = inputPlanes.rows();
        inputs = channels(inputPlanes, g.area());
        outputs = channels(outputPlanes, g.outArea());
        groups = ofGroups;
        height = g.height();
        width = g.width();
        outHeight = g.outHeight();
        outWidth = g.outWidth();
        Window window = g.window();
        kernelHeight = window.height();
        kernelWidth = window.width();
        strideHeight = window.strideHeight();
        strideWidth = window.strideWidth();
        dilationHeight = window.dilationHeight();
        dilationWidth = window.dilationWidth();
        top = g.top();
        left = g.left();
        x = inputPlanes.array();
        xAt = inputPlanes.offset();
        w = weights.array();
        wAt = weights.offset();
        y = outputPlanes.array();
        yAt = outputPlanes.offset();
        slots = Math.max(1, Math.min(Math.min(images, MOST_SLOTS), SLOT_FLOATS / Math.max(1, weights.size())));
    }

    /// Cuts channels into pieces.
    /// @param step what the channels of a piece should be a multiple of
    void cut(int count, int channels, int step) {
        piece = Math.max(step, Math.ceilDiv(Math.ceilDiv(channels, count), step) * step);
        pieces = Math.max(1, Math.ceilDiv(channels, piece));
        cutChannels = channels;
    }

    /// The first channel of a unit's piece.
    int pieceFrom(int unit) {
        return unit % pieces * piece;
    }

    /// The channel after the last of a unit's piece.
    int pieceTo(int unit) {
        return Math.min(cutChannels, pieceFrom(unit) + piece);
    }

    private static int channels(Tensor planes, int area) {
        int rows = planes.rows();
        return rows == 0 || area == 0 ? 0 : planes.size() / rows / area;
    }

    /// Keeps nothing alive but its own memory.
    void clear() {
        x = NONE;
        w = NONE;
        y = NONE;
        bias = NONE;
        residual = NONE;
        activation = Activation.IDENTITY;
    }

    /// The inputs of a group.
    int groupInputs() {
        return inputs / groups;
    }

    /// The outputs of a group.
    int groupOutputs() {
        return outputs / groups;
    }

    /// The products that an element of y sums: what a row of w holds.
    int depth() {
        return groupInputs() * kernelHeight * kernelWidth;
    }

    int area() {
        return height * width;
    }

    int outArea() {
        return outHeight * outWidth;
    }

    /// The first image of a slot; that of the next one ends it.
    int firstImage(int slot) {
        return (int) ((long) images * slot / slots);
    }

    /// Where a plane of x begins.
    int input(int image, int channel) {
        return xAt + (image * inputs + channel) * area();
    }

    /// Where a plane of y begins.
    int output(int image, int channel) {
        return yAt + (image * outputs + channel) * outArea();
    }

    long multiplications() {
        return (long) images * outputs * outArea() * depth();
    }

    /// Room for the parts of the gradient of w, each of this size.
    void needPartial(int size) {
        int floats = Math.multiplyExact(slots, size);
        if (partial.length < floats) partial = new float[floats];
    }

    /// Room for the weights in another order.
    void needTurned(int size) {
        if (turned.length < size) turned = new float[size];
    }
}
