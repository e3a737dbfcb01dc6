package dev.neurite.kernel.cpu;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.HalfMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.cpu.tile.ProductTile.OfColumns;
import dev.neurite.kernel.cpu.tile.ProductTile.OfRows;
import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Shape;
import java.util.Arrays;

/// [EncodedProduct] through the Vector API. For many rows the weights are unpacked to floats, a panel at a time that
/// stays in the L1 cache, and multiplied by the micro-kernels of floats. Floats hold whole numbers up to 2²⁴,
/// so sums of products of codes are exact, and have the bits of the other way: of 1,024 columns where rows have
/// one scale, of a block otherwise. Blocks of few bits are multiplied in 16 bits, by [VectorShorts].
public final class UnpackedProduct extends EncodedProduct {
    private static final int PART = 1024; // columns: 2¹⁴ times as many is 2²⁴
    private static final int BLOCK_ROWS = 180; // of X: their codes are read once for each panel
    private static final int PANEL = Tiles.MANY_REGISTERS ? 8_192 : 4_096; // floats of a panel, in the L1 cache
    private static final int PANEL_BLOCKS =
            Math.max(1, PANEL / MicroKernels.COLUMNS / QuantizedMatrix.BLOCK); // of columns of W, one below the other

    private static final int HALF_DEPTH = 128; // columns of W of a panel of halves; 512 are no faster

    private static final float[] ZEROS = new float[MicroKernels.COLUMNS];

    UnpackedProduct() {
        super(new VectorBlocks());
    }

    /// An estimate of the workspace of products of many rows with weights in fewer bits, in floats: for each thread
    /// some rows of X, packed, and their codes, in pairs and as floats.
    /// @param shape `[out × in]`
    public static long floats(int rows, Shape shape, int threads) {
        return threads * (Math.min(rows, BLOCK_ROWS) * (long) shape.extent(1) * 5 / 2);
    }

    @Override
    void quantized(Work work, Product p, int product, QuantizedMatrix w, int i0, int i1, int j0, int j1) {
        if (!p.unpacks()) {
            super.quantized(work, p, product, w, i0, i1, j0, j1);
            return;
        }
        boolean byRow = w.format() == BlockFormat.INT8;
        for (int i = i0; i < i1; i += BLOCK_ROWS) {
            int rows = Math.min(BLOCK_ROWS, i1 - i);
            work.x = work.own;
            quantize(work.x, p, product, w, i, i + rows);
            if (byRow) packByRow(work, w.blocks(), rows);
            else packByBlock(work, w, rows);
            int first = (p.encodedRow + j0) / MicroKernels.NARROW * MicroKernels.NARROW; // row of W
            int end = p.encodedRow + j1;
            int width;
            for (; first < end; first += width) {
                width = byRow ? width(first, end) : VectorBlocks.ROWS;
                if (byRow) byRow(work, w, rows, first, width);
                else byBlock(work, w, rows, first);
                for (int row = 0; row < rows; row++) {
                    int at = row * width;
                    if (byRow) finish(work, p, w, row, first, width, at);
                    store(work, p, product, i + row, j0, j1, first, width, at, byRow ? 0 : at);
                }
            }
        }
    }

    private static int width(int first, int end) {
        int left = Math.ceilDiv(end - first, MicroKernels.NARROW) * MicroKernels.NARROW;
        return Math.min(MicroKernels.COLUMNS, left);
    }

    private static void packByRow(Work work, int blocks, int rows) {
        int depth = blocks * QuantizedMatrix.BLOCK;
        work.codes = Workspace.atLeast(work.codes, rows * depth);
        VectorBlocks.toFloats(work.x.pairs, 0, rows * blocks, work.codes, 0);
        pack(work, work.codes, 0, depth, rows, depth);
    }

    /// The sums of rows and a panel of weights with a scale for each row.
    private static void byRow(Work work, QuantizedMatrix w, int rows, int first, int width) {
        int size = rows * width;
        work.products = Workspace.atLeast(work.products, size);
        work.result = Workspace.atLeast(work.result, width);
        work.tile = Workspace.atLeast(work.tile, size);
        int partBlocks = PART / QuantizedMatrix.BLOCK;
        int step = w.blocks() * QuantizedMatrix.BLOCK;
        for (int part = 0; part < w.blocks(); part += partBlocks) {
            int end = Math.min(w.blocks(), part + partBlocks);
            for (int block = part; block < end; block += PANEL_BLOCKS) {
                int to = Math.min(end, block + PANEL_BLOCKS);
                work.panel = Workspace.aligned(work.panel, (to - block) * QuantizedMatrix.BLOCK * width);
                VectorBlocks.unpack(w, first, width, block, to, work.panel, Workspace.START);
                int depth = (to - block) * QuantizedMatrix.BLOCK;
                int at = block * QuantizedMatrix.BLOCK;
                tiles(depth, at, step, rows, work, work.products, width, block == part);
            }
            if (part == 0) for (int i = 0; i < size; i++) work.tile[i] = (int) work.products[i];
            else for (int i = 0; i < size; i++) work.tile[i] += (int) work.products[i];
        }
    }

