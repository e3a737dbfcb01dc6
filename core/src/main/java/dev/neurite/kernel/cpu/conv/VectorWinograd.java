package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Pairs;
import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// [Winograd]'s convolutions on vectors of neighboring tiles. The tiles of all images of a block
/// are numbered consecutively, row by row; u is packed for [PlaneMicroKernels].
///
/// | array | element | begins at |
/// |---|---|---|
/// | plane | of a channel of an image: padded rows of a band | 0 |
/// | d | of row 2i + y: the pixels of column x of each tile | `(2x + y) * partSize + i * tileColumns` |
/// | v | position k, channel, tile | `START + k * vSize + channel * tiles + tile` |
/// | m | the same, of the result | `START + k * mSize + channel * tiles + tile` |
/// | pixels | of a channel of an image: those of rows with parity y | `y * pixelSize` |
///
/// The last vector of a row may write beyond its end: rows are written in order, and after the last
/// one there is space for a vector. This space also keeps the positions of a tile from mapping to
/// the same set of the L1 cache.
final class VectorWinograd extends ScalarWinograd {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int WIDTH = 3; // of a register tile, in vectors
    private static final int HIGHEST = PlaneMicroKernels.highest(WIDTH);

    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    VectorWinograd(ScalarConvolution convolution) {
        super(convolution);
    }

    @Override
    Object order() {
        return "winograd on vectors";
    }

    @Override
    int outputStep() {
        return HIGHEST;
    }

    @Override
    void weights(Winograd q, int from, int to) {
        Work work = workspaces.take();
        work.weights(q, from, to);
        workspaces.release(work);
    }

    @Override
    void compute(Convolution p, int block, int from, int to) {
        Winograd q = p.winograd;
        Work work = workspaces.take();
        if (work.last.isNot(p)) work.layOut(p);
        int image = q.firstImage(block);
        int end = q.firstImage(block + 1);
        for (int row = 0; row < q.tileRows; row += q.rowsAtOnce) {
            int rows = Math.min(q.rowsAtOnce, q.tileRows - row);
            work.transform(q, image, end, row, rows);
            work.multiply(q, (end - image) * rows * q.tileColumns, from, to);
            for (int i = image; i < end; i++) {
                for (int o = from; o < to; o++) {
                    work.place(q, i, (i - image) * rows * q.tileColumns, o, o - from, row, rows);
                    if (row + rows == q.tileRows) finish(p, i, o);
                }
            }
        }
        workspaces.release(work);
    }

    /// The workspace of a thread.
    private static final class Work {
        final LastCall last = new LastCall();
        private float[] g = {};
        private float[] transformed = {};
        private float[] plane = {};
        private float[] d = {};
        private float[] v = {};
        private float[] m = {};
        private float[] pixels = {};
        private float[] starts = {}; // the bias of each channel, as a vector
        private final float[] zeros = new float[WIDTH * L];
        private int[] channelAt = {};
        private int[] vectorAt = {};
        private int tiles; // the capacity in tiles, in whole vectors
        private int vSize;
        private int mSize;
        private int partSize;
        private int pixelSize;

