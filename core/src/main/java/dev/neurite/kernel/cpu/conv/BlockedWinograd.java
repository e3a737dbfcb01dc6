package dev.neurite.kernel.cpu.conv;

import static dev.neurite.kernel.cpu.conv.Winograd.N0;
import static dev.neurite.kernel.cpu.conv.Winograd.N1;
import static dev.neurite.kernel.cpu.conv.Winograd.N2;
import static dev.neurite.kernel.cpu.conv.Winograd.OUT;
import static dev.neurite.kernel.cpu.conv.Winograd.P;
import static dev.neurite.kernel.cpu.conv.Winograd.P2;
import static dev.neurite.kernel.cpu.conv.Winograd.P3;
import static dev.neurite.kernel.cpu.conv.Winograd.POSITIONS;
import static dev.neurite.kernel.cpu.conv.Winograd.Q;
import static dev.neurite.kernel.cpu.conv.Winograd.Q2;
import static dev.neurite.kernel.cpu.conv.Winograd.Q3;
import static dev.neurite.kernel.cpu.conv.Winograd.SIZE;
import static java.util.Objects.requireNonNull;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.kernel.cpu.tile.BlockTile;
import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Layout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/// [Winograd]'s convolutions between planes in blocks of channels: vectors hold neighboring channels, so that
/// nothing is transposed. The same bits as [ScalarWinograd].
///
/// | array | element | begins at |
/// |---|---|---|
/// | padded | of a block of channels of an image: rows of a band with zeros around them | 0 |
/// | v | position k, block of channels, tile | `START + k * vSize + (block * tiles + tile) * BLOCK` |
/// | m | the same, of the result | `START + k * mSize + (block * tiles + tile) * BLOCK` |
/// | u | position, panel, input channel, channel of the panel | `START + (k * outs + panel * panelWidth) * ins` |
final class BlockedWinograd {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int B = Layout.BLOCK;

    private final ScalarConvolution code;
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    BlockedWinograd(ScalarConvolution code) {
        this.code = code;
    }

    /// The blocks of a panel of u: with 16 registers, a tile of two would have no more than two rows.
    static int panelBlocks(Winograd q) {
        return Tiles.MANY_REGISTERS && q.outs / B % 2 == 0 ? 2 : 1;
    }

    /// Computes u for a panel.
    void weights(Convolution p, int panel) {
        Work work = workspaces.take();
        work.weights(p.winograd, p.packed, panel);
        workspaces.release(work);
    }

