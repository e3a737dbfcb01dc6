package dev.neurite.kernel.cpu.conv;

import static java.util.Objects.requireNonNull;

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

    /// The blocks of a panel of u.
    static int panelBlocks(Winograd q) {
        return q.outs / B % 2 == 0 ? 2 : 1;
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
        if (work.block != block || work.band != band) work.transform(q, image, end, row, rows);
        work.block = block;
        work.band = band;
        work.multiply(p, (end - image) * n, fromPanel, toPanel);
        int blocks = panelBlocks(q);
        int first = 2 * row * q.outWidth;
        int count = Math.min(2 * rows, q.outHeight - 2 * row) * q.outWidth * B;
        for (int i = image; i < end; i++) {
            for (int o = fromPanel * blocks; o < toPanel * blocks; o++) {
                int plane = q.output(i, o * B);
                work.place(q, (i - image) * n, o, plane, row, rows);
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
                work.transform(q, image, image + some, row, rows);
                work.transformOutput(p, image, image + some, row, rows, fromBlock, toBlock);
                work.addProducts(p, slot, some * rows * q.tileColumns, fromBlock, toBlock, fresh);
                fresh = false;
            }
        }
        workspaces.release(work);
    }

    /// dw = Gᵀ·m·G for a block of input channels, where m is the sum of the slots, in order.
    void sumSlots(Convolution p, int block) {
        int n = B * p.outputs;
        for (int k = 0; k < Winograd.POSITIONS; k++) {
            int at = (k * p.inputs + block * B) * p.outputs;
            for (int slot = 1; slot < p.slots; slot++) {
                int from = slot * Winograd.POSITIONS * p.inputs * p.outputs + at;
                code.engine.add(p.partial, at, p.partial, from, p.partial, at, n);
            }
        }
        Work work = workspaces.take();
        for (int c = block * B; c < (block + 1) * B; c++) {
            for (int o = 0; o < p.outputs; o += L) {
                transformGradient(p.partial, c * p.outputs + o, p.inputs * p.outputs, work.g);
                int to = p.wAt + (o * p.inputs + c) * 9;
                for (int l = 0; l < L; l++, to += p.inputs * 9) {
                    for (int k = 0; k < 9; k++) p.w[to + k] = work.g[k * L + l];
                }
            }
        }
        workspaces.release(work);
    }

    /// Computes Gᵀ·m·G for a vector of output channels.
    private static void transformGradient(float[] m, int at, int n, float[] g) {
        FloatVector half = FloatVector.broadcast(S, 0.5f);
        for (int i = 0; i < 4; i++) {
            int a = at + i * n;
            FloatVector m0 = FloatVector.fromArray(S, m, a);
            FloatVector m1 = FloatVector.fromArray(S, m, a + 4 * n);
            FloatVector m2 = FloatVector.fromArray(S, m, a + 8 * n);
            FloatVector m3 = FloatVector.fromArray(S, m, a + 12 * n);
            FloatVector sum = m1.add(m2).mul(half);
            m0.add(sum).intoArray(m, a);
            m1.sub(m2).mul(half).intoArray(m, a + 4 * n);
            sum.add(m3).intoArray(m, a + 8 * n);
        }
        for (int i = 0; i < 3; i++) {
            int a = at + 4 * i * n;
            FloatVector m0 = FloatVector.fromArray(S, m, a);
            FloatVector m1 = FloatVector.fromArray(S, m, a + n);
            FloatVector m2 = FloatVector.fromArray(S, m, a + 2 * n);
            FloatVector m3 = FloatVector.fromArray(S, m, a + 3 * n);
            FloatVector sum = m1.add(m2).mul(half);
            m0.add(sum).intoArray(g, 3 * i * L);
            m1.sub(m2).mul(half).intoArray(g, (3 * i + 1) * L);
            sum.add(m3).intoArray(g, (3 * i + 2) * L);
        }
    }

    /// The workspace of a thread.
    private static final class Work {
        final LastCall last = new LastCall();
        private final float[] g = new float[9 * B];
        private float[] padded = {};
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
            tile = Tiles.ofPanels(height, panelBlocks(q), B, 1, B);
            v = Workspace.aligned(v, Math.addExact(Math.multiplyExact(Winograd.POSITIONS, vSize), height * B));
            m = Workspace.aligned(m, Math.addExact(Math.multiplyExact(Winograd.POSITIONS, mSize), height * B));
            padded = Workspace.aligned(padded, (2 * q.rowsAtOnce + 2) * (2 * q.tileColumns + 2) * B);
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
            v = Workspace.aligned(v, Math.multiplyExact(Winograd.POSITIONS, vSize));
            m = Workspace.aligned(m, Math.multiplyExact(Winograd.POSITIONS, mSize)); // A·dy·Aᵀ
            int pixels = (2 * q.rowsAtOnce + 2) * (2 * q.tileColumns + 2);
            padded = Workspace.aligned(padded, pixels * B);
            height = Panels.divisor(B, 1);
            tile = Tiles.ofPlanes(height, 1, 1, B);
        }

        /// Computes A·dy·Aᵀ for the tiles of a band of images, for some blocks of channels.
        void transformOutput(Convolution p, int image, int end, int row, int rows, int fromBlock, int toBlock) {
            Winograd q = p.winograd;
            int n = rows * q.tileColumns;
            int pitch = 2 * q.tileColumns * B;
            for (int o = fromBlock; o < toBlock; o++) {
                for (int i = image; i < end; i++) {
                    PaddedRows.copy(
                            p.y,
                            p.output(i, o * B),
                            p.outHeight,
                            p.outWidth,
                            B,
                            2 * row,
                            2 * rows,
                            0,
                            2 * q.tileColumns,
                            padded,
                            Workspace.START);
                    for (int y = 0; y < rows; y++) {
                        int to = Workspace.START + (o * tiles + (i - image) * n + y * q.tileColumns) * B;
                        for (int l = 0; l < B; l += L) {
                            spread(padded, Workspace.START + 2 * y * pitch + l, q.tileColumns, m, to + l, mSize);
                        }
                    }
                }
            }
        }

        /// Computes A·dy·Aᵀ for a row of n tiles, for a vector of channels.
        private static void spread(float[] dy, int at, int n, float[] to, int o, int step) {
            int pitch = 2 * n * B;
            for (int j = 0; j < n; j++) {
                int f = at + 2 * j * B;
                int t = o + j * B;
                FloatVector y00 = FloatVector.fromArray(S, dy, f);
                FloatVector y01 = FloatVector.fromArray(S, dy, f + B);
                FloatVector y10 = FloatVector.fromArray(S, dy, f + pitch);
                FloatVector y11 = FloatVector.fromArray(S, dy, f + pitch + B);
                FloatVector sum0 = y00.add(y10);
                FloatVector sum1 = y01.add(y11);
                FloatVector rest0 = y00.sub(y10);
                FloatVector rest1 = y01.sub(y11);
                y00.intoArray(to, t);
                y00.add(y01).intoArray(to, t + step);
                y00.sub(y01).intoArray(to, t + 2 * step);
                y01.neg().intoArray(to, t + 3 * step);
                sum0.intoArray(to, t + 4 * step);
                sum0.add(sum1).intoArray(to, t + 5 * step);
                sum0.sub(sum1).intoArray(to, t + 6 * step);
                sum1.neg().intoArray(to, t + 7 * step);
                rest0.intoArray(to, t + 8 * step);
                rest0.add(rest1).intoArray(to, t + 9 * step);
                rest0.sub(rest1).intoArray(to, t + 10 * step);
                rest1.neg().intoArray(to, t + 11 * step);
                y10.neg().intoArray(to, t + 12 * step);
                y10.neg().sub(y11).intoArray(to, t + 13 * step);
                y11.sub(y10).intoArray(to, t + 14 * step);
                y11.intoArray(to, t + 15 * step);
            }
        }

        /// Adds the products of n tiles to m of a slot, for some blocks of output channels.
        void addProducts(Convolution p, int slot, int n, int fromBlock, int toBlock, boolean fresh) {
            for (int k = 0; k < Winograd.POSITIONS; k++) {
                for (int block = fromBlock; block < toBlock; block++) {
                    int vo = Workspace.START + k * mSize + block * tiles * B;
                    for (int c = 0; c < p.inputs; c += height) {
                        int row = (slot * Winograd.POSITIONS + k) * p.inputs + c;
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
                    transformWeights(g, u, Workspace.START + panel * wide * q.ins + c * wide + o, step);
                }
            }
        }

        /// Computes G·g·Gᵀ for a vector of output channels.
        private static void transformWeights(float[] g, float[] u, int o, int n) {
            FloatVector half = FloatVector.broadcast(S, 0.5f);
            FloatVector t00 = FloatVector.fromArray(S, g, 0);
            FloatVector t01 = FloatVector.fromArray(S, g, L);
            FloatVector t02 = FloatVector.fromArray(S, g, 2 * L);
            FloatVector t30 = FloatVector.fromArray(S, g, 6 * L);
            FloatVector t31 = FloatVector.fromArray(S, g, 7 * L);
            FloatVector t32 = FloatVector.fromArray(S, g, 8 * L);
            FloatVector middle = FloatVector.fromArray(S, g, 3 * L);
            FloatVector outer = t00.add(t30);
            FloatVector t10 = outer.add(middle).mul(half);
            FloatVector t20 = outer.sub(middle).mul(half);
            middle = FloatVector.fromArray(S, g, 4 * L);
            outer = t01.add(t31);
            FloatVector t11 = outer.add(middle).mul(half);
            FloatVector t21 = outer.sub(middle).mul(half);
            middle = FloatVector.fromArray(S, g, 5 * L);
            outer = t02.add(t32);
            FloatVector t12 = outer.add(middle).mul(half);
            FloatVector t22 = outer.sub(middle).mul(half);
            outer = t00.add(t02);
            t00.intoArray(u, o);
            outer.add(t01).mul(half).intoArray(u, o + n);
            outer.sub(t01).mul(half).intoArray(u, o + 2 * n);
            t02.intoArray(u, o + 3 * n);
            outer = t10.add(t12);
            t10.intoArray(u, o + 4 * n);
            outer.add(t11).mul(half).intoArray(u, o + 5 * n);
            outer.sub(t11).mul(half).intoArray(u, o + 6 * n);
            t12.intoArray(u, o + 7 * n);
            outer = t20.add(t22);
            t20.intoArray(u, o + 8 * n);
            outer.add(t21).mul(half).intoArray(u, o + 9 * n);
            outer.sub(t21).mul(half).intoArray(u, o + 10 * n);
            t22.intoArray(u, o + 11 * n);
            outer = t30.add(t32);
            t30.intoArray(u, o + 12 * n);
            outer.add(t31).mul(half).intoArray(u, o + 13 * n);
            outer.sub(t31).mul(half).intoArray(u, o + 14 * n);
            t32.intoArray(u, o + 15 * n);
        }

        // ---------------------------------------------------------------------------------------------- pixels

        /// Computes v for a band of images.
        void transform(Winograd q, int image, int end, int row, int rows) {
            int n = rows * q.tileColumns;
            for (int c = 0; c < q.ins; c += B) {
                for (int i = image; i < end; i++) {
                    PaddedRows.copy(
                            q.from,
                            q.input(i, c),
                            q.height,
                            q.width,
                            B,
                            2 * row - q.top,
                            2 * rows + 2,
                            q.left,
                            2 * q.tileColumns + 2,
                            padded,
                            Workspace.START);
                    for (int y = 0; y < rows; y++) {
                        int from = 4 * y * (q.tileColumns + 1) * B;
                        int to = Workspace.START + (c / B * tiles + (i - image) * n + y * q.tileColumns) * B;
                        for (int l = 0; l < B; l += L) {
                            transform(padded, Workspace.START + from + l, q.tileColumns, v, to + l, vSize);
                        }
                    }
                }
            }
        }

        /// Computes Bᵀ·d·B for a row of n tiles, for a vector of channels.
        private static void transform(float[] d, int at, int n, float[] v, int to, int step) {
            int pitch = (2 * n + 2) * B;
            for (int j = 0; j < n; j++) {
                int f = at + 2 * j * B;
                int o = to + j * B;
                FloatVector d0 = FloatVector.fromArray(S, d, f);
                FloatVector d1 = FloatVector.fromArray(S, d, f + pitch);
                FloatVector d2 = FloatVector.fromArray(S, d, f + 2 * pitch);
                FloatVector d3 = FloatVector.fromArray(S, d, f + 3 * pitch);
                FloatVector t00 = d0.sub(d2);
                FloatVector t10 = d1.add(d2);
                FloatVector t20 = d2.sub(d1);
                FloatVector t30 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, f + B);
                d1 = FloatVector.fromArray(S, d, f + pitch + B);
                d2 = FloatVector.fromArray(S, d, f + 2 * pitch + B);
                d3 = FloatVector.fromArray(S, d, f + 3 * pitch + B);
                FloatVector t01 = d0.sub(d2);
                FloatVector t11 = d1.add(d2);
                FloatVector t21 = d2.sub(d1);
                FloatVector t31 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, f + 2 * B);
                d1 = FloatVector.fromArray(S, d, f + pitch + 2 * B);
                d2 = FloatVector.fromArray(S, d, f + 2 * pitch + 2 * B);
                d3 = FloatVector.fromArray(S, d, f + 3 * pitch + 2 * B);
                FloatVector t02 = d0.sub(d2);
                FloatVector t12 = d1.add(d2);
                FloatVector t22 = d2.sub(d1);
                FloatVector t32 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, f + 3 * B);
                d1 = FloatVector.fromArray(S, d, f + pitch + 3 * B);
                d2 = FloatVector.fromArray(S, d, f + 2 * pitch + 3 * B);
                d3 = FloatVector.fromArray(S, d, f + 3 * pitch + 3 * B);
                t00.sub(t02).intoArray(v, o);
                t01.add(t02).intoArray(v, o + step);
                t02.sub(t01).intoArray(v, o + 2 * step);
                t01.sub(d0.sub(d2)).intoArray(v, o + 3 * step);
                t10.sub(t12).intoArray(v, o + 4 * step);
                t11.add(t12).intoArray(v, o + 5 * step);
                t12.sub(t11).intoArray(v, o + 6 * step);
                t11.sub(d1.add(d2)).intoArray(v, o + 7 * step);
                t20.sub(t22).intoArray(v, o + 8 * step);
                t21.add(t22).intoArray(v, o + 9 * step);
                t22.sub(t21).intoArray(v, o + 10 * step);
                t21.sub(d2.sub(d1)).intoArray(v, o + 11 * step);
                t30.sub(t32).intoArray(v, o + 12 * step);
                t31.add(t32).intoArray(v, o + 13 * step);
                t32.sub(t31).intoArray(v, o + 14 * step);
                t31.sub(d1.sub(d3)).intoArray(v, o + 15 * step);
            }
        }

        // --------------------------------------------------------------------------------------------- results

        /// Computes m for n tiles.
        void multiply(Convolution p, int n, int fromPanel, int toPanel) {
            Winograd q = p.winograd;
            int wide = panelBlocks(q) * B;
            for (int k = 0; k < Winograd.POSITIONS; k++) {
                boolean biased = k == Winograd.COMMON && p.bias.length > 0;
                for (int panel = fromPanel; panel < toPanel; panel++) {
                    int uo = Workspace.START + (k * q.outs + panel * wide) * q.ins;
                    int mo = Workspace.START + k * mSize + panel * wide * tiles;
                    float[] f = biased ? p.bias : ZEROS;
                    int fo = biased ? p.biasAt + panel * wide : 0;
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
                                        f,
                                        fo,
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

        /// Writes the results of a block of channels of an image to its rows of pixels.
        /// @param at the index of the first tile
        /// @param o the block of channels
        /// @param plane the index in the result where the block begins
        void place(Winograd q, int at, int o, int plane, int row, int rows) {
            int n = q.tileColumns;
            for (int y = 0; y < rows; y++) {
                int from = Workspace.START + (o * tiles + at + y * n) * B;
                int to = plane + 2 * (row + y) * q.outWidth * B;
                boolean below = 2 * (row + y) + 1 < q.outHeight;
                int whole = q.outWidth / 2;
                for (int l = 0; l < B; l += L) {
                    if (below) {
                        result(m, from + l, mSize, whole, q.to, to + l, q.outWidth * B);
                        if (whole < n) column(from + whole * B + l, q.to, to + 2 * whole * B + l, q.outWidth * B);
                    } else {
                        resultRow(m, from + l, mSize, whole, q.to, to + l);
                        if (whole < n) corner(from + whole * B + l, q.to, to + 2 * whole * B + l);
                    }
                }
            }
        }

        /// Computes Aᵀ·m·A for n tiles of a row, for a vector of channels.
        private static void result(float[] m, int from, int step, int n, float[] to, int at, int pitch) {
            for (int j = 0; j < n; j++) {
                int a = from + j * B;
                int o = at + 2 * j * B;
                FloatVector m0 = FloatVector.fromArray(S, m, a);
                FloatVector m1 = FloatVector.fromArray(S, m, a + 4 * step);
                FloatVector m2 = FloatVector.fromArray(S, m, a + 8 * step);
                FloatVector m3 = FloatVector.fromArray(S, m, a + 12 * step);
                FloatVector upper0 = m0.add(m1).add(m2);
                FloatVector lower0 = m1.sub(m2).sub(m3);
                m0 = FloatVector.fromArray(S, m, a + step);
                m1 = FloatVector.fromArray(S, m, a + 5 * step);
                m2 = FloatVector.fromArray(S, m, a + 9 * step);
                m3 = FloatVector.fromArray(S, m, a + 13 * step);
                FloatVector upper1 = m0.add(m1).add(m2);
                FloatVector lower1 = m1.sub(m2).sub(m3);
                m0 = FloatVector.fromArray(S, m, a + 2 * step);
                m1 = FloatVector.fromArray(S, m, a + 6 * step);
                m2 = FloatVector.fromArray(S, m, a + 10 * step);
                m3 = FloatVector.fromArray(S, m, a + 14 * step);
                FloatVector upper2 = m0.add(m1).add(m2);
                FloatVector lower2 = m1.sub(m2).sub(m3);
                m0 = FloatVector.fromArray(S, m, a + 3 * step);
                m1 = FloatVector.fromArray(S, m, a + 7 * step);
                m2 = FloatVector.fromArray(S, m, a + 11 * step);
                m3 = FloatVector.fromArray(S, m, a + 15 * step);
                FloatVector upper3 = m0.add(m1).add(m2);
                FloatVector lower3 = m1.sub(m2).sub(m3);
                upper0.add(upper1).add(upper2).intoArray(to, o);
                upper1.sub(upper2).sub(upper3).intoArray(to, o + B);
                lower0.add(lower1).add(lower2).intoArray(to, o + pitch);
                lower1.sub(lower2).sub(lower3).intoArray(to, o + pitch + B);
            }
        }

        /// [#result] without the lower pixels, for the last row of planes with an odd number.
        private static void resultRow(float[] m, int from, int step, int n, float[] to, int at) {
            for (int j = 0; j < n; j++) {
                int a = from + j * B;
                int o = at + 2 * j * B;
                FloatVector upper0 = upper(m, a, step);
                FloatVector upper1 = upper(m, a + step, step);
                FloatVector upper2 = upper(m, a + 2 * step, step);
                FloatVector upper3 = upper(m, a + 3 * step, step);
                upper0.add(upper1).add(upper2).intoArray(to, o);
                upper1.sub(upper2).sub(upper3).intoArray(to, o + B);
            }
        }

        private static FloatVector upper(float[] m, int a, int step) {
            return FloatVector.fromArray(S, m, a)
                    .add(FloatVector.fromArray(S, m, a + 4 * step))
                    .add(FloatVector.fromArray(S, m, a + 8 * step));
        }

        /// The left pixels of a tile, for the last column of planes with an odd number.
        private void column(int a, float[] to, int o, int pitch) {
            corner(a, to, o);
            FloatVector lower0 = lower(m, a, mSize);
            FloatVector lower1 = lower(m, a + mSize, mSize);
            FloatVector lower2 = lower(m, a + 2 * mSize, mSize);
            lower0.add(lower1).add(lower2).intoArray(to, o + pitch);
        }

        private void corner(int a, float[] to, int o) {
            FloatVector upper0 = upper(m, a, mSize);
            FloatVector upper1 = upper(m, a + mSize, mSize);
            FloatVector upper2 = upper(m, a + 2 * mSize, mSize);
            upper0.add(upper1).add(upper2).intoArray(to, o);
        }

        private static FloatVector lower(float[] m, int a, int step) {
            return FloatVector.fromArray(S, m, a + 4 * step)
                    .sub(FloatVector.fromArray(S, m, a + 8 * step))
                    .sub(FloatVector.fromArray(S, m, a + 12 * step));
        }
    }
}