        void layOut(Convolution p) {
            Winograd q = p.winograd;
            int rows = q.rowsAtOnce;
            tiles = Math.ceilDiv(q.imagesAtOnce() * rows * q.tileColumns, L) * L;
            vSize = q.ins * tiles + L;
            mSize = q.outs * tiles + L;
            partSize = (rows + 1) * q.tileColumns + L;
            pixelSize = 2 * (Math.ceilDiv(rows * q.tileColumns, L) * L + L);
            v = Workspace.aligned(v, Math.addExact(Math.multiplyExact(Winograd.POSITIONS, vSize), L));
            m = Workspace.aligned(m, Math.addExact(Math.multiplyExact(Winograd.POSITIONS, mSize), L));
            d = Workspace.atLeast(d, 8 * partSize + 2 * L);
            pixels = Workspace.atLeast(pixels, 2 * pixelSize);
            plane = Workspace.atLeast(plane, (2 * rows + 2) * (2 * q.tileColumns + 2) + 3 * L);
            Arrays.fill(plane, 0);
            channelAt = Workspace.atLeast(channelAt, q.ins);
            for (int c = 0; c < q.ins; c++) channelAt[c] = c * tiles;
            vectorAt = Workspace.atLeast(vectorAt, tiles / L);
            for (int j = 0; j < tiles / L; j++) vectorAt[j] = j * L;
            starts = Workspace.atLeast(starts, q.outs * WIDTH * L);
            for (int o = 0; o < q.outs; o++) {
                float start = p.bias.length == 0 ? 0 : p.bias[p.biasAt + o];
                Arrays.fill(starts, o * WIDTH * L, (o + 1) * WIDTH * L, start);
            }
        }

        // --------------------------------------------------------------------------------------------- weights

        /// Computes u, packed for register tiles.
        void weights(Winograd q, int from, int to) {
            int n = Math.ceilDiv(q.ins, L) * L;
            g = Workspace.atLeast(g, 9 * n);
            transformed = Workspace.atLeast(transformed, HIGHEST * Winograd.POSITIONS * n);
            int h;
            for (int o = from; o < to; o += h) {
                h = PlaneMicroKernels.height(HIGHEST, q.outs - o);
                for (int i = 0; i < h; i++) {
                    pick(q, q.wAt + (o + i) * q.outStep, g, n);
                    transformWeights(g, n, transformed, i * Winograd.POSITIONS * n);
                }
                for (int k = 0; k < Winograd.POSITIONS; k++) {
                    int at = (k * q.outs + o) * q.ins;
                    PlaneMicroKernels.pack(transformed, k * n, Winograd.POSITIONS * n, h, q.ins, q.u, at);
                }
            }
        }

        /// Gathers the weights of n channels, contiguous for each tap.
        private static void pick(Winograd q, int at, float[] g, int n) {
            float[] w = q.w;
            int first = q.backwards ? 8 : 0;
            int step = q.backwards ? -1 : 1;
            for (int c = 0; c < q.ins; c++) {
                int f = at + c * q.inStep + first;
                for (int k = 0; k < 9; k++) g[k * n + c] = w[f + k * step];
            }
        }