    /// Packs codes and scales of rows, one block of columns after the other, in the height of a register tile; the
    /// last tile is filled up with zeros.
    private static void packByBlock(Work work, QuantizedMatrix w, int rows) {
        boolean shorts = VectorShorts.holdSumsOf(w.format());
        int height = VectorBlocks.HEIGHT;
        int blocks = w.blocks();
        int padded = Math.ceilDiv(rows, height) * height;
        if (shorts) work.pairs = Workspace.atLeast(work.pairs, padded * blocks * ScalarBlocks.PAIRS);
        else work.rows = Workspace.atLeast(work.rows, padded * blocks * QuantizedMatrix.BLOCK);
        work.rowScales = Workspace.atLeast(work.rowScales, padded * blocks);
        int[] x = work.x.pairs;
        for (int row = 0; row < padded; row++) {
            for (int block = 0; block < blocks; block++) {
                int from = (row * blocks + block) * ScalarBlocks.PAIRS;
                int tile = block * padded + row / height * height; // the rows before it
                if (shorts) packPairs(x, from, row < rows, work.pairs, tile * ScalarBlocks.PAIRS + row % height);
                else packFloats(x, from, row < rows, work.rows, tile * QuantizedMatrix.BLOCK + row % height);
                work.rowScales[block * padded + row] = row < rows ? work.x.scales[row * blocks + block] : 0;
            }
        }
    }

    private static void packPairs(int[] pairs, int from, boolean isRow, int[] y, int to) {
        for (int i = 0; i < ScalarBlocks.PAIRS; i++) {
            y[to + i * VectorBlocks.HEIGHT] = isRow ? pairs[from + i] : 0;
        }
    }

    private static void packFloats(int[] pairs, int from, boolean isRow, float[] y, int to) {
        for (int i = 0; i < ScalarBlocks.PAIRS; i++) {
            int pair = isRow ? pairs[from + i] : 0;
            y[to + i * VectorBlocks.HEIGHT] = (short) pair;
            y[to + (i + ScalarBlocks.PAIRS) * VectorBlocks.HEIGHT] = pair >> Short.SIZE;
        }
    }

    /// A panel of weights with a scale for each block.
    private static void byBlock(Work work, QuantizedMatrix w, int rows, int first) {
        boolean shorts = VectorShorts.holdSumsOf(w.format());
        int width = VectorBlocks.ROWS;
        int padded = Math.ceilDiv(rows, VectorBlocks.HEIGHT) * VectorBlocks.HEIGHT;
        work.result = Workspace.atLeast(work.result, padded * width);
        work.blockScales = Workspace.atLeast(work.blockScales, width);
        if (shorts) work.pairPanel = Workspace.atLeast(work.pairPanel, ScalarBlocks.PAIRS * width);
        else work.panel = Workspace.aligned(work.panel, QuantizedMatrix.BLOCK * width);
        Arrays.fill(work.result, 0, padded * width, 0);
        for (int block = 0; block < w.blocks(); block++) {
            VectorBlocks.scales(w, first, width, block, work.blockScales);
            int before = block * padded;
            if (shorts) addShorts(work, w, first, block, before, padded);
            else addFloats(work, w, first, block, before, padded);
        }
        if (w.format().hasMinimums()) addMinimums(work, w, rows, first, width);
    }

    /// @param before the rows of all blocks before
    private static void addShorts(Work work, QuantizedMatrix w, int first, int block, int before, int rows) {
        VectorShorts.unpack(w, first, block, work.pairPanel);
        int at = before * ScalarBlocks.PAIRS;
        VectorShorts.addBlock(
                work.pairs, at, rows, work.pairPanel, work.rowScales, before, work.blockScales, work.result);
    }

    private static void addFloats(Work work, QuantizedMatrix w, int first, int block, int before, int rows) {
        int start = Workspace.START;
        VectorBlocks.unpack(w, first, VectorBlocks.ROWS, block, block + 1, work.panel, start);
        int at = before * QuantizedMatrix.BLOCK;
        VectorBlocks.addBlock(
                work.rows, at, rows, work.panel, start, work.rowScales, before, work.blockScales, work.result);
    }

    private static void addMinimums(Work work, QuantizedMatrix w, int rows, int first, int width) {
        int n = w.blocks();
        work.blockMinimums = Workspace.atLeast(work.blockMinimums, width);
        work.products = Workspace.atLeast(work.products, rows * width);
        Arrays.fill(work.products, 0, rows * width, 0);
        for (int block = 0; block < n; block++) {
            VectorBlocks.minimums(w, first, width, block, work.blockMinimums);
            for (int row = 0; row < rows; row++) {
                float offset = work.x.offsets[row * n + block];
                VectorBlocks.addScaled(offset, work.blockMinimums, work.products, row * width, width);
            }
        }
        VectorBlocks.addScaled(1, work.products, work.result, 0, rows * width);
    }

