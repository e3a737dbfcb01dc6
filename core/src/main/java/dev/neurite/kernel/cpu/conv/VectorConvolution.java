package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Pairs;
import dev.neurite.kernel.cpu.ScalarKernels;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Convolutions on vectors, without building a matrix of windows (im2col).
///
/// A micro-kernel computes a register tile of channels by pixels. It loops over the taps of the
/// window and reads their pixels through tables of indices ([PlaneMicroKernels], [PlaneProduct]).
/// It reads padded copies of an image's planes, for a band of rows that stays in the L2 cache: a
/// single copy, or one for each column of the window ([Copies]).
///
/// | result | rows of a tile | columns of a tile | sums over |
/// |---|---|---|---|
/// | y | output channels: R is w | pixels of y: V is copies of x | taps |
/// | dx | input channels: R is w, transposed | pixels of x of one residue: V is copies of dy | taps of this residue |
/// | dw | output channels: R is dy, packed | taps: V is x, transposed ([ChannelsLast]) | pixels of y |
///
/// For depthwise convolutions, dw has lanes over channels: [ChannelLanes].
final class VectorConvolution extends ScalarConvolution {
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    VectorConvolution(ScalarKernels engine) {
        super(engine);
    }

    /// The workspace of a thread.
    private static final class Work {
        final LastCall last = new LastCall();
        private final List<Columns> columns = new ArrayList<>();
        final ChannelsLast channelsLast = new ChannelsLast();
        final ChannelLanes channels = new ChannelLanes();

        /// The state for the columns of one residue.
        Columns columns(int residue) {
            while (columns.size() <= residue) columns.add(new Columns());
            return columns.get(residue);
        }
    }

    /// The state for the columns of x of one residue; y has a single one for all its columns.
    private static final class Columns {
        final Copies copies = new Copies();
        private final List<PlaneProduct> products = new ArrayList<>();
        float[] result = {};

        /// The product for the rows of one residue.
        PlaneProduct product(int residue) {
            while (products.size() <= residue) products.add(new PlaneProduct());
            return products.get(residue);
        }
    }

    // ----------------------------------------------------------------------------------------------------- forward

