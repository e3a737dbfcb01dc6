package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.kernel.cpu.tile.BlockTile;
import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Layout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The gradient of a convolution's weights, where dy is in blocks of channels: dw = Σ x·dy over pixels and images. In
/// a register tile, k runs over pixels; columns are columns of the window, for a block of dy's channels; rows are the
/// channels of a block of x, or rows of the window if x is in planes.
///
/// An element of x is multiplied with another pixel of dy for each column of the window. So x and dy are
/// copied with zeros around them, in rows of equal length: then these pixels of dy are neighbors, and k is one run over
/// rows. With strides, some columns of the window read even columns of x and others odd ones, for example. Those that
/// read the same ones are a phase, with a copy of x of its own.
///
/// A slot of the result has a row for each plane or block of x, row and column of the window, and channel of the
/// block; each has the output channels side by side.
final class BlockedWeightGradient {
    private static final int B = Layout.BLOCK;
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int FEW = 288; // pixels of a band, whose x and dy stay in the L1 cache
    private static final float[] ZEROS = new float[B];

    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    /// The floats of a slot.
    static int partialSize(Convolution p) {
        return p.outputs * p.depth();
    }

    /// Computes some blocks of output channels of a slot of the gradient.
    void compute(ScalarConvolution code, Convolution p, int slot, int fromBlock, int toBlock) {
        Work work = workspaces.take();
        work.layOut(p, fromBlock, toBlock);
        for (int image = p.firstImage(slot); image < p.firstImage(slot + 1); image++) {
            for (int row = 0; row < p.outHeight; row += work.bandRows) work.addBand(code, p, slot, image, row);
        }
        workspaces.release(work);
    }

    /// w = the sum of the slots, in order, for the rows of a plane or block of x.
    static void sumSlots(Convolution p, ScalarConvolution code, int plane) {
        int pixel = p.xBlocked ? B : 1;
        int taps = p.kernelHeight * p.kernelWidth;
        int n = taps * pixel * p.outputs;
        int at = plane * n;
        for (int slot = 1; slot < p.slots; slot++) {
            code.engine.add(p.partial, at, p.partial, slot * partialSize(p) + at, p.partial, at, n);
        }
        for (int tap = 0; tap < taps; tap++) {
            for (int c = 0; c < pixel; c++) {
                int from = at + (tap * pixel + c) * p.outputs;
                int to = p.wAt + (plane * pixel + c) * taps + tap;
                for (int o = 0; o < p.outputs; o++) p.w[to + o * p.depth()] = 0 + p.partial[from + o];
            }
        }
    }

    /// The workspace of a thread.
    private static final class Work {
        private float[] x = {}; // a band of a plane or block, for a phase
        private float[] dy = {}; // a band of some blocks
        private int plane; // the distance between blocks of dy
        private int pixel; // the floats of a pixel of x
        private int fromBlock;
        private int toBlock;

        // Rows of the window that are neighbors in a phase: their distance in the window, and in the copy of x.
        private int tapsDown;
        private int down;

        // The same for columns.
        private int tapsAcross;
        private int across;

        private int lead; // the zeros before each row of dy
        private int width; // of the rows of both copies
        private int bandRows;

        void layOut(Convolution p, int from, int to) {
            pixel = p.xBlocked ? B : 1;
            fromBlock = from;
            toBlock = to;
            int common = commonDivisor(p.strideHeight, p.dilationHeight);
            tapsDown = p.strideHeight / common;
            down = p.dilationHeight / common;
            common = commonDivisor(p.strideWidth, p.dilationWidth);
            tapsAcross = p.strideWidth / common;
            across = p.dilationWidth / common;
            lead = (p.kernelWidth - 1) / tapsAcross * across;
            width = p.outWidth + lead;
            int bands = Math.ceilDiv(p.outHeight * width, FEW);
            bandRows = Math.max(1, Math.ceilDiv(p.outHeight, Math.max(1, bands)));
            x = Workspace.aligned(x, rowsOfX(p, bandRows) * width * pixel);
            plane = (bandRows * width + lead) * B;
            dy = Workspace.aligned(dy, (to - from) * plane);
        }

        private static int commonDivisor(int a, int b) {
            return b == 0 ? a : commonDivisor(b, a % b);
        }

        /// The rows of the copy of x for some rows of dy.
        private int rowsOfX(Convolution p, int rows) {
            return rows + (p.kernelHeight - 1) / tapsDown * down;
        }

        /// Adds the products of a band of rows of dy.
        void addBand(ScalarConvolution code, Convolution p, int slot, int image, int row) {
            boolean fresh = row == 0 && image == p.firstImage(slot);
            int rows = Math.min(bandRows, p.outHeight - row);
            copyOutput(p, image, row, rows);
            for (int c = 0; c < p.inputs; c += pixel) {
                for (int ky = 0; ky < Math.min(tapsDown, p.kernelHeight); ky++) {
                    for (int kx = 0; kx < Math.min(tapsAcross, p.kernelWidth); kx++) {
                        copyInput(p, p.input(image, c), row, rowsOfX(p, rows), ky, kx);
                        int to = slot * partialSize(p);
                        if (edgesAreFinite(code, rowsOfX(p, rows))) {
                            addPhase(p, to, 0, rows * width, false, c, ky, kx, fresh);
                        } else {
                            for (int i = 0; i < rows; i++) {
                                addPhase(p, to, i * width, p.outWidth, true, c, ky, kx, fresh && i == 0);
                            }
                        }
                    }
                }
            }
        }