    /// Packs rows in the height of a register tile, over all their columns.
    private static void pack(Work work, float[] x, int at, int step, int rows, int columns) {
        work.rows = Workspace.atLeast(work.rows, rows * columns);
        Gemm.packRows(x, at, step, 1, rows, columns, work.rows);
    }

    /// Multiplies packed rows by the panel.
    /// @param depth the rows of the panel
    /// @param from the first column of packed rows
    /// @param columns of packed rows
    /// @param sums `[rows × width]`
    /// @param fresh whether sums begin from 0
    private static void tiles(
            int depth, int from, int columns, int rows, Work work, float[] sums, int width, boolean fresh) {
        float[] start = fresh ? ZEROS : sums;
        int height;
        for (int i = 0; i < rows; i += height) {
            height = Math.min(MicroKernels.ROWS, rows - i);
            int to = i * width;
            MicroKernels.tile(height, width, OfRows.PACKED, OfColumns.PANEL)
                    .compute(
                            depth,
                            work.rows,
                            i * columns + from * height,
                            columns,
                            work.panel,
                            Workspace.START,
                            width,
                            start,
                            fresh ? 0 : to,
                            fresh ? 0 : width,
                            sums,
                            to,
                            width);
        }
    }

    // ----------------------------------------------------------------------------------------------------- 16 bits

    @Override
    void halves(Work work, Product p, int product, HalfMatrix w, int i0, int i1, int j0, int j1) {
        if (i1 - i0 == 1) {
            halvesOfOne(work, p, p.aAt(product) + i0 * p.a.rowStride(), w, p.at(product, i0, 0), j0, j1);
            return;
        }
        int n = w.columns();
        int step = p.a.rowStride();
        int end = p.encodedRow + j1;
        for (int i = i0; i < i1; i += BLOCK_ROWS) {
            int rows = Math.min(BLOCK_ROWS, i1 - i);
            int at = p.aAt(product) + i * step;
            pack(work, p.a.array(), at, step, rows, n);
            int first = (p.encodedRow + j0) / MicroKernels.NARROW * MicroKernels.NARROW; // row of W
            int width;
            for (; first < end; first += width) {
                width = width(first, end);
                int from = Math.max(j0, first - p.encodedRow);
                int skipped = from + p.encodedRow - first;
                int count = Math.min(j1, first - p.encodedRow + width) - from;
                work.result = Workspace.atLeast(work.result, rows * width);
                if (p.accumulate) load(p, product, i, i + rows, from, count, work.result, skipped, width);
                else Arrays.fill(work.result, 0, rows * width, 0);
                decoded(work, w, first, width, rows);
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(
                            work.result, row * width + skipped, p.c.array(), p.at(product, i + row, from), count);
                }
            }
        }
    }

    /// A row x, and columns j0 to j1 of a row of C.
    private static void halvesOfOne(Work work, Product p, int x, HalfMatrix w, int c, int j0, int j1) {
        work.result = Workspace.atLeast(work.result, VectorHalves.ROWS);
        int end = p.encodedRow + j1;
        int first = (p.encodedRow + j0) / MicroKernels.NARROW * MicroKernels.NARROW; // row of W
        for (; first < end; first += VectorHalves.ROWS) {
            int from = Math.max(j0, first - p.encodedRow);
            int skipped = from + p.encodedRow - first;
            int count = Math.min(j1, first - p.encodedRow + VectorHalves.ROWS) - from;
            Arrays.fill(work.result, 0, VectorHalves.ROWS, 0);
            if (p.accumulate) System.arraycopy(p.c.array(), c + from, work.result, skipped, count);
            VectorHalves.addProducts(w, first, p.a.array(), x, work.result);
            System.arraycopy(work.result, skipped, p.c.array(), c + from, count);
        }
    }

    /// Adds the products of packed rows with a panel of weights.
    private static void decoded(Work work, HalfMatrix w, int first, int width, int rows) {
        int n = w.columns();
        for (int k = 0; k < n; k += HALF_DEPTH) {
            int depth = Math.min(HALF_DEPTH, n - k);
            work.panel = Workspace.aligned(work.panel, depth * width);
            VectorHalves.unpack(w, first, width, k, depth, work.panel, Workspace.START);
            tiles(depth, k, n, rows, work, work.result, width, false);
        }
    }

    private static void load(
            Product p, int product, int i0, int i1, int j, int count, float[] sums, int at, int width) {
        for (int i = i0; i < i1; i++) {
            System.arraycopy(p.c.array(), p.at(product, i, j), sums, at + (i - i0) * width, count);
        }
    }
}