    @Override
    void forward(Convolution p, int image, int from, int to) {
        Work work = workspaces.take();
        Copies copies = work.columns(0).copies;
        PlaneProduct product = work.columns(0).product(0);
        if (work.last.isNot(p)) {
            copies.layOutInput(p);
            product.begin(copies.tapsOfInput(p, product.taps()));
        }
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            product.rows(p.w, p.wAt + first * p.depth(), first, count, p.depth(), p.bias, p.biasAt);
            for (int row = 0; row < p.outHeight; row += copies.bandRows()) {
                int rows = Math.min(copies.bandRows(), p.outHeight - row);
                copies.copyInput(p, image, group, row, rows);
                product.multiply(
                        copies, rows * p.outWidth, p.y, p.output(image, first) + row * p.outWidth, p.outArea());
            }
            for (int channel = first; channel < first + count; channel++) finish(p, image, channel);
        }
        workspaces.release(work);
    }

    // ----------------------------------------------------------------------------------------- gradient of the input

    /// Weights in the order in which the pixels of a residue read them: by residue, input channel,
    /// output channel, and tap from the last to the first.
    @Override
    void transpose(Convolution p, int channel) {
        int ins = p.groupInputs();
        int outs = p.groupOutputs();
        int taps = p.kernelHeight * p.kernelWidth;
        int group = channel / ins;
        int w = p.wAt + (group * outs * ins + channel - group * ins) * taps;
        for (int residue = 0; residue < p.residues(); residue++) {
            int begin = p.tapsBefore[residue];
            int count = p.tapsBefore[residue + 1] - begin;
            int at = Workspace.START + begin * p.inputs * outs + channel * outs * count;
            for (int o = 0; o < outs; o++) {
                int row = w + o * ins * taps;
                for (int k = begin; k < begin + count; k++) p.packed[at++] = p.w[row + p.tapOrder[k]];
            }
        }
    }

    @Override
    void inputGradient(Convolution p, int image, int from, int to) {
        Work work = workspaces.take();
        int ins = p.groupInputs();
        boolean begins = work.last.isNot(p);
        int band = Math.max(1, p.mostRows());
        for (int x = 0; x < p.strideWidth; x++) {
            Columns columns = work.columns(x);
            if (begins) {
                columns.copies.layOutOutput(p, x);
                for (int y = 0; y < p.strideHeight; y++) {
                    PlaneProduct product = columns.product(y);
                    product.begin(columns.copies.tapsOfOutput(p, y, x, product.taps()));
                }
            }
            band = Math.min(band, columns.copies.bandRows());
        }
        for (int group = from / ins; group * ins < to; group++) {
            int first = Math.max(from, group * ins);
            int count = Math.min(to, (group + 1) * ins) - first;
            for (int row = 0; row < p.mostRows(); row += band) {
                for (int x = 0; x < p.strideWidth; x++) work.columns(x).copies.copyOutput(p, image, group, row);
                for (int y = 0; y < p.strideHeight; y++) {
                    int rows = Math.min(band, p.rowsOf(y) - row);
                    if (rows > 0) rowsOfResidue(p, work, image, first, count, y, row, rows);
                }
            }
            for (int c = first; c < first + count; c++) {
                int at = p.input(image, c);
                finish(p, p.x, at, at - p.xAt, p.area());
            }
        }
        workspaces.release(work);
    }

    /// Computes rows of x of one residue, with the pixels of all residues of columns.
    private static void rowsOfResidue(
            Convolution p, Work work, int image, int first, int count, int y, int row, int rows) {
        int at = p.input(image, first) + (p.firstRow(y) + row * p.strideHeight) * p.width;
        for (int x = 0; x < p.strideWidth; x++) {
            Columns columns = work.columns(x);
            int residue = y * p.strideWidth + x;
            int depth = p.groupOutputs() * (p.tapsBefore[residue + 1] - p.tapsBefore[residue]);
            int w = Workspace.START + p.tapsBefore[residue] * p.inputs * p.groupOutputs() + first * depth;
            int n = rows * p.columnsOf(x);
            PlaneProduct product = columns.product(y);
            product.rows(p.packed, w, first, count, depth, p.bias, p.biasAt);
            if (p.residues() == 1) {
                product.multiply(columns.copies, n, p.x, at, p.area());
            } else {
                columns.result = Workspace.atLeast(columns.result, count * n);
                product.multiply(columns.copies, n, columns.result, 0, n);
            }
        }
        if (p.residues() == 1) return;
        for (int c = 0; c < count; c++) spread(p, work, c, rows, at + c * p.area());
    }

    /// Interleaves the pixels of all column residues into rows of a plane of x.
    private static void spread(Convolution p, Work work, int c, int rows, int to) {
        int step = p.strideHeight * p.width;
        int joined = 0;
        if (p.strideWidth == 2 && p.width > 1) {
            int even = p.firstColumn(0);
            int odd = p.firstColumn(1);
            int evens = p.columnsOf(even);
            joined = p.columnsOf(odd);
            float[] a = work.columns(even).result;
            float[] b = work.columns(odd).result;
            Pairs.join(a, c * rows * evens, evens, b, c * rows * joined, joined, joined, rows, p.x, to, step);
        }
        for (int x = 0; x < p.strideWidth; x++) {
            int columns = p.columnsOf(x);
            if (joined == columns) continue;
            float[] result = work.columns(x).result;
            for (int i = 0; i < rows; i++) {
                for (int j = joined; j < columns; j++) {
                    p.x[to + i * step + p.firstColumn(x) + j * p.strideWidth] = result[(c * rows + i) * columns + j];
                }
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
        return PlaneMicroKernels.ROWS;
    }

    @Override
    void weightGradient(Convolution p, int slot, int from, int to) {
        Work work = workspaces.take();
        if (ChannelLanes.suit(p)) { // groups are not divided
            work.channels.weightGradient(p, slot);
            workspaces.release(work);
            return;
        }
        if (work.last.isNot(p)) work.channelsLast.layOut(p);
        int outs = p.groupOutputs();
        for (int group = from / outs; group * outs < to; group++) {
            int first = Math.max(from, group * outs);
            int count = Math.min(to, (group + 1) * outs) - first;
            int at = slot * partialSize(p) + first * ChannelsLast.rowFloats(p);
            work.channelsLast.weightGradient(p, group, first, count, p.firstImage(slot), p.firstImage(slot + 1), at);
        }
        workspaces.release(work);
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