    /// Computes some panels of the results of a band of a block of images.
    void compute(Convolution p, int block, int band, int fromPanel, int toPanel) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOut(p);
        int image = q.firstImage(block);
        int end = q.firstImage(block + 1);
        int row = band * q.rowsAtOnce;
        int rows = Math.min(q.rowsAtOnce, q.tileRows - row);
        int n = rows * q.tileColumns;
        if (work.block != block || work.band != band) work.pixels(q, image, end, row, rows);
        work.block = block;
        work.band = band;
        work.multiply(p, (end - image) * n, fromPanel, toPanel);
        int blocks = panelBlocks(q);
        int first = OUT * row * q.outWidth;
        int count = Math.min(OUT * rows, q.outHeight - OUT * row) * q.outWidth * B;
        for (int i = image; i < end; i++) {
            for (int o = fromPanel * blocks; o < toPanel * blocks; o++) {
                int plane = q.output(i, o * B);
                work.place(p, (i - image) * n, o, plane, row, rows);
                int at = plane + first * B;
                if (p.finishes) code.finish(p, q.to, at, at - q.toAt, count);
            }
        }
        workspaces.release(work);
    }

    // -------------------------------------------------------------------------------------- gradient of the weights

    /// Computes m of the gradient for some blocks of output channels, over the images of a slot.
    void weightGradient(Convolution p, int slot, int fromBlock, int toBlock) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOutGradient(p);
        int images = work.imagesAtOnce(q);
        int end = p.firstImage(slot + 1);
        boolean fresh = true;
        for (int image = p.firstImage(slot); image < end; image += images) {
            int some = Math.min(images, end - image);
            for (int row = 0; row < q.tileRows; row += q.rowsAtOnce) {
                int rows = Math.min(q.rowsAtOnce, q.tileRows - row);
                work.pixels(q, image, image + some, row, rows);
                work.gradients(p, image, image + some, row, rows, fromBlock, toBlock);
                work.addProducts(p, slot, some * rows * q.tileColumns, fromBlock, toBlock, fresh);
                fresh = false;
            }
        }
        workspaces.release(work);
    }

    /// dw = Gᵀ·m·G for a block of input channels, where m is the sum of the slots, in order.
    void sumSlots(Convolution p, int block) {
        int n = B * p.outputs;
        for (int k = 0; k < POSITIONS; k++) {
            int at = (k * p.inputs + block * B) * p.outputs;
            for (int slot = 1; slot < p.slots; slot++) {
                int from = slot * POSITIONS * p.inputs * p.outputs + at;
                code.engine.add(p.partial, at, p.partial, from, p.partial, at, n);
            }
        }
        Work work = workspaces.take();
        work.sumsToWeights(p, block);
        workspaces.release(work);
    }

    // ------------------------------------------------------------------------------------------------- transforms
    //
    // Each transforms n vectors: the numbers of vector j are at `at + j * next`, at distances `step`, and become those
    // at `o + j * toNext`, at distances `toStep`.

    /// Bᵀ.
    private static void ofPixels(
            float[] x, int at, int step, int next, int n, float[] y, int o, int toStep, int toNext) {
        for (int j = 0; j < n; j++, at += next, o += toNext) {
            FloatVector x0 = fromArray(S, x, at);
            FloatVector x1 = fromArray(S, x, at + step);
            FloatVector x2 = fromArray(S, x, at + 2 * step);
            FloatVector x3 = fromArray(S, x, at + 3 * step);
            FloatVector x4 = fromArray(S, x, at + 4 * step);
            FloatVector x5 = fromArray(S, x, at + 5 * step);
            x0.fma(broadcast(S, P2 * Q2), x2.fma(broadcast(S, -P2 - Q2), x4)).intoArray(y, o);
            FloatVector even = x2.fma(broadcast(S, -Q2), x4);
            FloatVector odd = x1.fma(broadcast(S, -Q2), x3);
            odd.fma(broadcast(S, P), even).intoArray(y, o + toStep);
            odd.fma(broadcast(S, -P), even).intoArray(y, o + 2 * toStep);
            even = x2.fma(broadcast(S, -P2), x4);
            odd = x1.fma(broadcast(S, -P2), x3);
            odd.fma(broadcast(S, Q), even).intoArray(y, o + 3 * toStep);
            odd.fma(broadcast(S, -Q), even).intoArray(y, o + 4 * toStep);
            x1.fma(broadcast(S, P2 * Q2), x3.fma(broadcast(S, -P2 - Q2), x5)).intoArray(y, o + 5 * toStep);
        }
    }

    /// G.
    private static void ofWeights(
            float[] x, int at, int step, int next, int n, float[] y, int o, int toStep, int toNext) {
        for (int j = 0; j < n; j++, at += next, o += toNext) {
            FloatVector x0 = fromArray(S, x, at);
            FloatVector x1 = fromArray(S, x, at + step);
            FloatVector x2 = fromArray(S, x, at + 2 * step);
            x0.mul(broadcast(S, N0)).intoArray(y, o);
            FloatVector even = x2.fma(broadcast(S, P2), x0);
            x1.fma(broadcast(S, P), even).mul(broadcast(S, N1)).intoArray(y, o + toStep);
            x1.fma(broadcast(S, -P), even).mul(broadcast(S, N1)).intoArray(y, o + 2 * toStep);
            even = x2.fma(broadcast(S, Q2), x0);
            x1.fma(broadcast(S, Q), even).mul(broadcast(S, N2)).intoArray(y, o + 3 * toStep);
            x1.fma(broadcast(S, -Q), even).mul(broadcast(S, N2)).intoArray(y, o + 4 * toStep);
            x2.intoArray(y, o + 5 * toStep);
        }
    }

    /// Aᵀ, plus a vector from `start` on.
    private static void ofSums(
            float[] x,
            int at,
            int step,
            int next,
            int n,
            float[] start,
            int s,
            float[] y,
            int o,
            int toStep,
            int toNext) {
        for (int j = 0; j < n; j++, at += next, o += toNext) {
            FloatVector first = fromArray(S, start, s);
            FloatVector x1 = fromArray(S, x, at + step);
            FloatVector x2 = fromArray(S, x, at + 2 * step);
            FloatVector x3 = fromArray(S, x, at + 3 * step);
            FloatVector x4 = fromArray(S, x, at + 4 * step);
            FloatVector even = x1.add(x2);
            FloatVector odd = x1.sub(x2);
            FloatVector farEven = x3.add(x4);
            FloatVector farOdd = x3.sub(x4);
            FloatVector x0 = fromArray(S, x, at);
            FloatVector x5 = fromArray(S, x, at + 5 * step);
            x0.add(even).add(farEven.add(first)).intoArray(y, o);
            odd.fma(broadcast(S, P), farOdd.fma(broadcast(S, Q), first)).intoArray(y, o + toStep);
            even.fma(broadcast(S, P2), farEven.fma(broadcast(S, Q2), first)).intoArray(y, o + 2 * toStep);
            odd.fma(broadcast(S, P3), farOdd.fma(broadcast(S, Q3), x5.add(first)))
                    .intoArray(y, o + 3 * toStep);
        }
    }

    /// A.
    private static void ofGradients(
            float[] x, int at, int step, int next, int n, float[] y, int o, int toStep, int toNext) {
        for (int j = 0; j < n; j++, at += next, o += toNext) {
            FloatVector x0 = fromArray(S, x, at);
            FloatVector x1 = fromArray(S, x, at + step);
            FloatVector x2 = fromArray(S, x, at + 2 * step);
            FloatVector x3 = fromArray(S, x, at + 3 * step);
            x0.intoArray(y, o);
            FloatVector even = x2.fma(broadcast(S, P2), x0);
            FloatVector odd = x3.fma(broadcast(S, P2), x1);
            odd.fma(broadcast(S, P), even).intoArray(y, o + toStep);
            odd.fma(broadcast(S, -P), even).intoArray(y, o + 2 * toStep);
            even = x2.fma(broadcast(S, Q2), x0);
            odd = x3.fma(broadcast(S, Q2), x1);
            odd.fma(broadcast(S, Q), even).intoArray(y, o + 3 * toStep);
            odd.fma(broadcast(S, -Q), even).intoArray(y, o + 4 * toStep);
            x3.intoArray(y, o + 5 * toStep);
        }
    }

    /// Gᵀ.
    private static void toWeights(
            float[] x, int at, int step, int next, int n, float[] y, int o, int toStep, int toNext) {
        for (int j = 0; j < n; j++, at += next, o += toNext) {
            FloatVector x1 = fromArray(S, x, at + step);
            FloatVector x2 = fromArray(S, x, at + 2 * step);
            FloatVector x3 = fromArray(S, x, at + 3 * step);
            FloatVector x4 = fromArray(S, x, at + 4 * step);
            FloatVector even = x1.add(x2).mul(broadcast(S, N1));
            FloatVector odd = x1.sub(x2).mul(broadcast(S, N1));
            FloatVector farEven = x3.add(x4).mul(broadcast(S, N2));
            FloatVector farOdd = x3.sub(x4).mul(broadcast(S, N2));
            FloatVector x0 = fromArray(S, x, at);
            FloatVector x5 = fromArray(S, x, at + 5 * step);
            x0.fma(broadcast(S, N0), even.add(farEven)).intoArray(y, o);
            odd.fma(broadcast(S, P), farOdd.mul(broadcast(S, Q))).intoArray(y, o + toStep);
            even.fma(broadcast(S, P2), farEven.fma(broadcast(S, Q2), x5)).intoArray(y, o + 2 * toStep);
        }
    }

    /// The workspace of a thread.
    private static final class Work {
        final LastCall last = new LastCall();
        private final float[] g = new float[9 * L]; // windows of weights
        private final float[] ofColumns = new float[3 * SIZE * L]; // the same, of which columns are transformed
        private float[] padded = {};
        private int between; // after it: what has columns transformed, and then a row of pixels
        private float[] v = {};
        private float[] m = {};
        private int[] kAt = {};
        private int tiles; // the capacity of v and m
        private int vSize;
        private int mSize;
        private int block; // what v holds
        private int band;
        private @Nullable BlockTile tile;
        private int height;
        private static final float[] ZEROS = new float[4 * B];

        void layOut(Convolution p) {
            Winograd q = p.winograd;
            block = -1;
            tiles = q.imagesAtOnce() * q.rowsAtOnce * q.tileColumns;
            vSize = q.ins * tiles
                    + B; // not a multiple of a page, so that positions do not meet in one set of the cache
            mSize = q.outs * tiles + B;
            height = Panels.height(Math.max(1, tiles), panelBlocks(q), 1, 1, 1);
            tile = Tiles.ofPanels(height, panelBlocks(q), B, 1, B, true);
            v = Workspace.aligned(v, Math.multiplyExact(POSITIONS, vSize));
            m = Workspace.aligned(m, Math.multiplyExact(POSITIONS, mSize));
            room(q);
            kAt = Workspace.atLeast(kAt, q.ins);
            for (int c = 0; c < q.ins; c++) kAt[c] = c / B * tiles * B + c % B;
        }

        /// The images whose tiles v holds for the gradient of the weights.
        int imagesAtOnce(Winograd q) {
            return Math.max(1, Winograd.MOST_TILES / Math.max(1, q.tileRows * q.tileColumns));
        }

        void layOutGradient(Convolution p) {
            Winograd q = p.winograd;
            tiles = imagesAtOnce(q) * q.rowsAtOnce * q.tileColumns;
            vSize = q.ins * tiles + B;
            mSize = q.outs * tiles + B;
            v = Workspace.aligned(v, Math.multiplyExact(POSITIONS, vSize));
            m = Workspace.aligned(m, Math.multiplyExact(POSITIONS, mSize)); // A·dy·Aᵀ
            room(q);
            height = Panels.divisor(B, 1);
            tile = Tiles.ofPlanes(height, 1, 1, B);
        }

        private void room(Winograd q) {
            int row = (OUT * q.tileColumns + 2) * B;
            int rows = OUT * q.rowsAtOnce + 2;
            between = Workspace.START + rows * row;
            padded = Workspace.aligned(padded, Winograd.paddedFloats(q.rowsAtOnce, q.tileColumns));
        }

        /// Computes A·dy·Aᵀ for the tiles of a band of images, for some blocks of channels.
        void gradients(Convolution p, int image, int end, int row, int rows, int fromBlock, int toBlock) {
            Winograd q = p.winograd;
            int n = q.tileColumns;
            int pitch = OUT * n * B;
            for (int o = fromBlock; o < toBlock; o++) {
                for (int i = image; i < end; i++) {
                    PaddedRows.copy(
                            p.y,
                            p.output(i, o * B),
                            p.outHeight,
                            p.outWidth,
                            B,
                            OUT * row,
                            OUT * rows,
                            0,
                            OUT * n,
                            padded,
                            Workspace.START);
                    for (int y = 0; y < rows; y++) {
                        int from = Workspace.START + y * OUT * pitch;
                        ofGradients(padded, from, pitch, L, pitch / L, padded, between, pitch, L);
                        int to = Workspace.START + (o * tiles + ((i - image) * rows + y) * n) * B;
                        for (int k = 0; k < SIZE; k++) {
                            int at = between + k * pitch;
                            for (int l = 0; l < B; l += L) {
                                ofGradients(padded, at + l, B, OUT * B, n, m, to + SIZE * k * mSize + l, mSize, B);
                            }
                        }
                    }
                }
            }
        }

        /// Adds the products of n tiles to m of a slot, for some blocks of output channels.
        void addProducts(Convolution p, int slot, int n, int fromBlock, int toBlock, boolean fresh) {
            for (int k = 0; k < POSITIONS; k++) {
                for (int block = fromBlock; block < toBlock; block++) {
                    int vo = Workspace.START + k * mSize + block * tiles * B;
                    for (int c = 0; c < p.inputs; c += height) {
                        int row = (slot * POSITIONS + k) * p.inputs + c;
                        int co = row * p.outputs + block * B;
                        requireNonNull(tile)
                                .compute(
                                        n,
                                        v,
                                        Workspace.START + k * vSize + c / B * tiles * B + c % B,
                                        BlockTile.NO_TABLE,
                                        m,
                                        vo,
                                        0,
                                        fresh ? ZEROS : p.partial,
                                        fresh ? 0 : co,
                                        fresh ? 0 : p.outputs,
                                        0,
                                        p.partial,
                                        co,
                                        p.outputs,
                                        0);
                    }
                }
            }
        }

        // --------------------------------------------------------------------------------------------- weights

        void weights(Winograd q, float[] u, int panel) {
            int wide = panelBlocks(q) * B;
            int step = q.outs * q.ins;
            for (int o = 0; o < wide; o += L) {
                for (int c = 0; c < q.ins; c++) {
                    int from = q.wAt + (panel * wide + o) * q.outStep + c * q.inStep;
                    for (int k = 0; k < 9; k++) {
                        int f = from + (q.backwards ? 8 - k : k);
                        for (int l = 0; l < L; l++) g[k * L + l] = q.w[f + l * q.outStep];
                    }
                    int to = Workspace.START + panel * wide * q.ins + c * wide + o;
                    ofWeights(g, 0, 3 * L, L, 3, ofColumns, 0, 3 * L, L);
                    ofWeights(ofColumns, 0, L, 3 * L, SIZE, u, to, step, SIZE * step);
                }
            }
        }

        /// dw = Gᵀ·m·G for a block of input channels.
        void sumsToWeights(Convolution p, int block) {
            int n = p.inputs * p.outputs;
            for (int c = block * B; c < (block + 1) * B; c++) {
                for (int o = 0; o < p.outputs; o += L) {
                    toWeights(p.partial, c * p.outputs + o, SIZE * n, n, SIZE, ofColumns, 0, SIZE * L, L);
                    toWeights(ofColumns, 0, L, SIZE * L, 3, g, 0, L, 3 * L);
                    int to = p.wAt + (o * p.inputs + c) * 9;
                    for (int l = 0; l < L; l++, to += p.inputs * 9) {
                        for (int k = 0; k < 9; k++) p.w[to + k] = g[k * L + l];
                    }
                }
            }
        }

        // ---------------------------------------------------------------------------------------------- pixels

        /// Computes v for a band of images.
        void pixels(Winograd q, int image, int end, int row, int rows) {
            int n = q.tileColumns;
            int pitch = (OUT * n + 2) * B;
            for (int c = 0; c < q.ins; c += B) {
                for (int i = image; i < end; i++) {
                    PaddedRows.copy(
                            q.from,
                            q.input(i, c),
                            q.height,
                            q.width,
                            B,
                            OUT * row - q.top,
                            OUT * rows + 2,
                            q.left,
                            OUT * n + 2,
                            padded,
                            Workspace.START);
                    for (int y = 0; y < rows; y++) {
                        int from = Workspace.START + y * OUT * pitch;
                        ofPixels(padded, from, pitch, L, pitch / L, padded, between, pitch, L);
                        int to = Workspace.START + (c / B * tiles + ((i - image) * rows + y) * n) * B;
                        for (int k = 0; k < SIZE; k++) {
                            int at = between + k * pitch;
                            for (int l = 0; l < B; l += L) {
                                ofPixels(padded, at + l, B, OUT * B, n, v, to + SIZE * k * vSize + l, vSize, B);
                            }
                        }
                    }
                }
            }
        }

        // --------------------------------------------------------------------------------------------- results

        /// Computes m for n tiles.
        void multiply(Convolution p, int n, int fromPanel, int toPanel) {
            Winograd q = p.winograd;
            int wide = panelBlocks(q) * B;
            for (int k = 0; k < POSITIONS; k++) {
                for (int panel = fromPanel; panel < toPanel; panel++) {
                    int uo = Workspace.START + (k * q.outs + panel * wide) * q.ins;
                    int mo = Workspace.START + k * mSize + panel * wide * tiles;
                    for (int j = 0; j < n; j += height) {
                        int at = Math.max(0, Math.min(j, n - height)); // the last tile computes some rows again
                        requireNonNull(tile)
                                .compute(
                                        q.ins,
                                        v,
                                        Workspace.START + k * vSize + at * B,
                                        kAt,
                                        p.packed,
                                        uo,
                                        B,
                                        ZEROS,
                                        0,
                                        0,
                                        B,
                                        m,
                                        mo + at * B,
                                        B,
                                        tiles * B);
                    }
                }
            }
        }

        /// Computes Aᵀ·m·A + bias for a band of an image.
        /// @param at the first tile in m
        /// @param plane the index in the result where the block begins
        void place(Convolution p, int at, int o, int plane, int row, int rows) {
            Winograd q = p.winograd;
            int n = q.tileColumns * B;
            int width = q.outWidth * B;
            int pixels = between + OUT * SIZE * n;
            boolean biased = p.bias.length > 0;
            for (int y = 0; y < rows; y++) {
                int from = Workspace.START + (o * tiles + at) * B + y * n;
                for (int k = 0; k < SIZE; k++) {
                    int to = between + k * n;
                    ofSums(m, from + k * mSize, SIZE * mSize, L, n / L, ZEROS, 0, padded, to, SIZE * n, L);
                }
                int first = OUT * (row + y);
                for (int i = 0; i < Math.min(OUT, q.outHeight - first); i++) {
                    for (int l = 0; l < B; l += L) {
                        ofSums(
                                padded,
                                between + i * SIZE * n + l,
                                n,
                                B,
                                q.tileColumns,
                                biased ? p.bias : ZEROS,
                                biased ? p.biasAt + o * B + l : 0,
                                padded,
                                pixels + l,
                                B,
                                OUT * B);
                    }
                    System.arraycopy(padded, pixels, q.to, plane + (first + i) * width, width);
                }
            }
        }
    }
}