        /// Computes G·g·Gᵀ for n channels.
        private static void transformWeights(float[] g, int n, float[] u, int to) {
            FloatVector half = FloatVector.broadcast(S, 0.5f);
            for (int c = 0; c < n; c += L) {
                int o = to + c;
                FloatVector t00 = FloatVector.fromArray(S, g, c);
                FloatVector t01 = FloatVector.fromArray(S, g, c + n);
                FloatVector t02 = FloatVector.fromArray(S, g, c + 2 * n);
                FloatVector t30 = FloatVector.fromArray(S, g, c + 6 * n);
                FloatVector t31 = FloatVector.fromArray(S, g, c + 7 * n);
                FloatVector t32 = FloatVector.fromArray(S, g, c + 8 * n);
                FloatVector middle = FloatVector.fromArray(S, g, c + 3 * n);
                FloatVector outer = t00.add(t30);
                FloatVector t10 = outer.add(middle).mul(half);
                FloatVector t20 = outer.sub(middle).mul(half);
                middle = FloatVector.fromArray(S, g, c + 4 * n);
                outer = t01.add(t31);
                FloatVector t11 = outer.add(middle).mul(half);
                FloatVector t21 = outer.sub(middle).mul(half);
                middle = FloatVector.fromArray(S, g, c + 5 * n);
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
        }

        // ---------------------------------------------------------------------------------------------- pixels

        /// Computes v for a band of images.
        void transform(Winograd q, int image, int end, int row, int rows) {
            int n = rows * q.tileColumns;
            for (int c = 0; c < q.ins; c++) {
                for (int i = image; i < end; i++) {
                    copy(q, q.input(i, c), 2 * row - q.top, 2 * rows + 2);
                    part(plane, 2 * rows + 2, q.tileColumns, d, partSize);
                    transform(d, partSize, q.tileColumns, n, v, Workspace.START + c * tiles + (i - image) * n, vSize);
                }
            }
        }

        /// Copies rows of a plane into a padded plane; rows outside of the plane become 0.
        private void copy(Winograd q, int at, int first, int rows) {
            int pitch = 2 * q.tileColumns + 2;
            int begin = Math.clamp(-first, 0, rows);
            int end = Math.clamp(q.height - first, begin, rows);
            int n = Math.min(q.width, pitch - q.left); // columns beyond belong to no tile
            int f = at + (first + begin) * q.width;
            int t = begin * pitch + q.left;
            Arrays.fill(plane, 0, begin * pitch, 0);
            if (n >= L) Copies.moveRows(q.from, f, q.width, end - begin, n, plane, t, pitch);
            else moveShortRows(q.from, f, q.width, end - begin, n, plane, t, pitch);
            Arrays.fill(plane, end * pitch, rows * pitch, 0);
        }

        /// Copies rows that are shorter than a vector, and zeros after them.
        private static void moveShortRows(
                float[] from, int at, int step, int rows, int n, float[] to, int o, int pitch) {
            FloatVector zero = FloatVector.zero(S);
            VectorMask<Float> these = S.indexInRange(0, n);
            int safe = from.length - L;
            for (int i = 0; i < rows; i++) {
                int f = at + i * step;
                int t = o + i * pitch;
                if (f <= safe)
                    zero.blend(FloatVector.fromArray(S, from, f), these).intoArray(to, t);
                else for (int j = 0; j < n; j++) to[t + j] = from[f + j];
            }
        }

        /// Separates the columns of a plane into the first, second, third and fourth of each tile.
        private static void part(float[] plane, int rows, int columns, float[] d, int size) {
            int pitch = 2 * columns + 2;
            int last = Math.max(0, columns - L); // some columns may be copied twice
            for (int k = 0; k < columns; k += L) {
                int j = Math.min(k, last);
                for (int i = 0; i < rows; i++) {
                    int f = i * pitch + 2 * j;
                    int t = (i & 1) * size + (i >> 1) * columns + j;
                    FloatVector first = FloatVector.fromArray(S, plane, f);
                    FloatVector second = FloatVector.fromArray(S, plane, f + L);
                    Pairs.firsts(first, second).intoArray(d, t);
                    Pairs.seconds(first, second).intoArray(d, t + 2 * size);
                    first = FloatVector.fromArray(S, plane, f + 2);
                    second = FloatVector.fromArray(S, plane, f + 2 + L);
                    Pairs.firsts(first, second).intoArray(d, t + 4 * size);
                    Pairs.seconds(first, second).intoArray(d, t + 6 * size);
                }
            }
        }

        /// Computes Bᵀ·d·B for n tiles of a channel.
        private static void transform(float[] d, int size, int columns, int n, float[] v, int at, int step) {
            for (int j = 0; j < n; j += L) {
                int o = at + j;
                int below = j + columns;
                FloatVector d0 = FloatVector.fromArray(S, d, j);
                FloatVector d1 = FloatVector.fromArray(S, d, j + size);
                FloatVector d2 = FloatVector.fromArray(S, d, below);
                FloatVector d3 = FloatVector.fromArray(S, d, below + size);
                FloatVector t00 = d0.sub(d2);
                FloatVector t10 = d1.add(d2);
                FloatVector t20 = d2.sub(d1);
                FloatVector t30 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, j + 2 * size);
                d1 = FloatVector.fromArray(S, d, j + 3 * size);
                d2 = FloatVector.fromArray(S, d, below + 2 * size);
                d3 = FloatVector.fromArray(S, d, below + 3 * size);
                FloatVector t01 = d0.sub(d2);
                FloatVector t11 = d1.add(d2);
                FloatVector t21 = d2.sub(d1);
                FloatVector t31 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, j + 4 * size);
                d1 = FloatVector.fromArray(S, d, j + 5 * size);
                d2 = FloatVector.fromArray(S, d, below + 4 * size);
                d3 = FloatVector.fromArray(S, d, below + 5 * size);
                FloatVector t02 = d0.sub(d2);
                FloatVector t12 = d1.add(d2);
                FloatVector t22 = d2.sub(d1);
                FloatVector t32 = d1.sub(d3);
                d0 = FloatVector.fromArray(S, d, j + 6 * size);
                d1 = FloatVector.fromArray(S, d, j + 7 * size);
                d2 = FloatVector.fromArray(S, d, below + 6 * size);
                d3 = FloatVector.fromArray(S, d, below + 7 * size);
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

        /// Computes m for n tiles, for channels `from` to `to`.
        void multiply(Winograd q, int n, int from, int to) {
            int vectors = Math.ceilDiv(n, L);
            for (int k = 0; k < Winograd.POSITIONS; k++) {
                boolean common = k == Winograd.COMMON;
                int width;
                for (int j = 0; j < vectors; j += width) {
                    width = PlaneMicroKernels.width(WIDTH, vectors - j);
                    int h;
                    for (int o = from; o < to; o += h) {
                        h = PlaneMicroKernels.height(HIGHEST, to - o);
                        PlaneMicroKernels.compute(
                                h,
                                width,
                                q.ins,
                                q.u,
                                (k * q.outs + o) * q.ins,
                                v,
                                Workspace.START + k * vSize,
                                channelAt,
                                vectorAt,
                                j,
                                common ? starts : zeros,
                                common ? o * WIDTH * L : 0,
                                common ? WIDTH * L : 0,
                                m,
                                Workspace.START + k * mSize + (o - from) * tiles + j * L,
                                tiles);
                    }
                }
            }
        }

        /// Writes the results of a channel of an image to its rows of pixels.
        /// @param tile the index of the first tile in m
        /// @param index the index of the channel in m
        void place(Winograd q, int image, int tile, int channel, int index, int row, int rows) {
            result(m, Workspace.START + index * tiles + tile, mSize, rows * q.tileColumns, pixels, pixelSize);
            int n = q.outWidth;
            int count = Math.min(2 * rows, q.outHeight - 2 * row);
            int t = q.output(image, channel) + 2 * row * n;
            if (n >= L) {
                for (int y = 0; y < Math.min(2, count); y++) {
                    int lines = (count - y + 1) / 2;
                    Copies.moveRows(pixels, y * pixelSize, 2 * q.tileColumns, lines, n, q.to, t + y * n, 2 * n);
                }
                return;
            }
            int end = t + count * n; // elements beyond must not be written
            for (int i = 0; i < count; i++) {
                int f = (i & 1) * pixelSize + (i >> 1) * 2 * q.tileColumns;
                if (t + L <= end) FloatVector.fromArray(S, pixels, f).intoArray(q.to, t);
                else System.arraycopy(pixels, f, q.to, t, n);
                t += n;
            }
        }

        /// Computes Aᵀ·m·A for n tiles.
        private static void result(float[] m, int at, int step, int n, float[] pixels, int size) {
            for (int j = 0; j < n; j += L) {
                int a = at + j;
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
                FloatVector even = upper0.add(upper1).add(upper2);
                FloatVector odd = upper1.sub(upper2).sub(upper3);
                Pairs.low(even, odd).intoArray(pixels, 2 * j);
                Pairs.high(even, odd).intoArray(pixels, 2 * j + L);
                even = lower0.add(lower1).add(lower2);
                odd = lower1.sub(lower2).sub(lower3);
                Pairs.low(even, odd).intoArray(pixels, size + 2 * j);
                Pairs.high(even, odd).intoArray(pixels, size + 2 * j + L);
            }
        }
    }
}
