package dev.neurite.kernel;

import java.util.ArrayDeque;
import java.util.Arrays;

/// Convolutions on vectors, without a matrix of windows.
///
/// The planes of an image are copied, once for each column of the window: shifted, with zeros around them, and as wide
/// as the result. The pixels under one tap of all windows then stand in a row, from `kAt[k]` on, so that register
/// tiles of channels by pixels run over the taps where they stand ([PlaneTiles]). Where windows move by more than 1 a
/// copy has every so many columns, and rows of one residue stand together. Copies are made for a band of rows that
/// stays in the second cache ([Copies]).
///
/// | result | rows of a tile | columns of a tile | sums over |
/// |---|---|---|---|
/// | y | output channels: R is w | pixels of y: V is copies of x | taps |
/// | dx | input channels: R is w, turned | pixels of x of one residue: V is copies of dy | taps that meet these |
/// | dw | output channels: R is dy | taps: V is x, turned ([ChannelsLast]) | pixels of y |
///
/// Where each channel is convolved by itself, dw has lanes over channels: [ChannelLanes].
final class VectorConvolution extends ScalarConvolution {
    private static final int KEPT = 64; // what so many threads worked with stays for the next call

    private final ArrayDeque<Work> idle = new ArrayDeque<>();

    VectorConvolution(ScalarKernels engine) {
        super(engine);
    }

    /// What a thread works with.
    private static final class Work {
        final Copies copies = new Copies();
        final PlaneProduct product = new PlaneProduct();
        final ChannelsLast channelsLast = new ChannelsLast();
        final ChannelLanes channels = new ChannelLanes();
    }

    private Work take() {
        synchronized (idle) {
            Work work = idle.poll();
            return work == null ? new Work() : work;
        }
    }

    private void give(Work work) {
        synchronized (idle) {
            if (idle.size() < KEPT) idle.push(work);
        }
    }

    static float[] atLeast(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    static int[] atLeast(int[] array, int length) {
        return array.length < length ? new int[length] : array;
    }

    // ----------------------------------------------------------------------------------------------------- forward

    @Override
    void forward(Convolution p, int image, int from, int to) {
        Work work = take();
        Copies copies = work.copies;
        PlaneProduct product = work.product;
        copies.layOutInput(p);
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            product.rows(p.w, p.wAt + first * p.depth(), count, p.depth(), p.bias, p.biasAt + first);
            for (int row = 0; row < p.outHeight; row += copies.bandRows()) {
                int rows = Math.min(copies.bandRows(), p.outHeight - row);
                copies.copyInput(p, image, group, row, rows);
                product.multiply(
                        copies, rows * p.outWidth, p.y, p.output(image, first) + row * p.outWidth, p.outArea());
            }
            for (int channel = first; channel < first + count; channel++) finish(p, image, channel);
        }
        give(work);
    }

    // ----------------------------------------------------------------------------------------- gradient of the input

    /// Weights in the order in which the pixels of one residue take them: after one another the residues, in each the
    /// input channels, in each the output channels, in each the taps from the last to the first.
    @Override
    void turn(Convolution p, int from, int to) {
        int ins = p.groupInputs();
        int outs = p.groupOutputs();
        int taps = p.kernelHeight * p.kernelWidth;
        for (int c = from; c < to; c++) {
            int group = c / ins;
            int w = p.wAt + (group * outs * ins + c - group * ins) * taps;
            for (int residue = 0; residue < p.residues(); residue++) {
                int begin = p.tapsBefore[residue];
                int count = p.tapsBefore[residue + 1] - begin;
                int at = begin * p.inputs * outs + c * outs * count;
                for (int o = 0; o < outs; o++) {
                    int row = w + o * ins * taps;
                    for (int k = begin; k < begin + count; k++) p.turned[at++] = p.w[row + p.tapOrder[k]];
                }
            }
        }
    }

