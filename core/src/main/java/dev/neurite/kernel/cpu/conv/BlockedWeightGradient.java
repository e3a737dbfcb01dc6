package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.kernel.cpu.tile.BlockTile;
import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Layout;

/// The gradient of a convolution's weights, where dy is in blocks of channels: dw = Σ x·dy over pixels and images. A
/// register tile has rows of x, which are neighboring columns of the window, and in blocks the channels of each, by
/// blocks of dy's channels; k runs over pixels.
///
/// A slot of the result has a row for each plane or block of x, row and column of the window, and channel of the
/// block; each has the output channels side by side.
final class BlockedWeightGradient {
    private static final int B = Layout.BLOCK;
    private static final int FEW = 192; // pixels of a band, whose x and dy stay in the L1 cache

    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    /// The workspace of a thread.
    private static final class Work {
        float[] padded = {};
        int[] kAt = {};
        final float[] zeros = new float[4 * B];
    }

    /// The blocks of output channels of a panel.
    static int panelBlocks(Convolution p, boolean blocked) {
        return Panels.blocksOfDivisor(p.outputs / B, run(p, blocked ? B : 1));
    }

    /// The neighboring elements of x in a row of the window.
    private static int run(Convolution p, int pixel) {
        return p.dilationWidth == 1 || p.kernelWidth == 1 ? p.kernelWidth * pixel : pixel;
    }

    /// The floats of a slot.
    static int partialSize(Convolution p) {
        return p.outputs * p.depth();
    }

    /// Computes some panels of a slot of the gradient.
    /// @param blocked whether x is in blocks, too
    void compute(Convolution p, boolean blocked, int slot, int fromPanel, int toPanel) {
        Work work = workspaces.take();
        int pixel = blocked ? B : 1;
        int width = (p.outWidth - 1) * p.strideWidth + (p.kernelWidth - 1) * p.dilationWidth + 1;
        int height = (p.outHeight - 1) * p.strideHeight + (p.kernelHeight - 1) * p.dilationHeight + 1;
        work.padded = Workspace.aligned(work.padded, height * width * pixel);
        int bandRows = Math.clamp(Math.ceilDiv(FEW, Math.max(1, p.outWidth)), 1, Math.max(1, p.outHeight));
        int pixels = bandRows * p.outWidth;
        work.kAt = Workspace.atLeast(work.kAt, pixels);
        for (int i = 0; i < pixels; i++) {
            work.kAt[i] = (i / p.outWidth * p.strideHeight * width + i % p.outWidth * p.strideWidth) * pixel;
        }
        int blocks = panelBlocks(p, blocked);
        int run = run(p, pixel);
        int runs = p.kernelWidth * pixel / run;
        int rows = Panels.divisor(run, blocks);
        BlockTile tile = Tiles.ofPlanes(rows, blocks);
        int at = slot * partialSize(p);
        int first = p.firstImage(slot);
        for (int image = first; image < p.firstImage(slot + 1); image++) {
            for (int c = 0; c < p.inputs; c += pixel) {
                int plane = p.input(image, c);
                PaddedRows.copy(
                        p.x,
                        plane,
                        p.height,
                        p.width,
                        pixel,
                        -p.top,
                        height,
                        p.left,
                        width,
                        work.padded,
                        Workspace.START);
                for (int y = 0; y < p.outHeight; y += bandRows) {
                    int n = Math.min(bandRows, p.outHeight - y) * p.outWidth;
                    boolean fresh = image == first && y == 0;
                    for (int tap = 0; tap < p.kernelHeight * runs; tap++) {
                        int place = (y * p.strideHeight + tap / runs * p.dilationHeight) * width
                                + tap % runs * p.dilationWidth;
                        int row = c * p.kernelHeight * p.kernelWidth + tap * run;
                        for (int i = 0; i < run; i += rows) {
                            for (int panel = fromPanel; panel < toPanel; panel++) {
                                int co = at + (row + i) * p.outputs + panel * blocks * B;
                                tile.compute(
                                        n,
                                        work.padded,
                                        Workspace.START + place * pixel + i,
                                        work.kAt,
                                        p.y,
                                        p.output(image, panel * blocks * B) + y * p.outWidth * B,
                                        p.outArea() * B,
                                        fresh ? work.zeros : p.partial,
                                        fresh ? 0 : co,
                                        fresh ? 0 : p.outputs,
                                        B,
                                        p.partial,
                                        co,
                                        p.outputs,
                                        B);
                            }
                        }
                    }
                }
            }
        }
        workspaces.release(work);
    }

    /// w = the sum of the slots, in order, for the rows of a plane or block of x.
    static void sumSlots(Convolution p, boolean blocked, ScalarConvolution code, int plane) {
        int pixel = blocked ? B : 1;
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
}