        private void copyOutput(Convolution p, int image, int row, int rows) {
            for (int block = fromBlock; block < toBlock; block++) {
                int from = p.output(image, block * B);
                int o = Workspace.START + (block - fromBlock) * plane;
                PaddedRows.copy(p.y, from, p.outHeight, p.outWidth, B, row, rows, lead, width, dy, o);
                int end = o + rows * width * B;
                Arrays.fill(dy, end, end + lead * B, 0);
            }
        }

        /// Copies x for the phase whose first row and column of the window are these.
        private void copyInput(Convolution p, int from, int first, int rows, int ky, int kx) {
            int row = first * p.strideHeight + ky * p.dilationHeight - p.top;
            int column = kx * p.dilationWidth - p.left;
            if (p.strideHeight == 1 && p.strideWidth == 1) {
                PaddedRows.copy(p.x, from, p.height, p.width, pixel, row, rows, -column, width, x, Workspace.START);
                return;
            }
            int begin = Math.clamp(Math.ceilDiv(-column, p.strideWidth), 0, width);
            int end = Math.clamp(Math.ceilDiv(p.width - column, p.strideWidth), begin, width);
            int step = p.strideWidth * pixel;
            for (int i = 0; i < rows; i++, row += p.strideHeight) {
                int o = Workspace.START + i * width * pixel;
                if (row < 0 || row >= p.height) {
                    Arrays.fill(x, o, o + width * pixel, 0);
                    continue;
                }
                Arrays.fill(x, o, o + begin * pixel, 0);
                Arrays.fill(x, o + end * pixel, o + width * pixel, 0);
                int at = from + (row * p.width + column) * pixel;
                if (pixel == 1) {
                    for (int j = begin; j < end; j++) x[o + j] = p.x[at + j * step];
                } else {
                    for (int j = begin; j < end; j++) copyPixel(p.x, at + j * step, x, o + j * B);
                }
            }
        }

        private static void copyPixel(float[] from, int at, float[] to, int o) {
            for (int l = 0; l < B; l += L)
                FloatVector.fromArray(S, from, at + l).intoArray(to, o + l);
        }

        /// Whether the elements of x that are multiplied with the zeros around dy are finite, so that no product with
        /// them is NaN.
        private boolean edgesAreFinite(ScalarConvolution code, int rows) {
            boolean finite = true;
            for (int i = 0; i < rows && lead > 0; i++) {
                int row = Workspace.START + i * width * pixel;
                finite &= code.engine.isFinite(x, row, lead * pixel);
                finite &= code.engine.isFinite(x, row + (width - lead) * pixel, lead * pixel);
            }
            return finite;
        }

        /// Adds the products of a phase.
        /// @param from the first pixel in the copies
        /// @param pixels the number of pixels
        /// @param apart whether each column of the window is computed by itself, without the zeros beside dy
        private void addPhase(
                Convolution p, int slot, int from, int pixels, boolean apart, int c, int ky, int kx, boolean fresh) {
            int downwards = Math.ceilDiv(p.kernelHeight - ky, tapsDown);
            int sideways = Math.ceilDiv(p.kernelWidth - kx, tapsAcross);
            boolean planes = pixel == 1;
            int run = planes ? downwards : B; // rows for tiles
            int runs = planes ? 1 : downwards;
            int rowStep = planes ? down * width : 1;
            int columns = apart ? 1 : Panels.blocksOfDivisor(sideways, run);
            int height = Panels.divisor(run, columns);
            BlockTile tile = Tiles.ofPlanes(height, columns, rowStep, pixel);
            int taps = p.kernelHeight * p.kernelWidth;
            int cs = planes ? tapsDown * p.kernelWidth * p.outputs : p.outputs;
            int cj = tapsAcross * pixel * p.outputs;
            for (int k = 0; k < runs * sideways; k += columns) {
                int i = k / sideways;
                int j = k % sideways;
                int tap = (ky + i * tapsDown) * p.kernelWidth + kx + j * tapsAcross;
                for (int row = 0; row < run; row += height) {
                    int shift = apart ? j * across : 0; // of x; else dy is shifted
                    int ro = Workspace.START + (from + i * down * width + shift) * pixel + row * rowStep;
                    int vo = Workspace.START + (from + lead - j * across + shift) * B;
                    for (int block = fromBlock; block < toBlock; block++) {
                        int co = slot + (c * taps + tap * pixel) * p.outputs + row * cs + block * B;
                        tile.compute(
                                pixels,
                                x,
                                ro,
                                BlockTile.NO_TABLE,
                                dy,
                                vo + (block - fromBlock) * plane,
                                -across * B,
                                fresh ? ZEROS : p.partial,
                                fresh ? 0 : co,
                                fresh ? 0 : cs,
                                fresh ? 0 : cj,
                                p.partial,
                                co,
                                cs,
                                cj);
                    }
                }
            }
        }
    }
}
