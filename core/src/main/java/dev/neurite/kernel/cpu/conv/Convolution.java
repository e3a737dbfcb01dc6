package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Window;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;

/// The arguments of a convolution, forward or gradient: x, weights and y. Reused for each call, so
/// that a call allocates nothing.
///
/// | array | shape |
/// |---|---|
/// | x | `[images × inputs × height × width]` |
/// | w | `[outputs × inputs / groups × kernelHeight × kernelWidth]` |
/// | y | `[images × outputs × outHeight × outWidth]` |
final class Convolution {
    /// The maximum number of slots: parts of the weight gradient, each summed over neighboring images.
    private static final int MOST_SLOTS = 16;

    /// The maximum floats of all slots together.
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

    /// The start of the sums, one per channel of the result; empty for 0.
    float[] bias = NONE;

    int biasAt;

    /// Added to the result, of its shape; empty for none.
    float[] residual = NONE;

    int residualAt;
    Elementwise activation = Activation.IDENTITY;

    /// The number of units of work that an image, or a slot, is divided into.
    int pieces;

    private int piece; // the channels of a unit of work
    private int cutChannels;

    /// The number of slots of the weight gradient.
    int slots;

    float[] partial = NONE;

    /// Whether residual and activation follow at once.
    boolean finishes = true;

    /// Whether no Winograd tiles are used.
    boolean direct;

    /// Whether x and y are given in blocks of channels.
    boolean xBlocked;

    boolean yBlocked;

    /// Room for x and y in the other layout.
    float[] xRoom = NONE;

    float[] yRoom = NONE;

    /// The same call for Winograd tiles, if they can be used.
    final Winograd winograd = new Winograd();

    /// The same call for a result in blocks of channels.
    final BlockedPlan plan = new BlockedPlan();

    /// The number of the call, which counts up with each reuse of this object.
    long number;

    /// The weights in the order of the kernel, from [Workspace#START] on, see [ConvolutionCall#pack].
    float[] packed = NONE;

    /// The taps, as indices in the window, sorted by the residues of x that read them.
    int[] tapOrder = {};

    /// By residue: the number of taps of all earlier residues; one more element for the total.
    int[] tapsBefore = {};

    /// Sets shapes, planes and weights; bias, residual and activation are set separately.
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
        xBlocked = inputPlanes.layout() == Layout.BLOCKED;
        yBlocked = outputPlanes.layout() == Layout.BLOCKED;
        slots = slots(images, weights.size());
        number++;
    }

    /// The number of slots for this number of images and weights.
    static int slots(int images, int weights) {
        int fit = Integer.highestOneBit(Math.max(1, SLOT_FLOATS / Math.max(1, weights)));
        return Math.max(1, Math.min(images, Math.min(MOST_SLOTS, fit)));
    }

    /// Divides channels into pieces.
    /// @param step the channels of a piece are a multiple of this
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

    /// Releases all references except its own workspace.
    void clear() {
        x = NONE;
        w = NONE;
        y = NONE;
        bias = NONE;
        residual = NONE;
        activation = Activation.IDENTITY;
        finishes = true;
        packed = NONE;
        winograd.clear();
        plan.clear();
    }

    int groupInputs() {
        return inputs / groups;
    }

    int groupOutputs() {
        return outputs / groups;
    }

    /// The number of products that an element of y sums: the length of a row of w.
    int depth() {
        return groupInputs() * kernelHeight * kernelWidth;
    }

    int area() {
        return height * width;
    }

    int outArea() {
        return outHeight * outWidth;
    }

    /// The first image of a slot; the slot ends before the first image of the next one.
    int firstImage(int slot) {
        return (int) ((long) images * slot / slots);
    }

    /// The index where a plane of x begins.
    int input(int image, int channel) {
        return xAt + (image * inputs + channel) * area();
    }

    /// The index where a plane of y begins.
    int output(int image, int channel) {
        return yAt + (image * outputs + channel) * outArea();
    }

    long multiplications() {
        return (long) images * outputs * outArea() * depth();
    }

    /// Ensures workspace for the slots of the weight gradient.
    /// @param size the floats of a slot
    void needPartial(int count, int size) {
        slots = count;
        partial = Workspace.atLeast(partial, Math.multiplyExact(slots, size));
    }

    // --------------------------------------------------------------------------------- the residues of x
    //
    // With a stride, a tap meets only some rows and columns of x: those whose distance from the first padded one,
    // modulo the stride, is the residue of the tap. Row i of residue y is `firstRow(y) + i * strideHeight`.

    /// The number of residues: pairs of a row's and a column's residue.
    int residues() {
        return strideHeight * strideWidth;
    }

    /// Sorts the taps by residue, for the input gradient, which sums over the window backwards.
    void orderTaps() {
        int taps = kernelHeight * kernelWidth;
        tapOrder = Workspace.atLeast(tapOrder, taps);
        tapsBefore = Workspace.atLeast(tapsBefore, residues() + 1);
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

    /// The row of y that reads the first row of residue y by tap row ky; may be outside of y.
    int rowMet(int ky, int y) {
        return Math.ceilDiv(top - y, strideHeight) - (ky * dilationHeight - y) / strideHeight;
    }

    /// [#rowMet] for columns.
    int columnMet(int kx, int x) {
        return Math.ceilDiv(left - x, strideWidth) - (kx * dilationWidth - x) / strideWidth;
    }

    /// The first row of y for tap row 0, over all residues.
    int firstMet() {
        return top / strideHeight;
    }

    /// The rows of y between the last and the first tap row.
    int tallest() {
        return (kernelHeight - 1) * dilationHeight / strideHeight;
    }

    int firstRow(int y) {
        return Math.floorMod(y - top, strideHeight);
    }

    int firstColumn(int x) {
        return Math.floorMod(x - left, strideWidth);
    }

    int rowsOf(int y) {
        return Math.max(0, Math.ceilDiv(height - firstRow(y), strideHeight));
    }

    int columnsOf(int x) {
        return Math.max(0, Math.ceilDiv(width - firstColumn(x), strideWidth));
    }

    /// The number of rows of the largest residue.
    int mostRows() {
        return Math.ceilDiv(height, strideHeight);
    }
}
