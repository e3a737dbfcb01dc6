package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Window;
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
    private static final int SLOT_FLOATS = 1 << 19;

    static final float[] NONE = {};

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

    /// The same call as tiles, where these suit it.
    final Winograd winograd = new Winograd();

    /// Counts the calls that this object was filled for.
    long number;

    /// The weights as the gradient of x reads them, if the engine prepares any.
    float[] transposed = NONE;

    /// The taps, as places in the window, in the order in which the residues of x meet them.
    int[] tapOrder = {};

    /// By residue, and for one more: how many taps those before it meet.
    int[] tapsBefore = {};

    /// Sets shapes, planes and weights; bias, residual and activation are set apart.
    void set(Geometry g, int ofGroups, Tensor inputPlanes, Tensor weights, Tensor outputPlanes) {
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
        slots = slots(images, weights.size());
        number++;
    }

    /// In how many parts the gradient of so many weights is summed.
    static int slots(int images, int weights) {
        int fit = Integer.highestOneBit(Math.max(1, SLOT_FLOATS / Math.max(1, weights)));
        return Math.max(1, Math.min(images, Math.min(MOST_SLOTS, fit)));
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
        winograd.clear();
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

    // --------------------------------------------------------------------------------- what a pixel of x meets
    //
    // Windows move by the stride, so a tap meets every so many rows and columns of x only: those whose distance from
    // the first padded one leaves the tap's residue. Row i of residue y is `firstRow(y) + i * strideHeight`.

    /// The pairs of a row's and a column's residue.
    int residues() {
        return strideHeight * strideWidth;
    }

    /// Prepares for the gradient of x, in which a sum runs over the window backwards.
    void orderTaps(int size) {
        if (transposed.length < size) transposed = new float[size];
        int taps = kernelHeight * kernelWidth;
        if (tapOrder.length < taps) tapOrder = new int[taps];
        if (tapsBefore.length <= residues()) tapsBefore = new int[residues() + 1];
        int k = 0;
        for (int residue = 0; residue < residues(); residue++) {
            tapsBefore[residue] = k;
            for (int tap = taps - 1; tap >= 0; tap--) {
                boolean meets = meetsRow(tap / kernelWidth, residue / strideWidth)
                        && meetsColumn(tap % kernelWidth, residue % strideWidth);
                if (meets) tapOrder[k++] = tap;
            }
        }
        tapsBefore[residues()] = k;
    }

    boolean meetsRow(int ky, int y) {
        return ky * dilationHeight % strideHeight == y;
    }

    boolean meetsColumn(int kx, int x) {
        return kx * dilationWidth % strideWidth == x;
    }

    /// The row of y where tap row ky meets the first row of residue y; may be outside.
    int rowMet(int ky, int y) {
        return Math.ceilDiv(top - y, strideHeight) - (ky * dilationHeight - y) / strideHeight;
    }

    /// The same for columns.
    int columnMet(int kx, int x) {
        return Math.ceilDiv(left - x, strideWidth) - (kx * dilationWidth - x) / strideWidth;
    }

    /// The row of y that the first tap row meets first of all.
    int firstMet() {
        return top / strideHeight;
    }

    /// How many rows of y the last tap row is behind the first.
    int tallest() {
        return (kernelHeight - 1) * dilationHeight / strideHeight;
    }

    int firstRow(int y) {
        return Math.floorMod(y - top, strideHeight);
    }

    int firstColumn(int x) {
        return Math.floorMod(x - left, strideWidth);
    }

    /// The rows of a residue.
    int rowsOf(int y) {
        return Math.max(0, Math.ceilDiv(height - firstRow(y), strideHeight));
    }

    /// The columns of a residue.
    int columnsOf(int x) {
        return Math.max(0, Math.ceilDiv(width - firstColumn(x), strideWidth));
    }

    /// The rows of the residue that has most.
    int mostRows() {
        return Math.ceilDiv(height, strideHeight);
    }
}
