package dev.neurite.kernel.cpu;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.HalfMatrix;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.kernel.QuantizedRows;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Products of rows with an [EncodedMatrix], C = X·Wᵀ: of whole numbers where it has them, row by row; a thread reads a
/// tile of weights once for all rows. Floats of 16 bits are decoded, and multiplied as floats are.
sealed class EncodedProduct permits UnpackedProduct {
    private final ScalarBlocks blocks;
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    EncodedProduct(ScalarBlocks blocks) {
        this.blocks = blocks;
    }

    /// One thread's part of a product, with its workspace.
    static final class Work {
        final QuantizedInput own = new QuantizedInput();
        QuantizedInput x = own; // or that of all threads
        float[] row = {}; // of weights
        int[] tile = {}; // exact sums
        float[] result = {}; // of C
        int seen; // of weights that were read ahead: no result, but without it they would not be read
        float[] codes = {}; // of X, as floats
        float[] rows = {}; // of X or of its codes, packed
        int[] pairs = {}; // of X, packed
        float[] panel = {}; // of weights, as floats
        int[] pairPanel = {}; // of weights, as pairs
        float[] products = {}; // of a block
        float[] rowScales = {}; // of X, one block after the other
        float[] blockScales = {}; // of a panel's columns
        float[] blockMinimums = {};
    }

    /// Quantizes X for all threads, if they would each do so with all of it.
    /// @param before a product that is prepared, whose codes are taken if they are the same; null for none
    final void prepare(Product p, @Nullable Product before) {
        if (!(p.encoded instanceof QuantizedMatrix w) || !p.readsWeightsOnce()) return;
        if (before != null && before.isPrepared && p.quantizesAs(before)) {
            p.input = before.input;
        } else {
            quantize(p.input, p, 0, w, 0, p.c.rows());
        }
        p.isPrepared = true;
    }

    /// Computes rows i0 to i1 and columns j0 to j1 of C, without the epilogue.
    final void compute(Product p, int product, int i0, int i1, int j0, int j1) {
        Work work = workspaces.take();
        EncodedMatrix w = Objects.requireNonNull(p.encoded);
        if (w instanceof QuantizedMatrix q) quantized(work, p, product, q, i0, i1, j0, j1);
        else halves(work, p, product, (HalfMatrix) w, i0, i1, j0, j1);
        workspaces.release(work);
    }

    // ------------------------------------------------------------------------------------------------- whole numbers

    void quantized(Work work, Product p, int product, QuantizedMatrix w, int i0, int i1, int j0, int j1) {
        int before = p.isPrepared ? 0 : i0; // the first row of the input
        work.x = p.isPrepared ? p.input : work.own;
        if (!p.isPrepared) quantize(work.own, p, product, w, i0, i1);
        int tile = ScalarBlocks.TILE;
        int end = p.encodedRow + j1;
        boolean byRow = w.format() == BlockFormat.INT8;
        work.tile = Workspace.atLeast(work.tile, 4 * tile);
        work.result = Workspace.atLeast(work.result, tile);
        for (int first = (p.encodedRow + j0) / tile * tile; first < end; first += tile) {
            int some;
            for (int i = i0; i < i1; i += some) {
                some = byRow && i1 - i >= 4 ? 4 : 1;
                if (byRow) byRow(work, w, i - before, some, first);
                else blocks.blockProducts(work, i - before, w, first);
                for (int k = 0; k < some; k++) {
                    if (byRow) finish(work, p, w, i + k - before, first, tile, k * tile);
                    store(work, p, product, i + k, j0, j1, first, tile, byRow ? k * tile : 0, 0);
                }
            }
        }
    }