    @Override
    void inputGradient(Convolution p, int image, int from, int to) {
        Work work = take();
        int ins = p.groupInputs();
        for (int group = from / ins; group * ins < to; group++) {
            int first = Math.max(from, group * ins);
            int count = Math.min(to, (group + 1) * ins) - first;
            for (int x = 0; x < p.strideWidth; x++) columnsOfResidue(p, work, image, group, first, count, x);
            for (int c = first; c < first + count; c++) {
                int at = p.input(image, c);
                finish(p, p.x, at, at - p.xAt, p.area());
            }
        }
        give(work);
    }

    /// The pixels of x in the columns of one residue.
    private static void columnsOfResidue(Convolution p, Work work, int image, int group, int first, int count, int x) {
        Copies copies = work.copies;
        int columns = p.columnsOf(x);
        if (columns <= 0) return;
        copies.layOutOutput(p, x);
        for (int row = 0; row < p.mostRows(); row += copies.bandRows()) {
            copies.copyOutput(p, image, group, row);
            for (int y = 0; y < p.strideHeight; y++) {
                int rows = Math.min(copies.bandRows(), p.rowsOf(y) - row);
                if (rows > 0) pixelsOfResidue(p, work, image, first, count, y, x, row, rows);
            }
        }
    }

    private static void pixelsOfResidue(
            Convolution p, Work work, int image, int first, int count, int y, int x, int row, int rows) {
        PlaneProduct product = work.product;
        int residue = y * p.strideWidth + x;
        int taps = p.tapsBefore[residue + 1] - p.tapsBefore[residue];
        int depth = p.groupOutputs() * taps;
        int columns = p.columnsOf(x);
        work.copies.tapsOf(p, y, x);
        int w = p.tapsBefore[residue] * p.inputs * p.groupOutputs() + first * depth;
        product.rows(p.turned, w, count, depth, p.bias, p.biasAt + first);
        int at = p.input(image, first) + (p.firstRow(y) + row * p.strideHeight) * p.width + p.firstColumn(x);
        if (p.strideHeight == 1 && p.strideWidth == 1) {
            product.multiply(work.copies, rows * columns, p.x, at, p.area());
            return;
        }
        float[] result = product.multiply(work.copies, rows * columns);
        for (int c = 0; c < count; c++) {
            for (int i = 0; i < rows; i++) {
                int o = at + c * p.area() + i * p.strideHeight * p.width;
                int of = (c * rows + i) * columns;
                for (int j = 0; j < columns; j++) p.x[o + j * p.strideWidth] = result[of + j];
            }
        }
    }

    // ---------------------------------------------------------------------------------------- gradient of the weights

    @Override
    int partialSize(Convolution p) {
        return ChannelLanes.suit(p) ? ChannelLanes.partialSize(p) : p.outputs * ChannelsLast.rowFloats(p);
    }

    @Override
    int outputStep() {
        return PlaneTiles.ROWS;
    }

    @Override
    void weightGradient(Convolution p, int slot, int from, int to) {
        Work work = take();
        if (ChannelLanes.suit(p)) { // groups are never cut
            work.channels.weightGradient(p, slot);
            give(work);
            return;
        }
        work.channelsLast.layOut(p);
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            int at = slot * partialSize(p) + first * ChannelsLast.rowFloats(p);
            work.channelsLast.weightGradient(
                    p, group, first, count, p.firstImage(slot), p.firstImage(slot + 1), at);
        }
        give(work);
    }

    @Override
    void sumSlots(Convolution p, int channel) {
        int n = p.depth();
        int to = p.wAt + channel * n;
        Arrays.fill(p.w, to, to + n, 0);
        if (ChannelLanes.suit(p)) {
            for (int slot = 0; slot < p.slots; slot++) {
                int at = slot * partialSize(p) + ChannelLanes.column(p, channel);
                for (int k = 0; k < n; k++) p.w[to + k] += p.partial[at + k * ChannelLanes.tapStep(p)];
            }
            return;
        }
        int row = ChannelsLast.rowFloats(p);
        int sum = channel * row;
        for (int slot = 1; slot < p.slots; slot++) {
            engine.add(p.partial, sum, p.partial, slot * partialSize(p) + sum, p.partial, sum, row);
        }
        ChannelsLast.addRow(p, p.partial, sum, p.w, to);
    }
}