    /// Quantizes rows of X, or takes their codes.
    final void quantize(QuantizedInput x, Product p, int product, QuantizedMatrix w, int i0, int i1) {
        int rows = i1 - i0;
        int n = w.blocks() * ScalarBlocks.PAIRS;
        boolean byRow = w.format() == BlockFormat.INT8;
        int spans = byRow ? 1 : w.blocks();
        int width = byRow ? w.blocks() * QuantizedMatrix.BLOCK : QuantizedMatrix.BLOCK;
        boolean minimums = w.format().hasMinimums();
        boolean sums = minimums || w.hasZeros();
        boolean fewBits = w.words().length > 0 && !p.unpacks();
        int above = w.format().bits() > 4 ? 4 : 0; // bits that are summed apart
        int zero = fewBits ? w.format().zero() >> above : 0;
        x.pairs = Workspace.atLeast(x.pairs, rows * n);
        x.scales = Workspace.atLeast(x.scales, rows * spans);
        x.sums = Workspace.atLeast(x.sums, sums ? rows * spans : 0);
        x.offsets = Workspace.atLeast(x.offsets, minimums ? rows * spans : 0);
        x.starts = Workspace.atLeast(x.starts, rows * spans);
        x.differences = Workspace.atLeast(x.differences, fewBits ? rows * n : 0);
        for (int i = 0; i < rows; i++) {
            if (!byRow) { // the last block may have no columns
                x.scales[(i + 1) * spans - 1] = 0;
                Arrays.fill(x.pairs, (i + 1) * n - ScalarBlocks.PAIRS, (i + 1) * n, 0);
            }
            QuantizedRows codes = p.codes;
            if (codes != null) {
                ScalarBlocks.pairsOf(codes, i0 + i, x.pairs, i * n);
                x.scales[i] = codes.scale();
            } else {
                int at = p.aAt(product) + (i0 + i) * p.a.rowStride();
                blocks.quantize(p.a.array(), at, w.columns(), width, x.pairs, i * n, x.scales, i * spans);
            }
            if (sums) blocks.sums(x.pairs, i * n, spans, width / QuantizedMatrix.BLOCK, x.sums, i * spans);
            if (fewBits) blocks.differences(x.pairs, i * n, n, x.differences, i * n);
            if (zero != 0) blocks.starts(x.pairs, i * n, spans, zero, x.starts, i * spans);
        }
        if (minimums) for (int i = 0; i < rows * spans; i++) x.offsets[i] = x.sums[i] * x.scales[i];
    }

    /// The sums of some rows and a tile of weights with a scale for each row.
    private void byRow(Work work, QuantizedMatrix w, int i, int some, int first) {
        int n = w.blocks() * ScalarBlocks.PAIRS;
        int at = i * n;
        if (some == 4) blocks.fourProducts(work.x.pairs, at, n, w, first, work.tile, 0);
        else blocks.products(work.x.pairs, at, w, first, work.tile, 0);
    }

    /// Takes the zero points out of a row's sums with some weights, in place. Writes
    /// y = (float) sum · (scale of x · scale of w) if floats are asked for.
    /// @param i the row's place in the workspace
    /// @param first of the weights
    /// @param at where the sums begin in [Work#tile]
    static void finish(Work work, Product p, QuantizedMatrix w, int i, int first, int width, int at) {
        int[] sums = work.tile;
        float[] scales = w.rowScales();
        int n = Math.min(width, scales.length - first);
        QuantizedRows codes = p.codes;
        int zero = codes == null ? 0 : ScalarBlocks.signed(codes, codes.zero());
        if (zero != 0) {
            int[] ofRows = w.rowSums();
            for (int j = 0; j < n; j++) sums[at + j] -= zero * ofRows[first + j];
        }
        if (w.hasZeros()) {
            int all = work.x.sums[i] - zero * w.columns();
            int[] zeros = w.rowZeros();
            for (int j = 0; j < n; j++) sums[at + j] -= all * zeros[first + j];
        }
        if (p.wholeSums != null) return;
        float scale = work.x.scales[i];
        float[] y = work.result;
        for (int j = 0; j < n; j++) y[j] = (float) sums[at + j] * (scale * scales[first + j]);
    }

    /// Writes what of a row's results with some weights is in columns j0 to j1 of C to a row of it, or adds it.
    /// @param first of the weights
    /// @param whole where their sums begin in [Work#tile]
    /// @param at where their floats begin in [Work#result]
    static void store(
            Work work, Product p, int product, int row, int j0, int j1, int first, int width, int whole, int at) {
        int from = Math.max(j0, first - p.encodedRow);
        int n = Math.min(j1, first - p.encodedRow + width) - from;
        int skipped = from + p.encodedRow - first;
        int[] sums = p.wholeSums;
        if (sums != null) {
            System.arraycopy(work.tile, whole + skipped, sums, p.wholeSumsAt + row * p.c.columns() + from, n);
            return;
        }
        float[] c = p.c.array();
        int to = p.at(product, row, from);
        if (!p.accumulate) System.arraycopy(work.result, at + skipped, c, to, n);
        else for (int j = 0; j < n; j++) c[to + j] += work.result[at + skipped + j];
    }

    // ----------------------------------------------------------------------------------------------------- 16 bits

    void halves(Work work, Product p, int product, HalfMatrix w, int i0, int i1, int j0, int j1) {
        int n = w.columns();
        work.row = Workspace.atLeast(work.row, n);
        float[] x = p.a.array();
        float[] c = p.c.array();
        for (int j = j0; j < j1; j++) {
            w.decode(p.encodedRow + j, work.row, 0);
            for (int i = i0; i < i1; i++) {
                int at = p.aAt(product) + i * p.a.rowStride();
                int to = p.at(product, i, j);
                float sum = p.accumulate ? c[to] : 0;
                for (int k = 0; k < n; k++) sum = Math.fma(x[at + k], work.row[k], sum);
                c[to] = sum;
            }
        }
    }
}
