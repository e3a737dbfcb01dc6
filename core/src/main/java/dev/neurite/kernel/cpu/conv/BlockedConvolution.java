package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.WorkspacePool;
import dev.neurite.kernel.cpu.tile.BlockTile;
import dev.neurite.tensor.Layout;

/// Convolutions whose result is in blocks of channels: the pixels of a row times a panel of weights, in register
/// tiles ([BlockTile]). R is the source, with a pixel for each row; V is the weights.
///
/// The source of a band of rows is copied with the padding around it, unless windows have one pixel.
final class BlockedConvolution {
    private static final int B = Layout.BLOCK;
    private static final float[] ZEROS = new float[4 * B];

    private final ScalarConvolution code;
    private final WorkspacePool<Work> workspaces = new WorkspacePool<>(Work::new);

    BlockedConvolution(ScalarConvolution code) {
        this.code = code;
    }

    /// The workspace of a thread.
    private static final class Work {
        final LastCall last = new LastCall();
        float[] padded = {};
        int[][] kAt = {}; // by residue
        int image = -1; // what `padded` holds
        int band = -1;
    }

    /// Computes some panels of a band of an image.
    void compute(Convolution p, BlockedPlan q, int image, int band, int fromPanel, int toPanel) {
        Work work = workspaces.take();
        if (work.last.isNot(p)) layOut(q, work);
        if (!q.inPlace && (work.image != image || work.band != band)) copy(q, work, image, band * q.bandRows);
        work.image = image;
        work.band = band;
        for (int panel = fromPanel; panel < toPanel; panel++) {
            for (int residue = 0; residue < q.residues(); residue++) panel(p, q, work, image, band, panel, residue);
            epilogue(p, q, image, band, panel);
        }
        workspaces.release(work);
    }

    /// The place of each channel and tap in the source.
    private static void layOut(BlockedPlan q, Work work) {
        work.image = -1;
        int plane = q.inPlace ? q.sourceHeight * q.sourceWidth : q.rowsHeld * q.paddedWidth;
        if (work.kAt.length < q.residues()) work.kAt = new int[q.residues()][0];
        for (int residue = 0; residue < q.residues(); residue++) {
            int k = 0;
            int[] kAt = Workspace.atLeast(work.kAt[residue], q.sourceChannels * q.count(residue));
            work.kAt[residue] = kAt;
            for (int c = 0; c < q.sourceChannels; c++) {
                int at = q.sourceBlocked ? c / B * plane * B + c % B : c * plane;
                for (int t = q.tapsBefore[residue]; t < q.tapsBefore[residue + 1]; t += q.across[residue]) {
                    int pixel = q.inPlace ? 0 : q.tapRow[t] * q.paddedWidth + q.tapColumn[t];
                    kAt[k++] = at + (q.sourceBlocked ? pixel * B : pixel);
                }
            }
        }
        if (!q.inPlace) {
            work.padded = Workspace.aligned(work.padded, q.sourceChannels * plane);
        }
    }

    /// Copies the rows of the source that a band reads.
    private static void copy(BlockedPlan q, Work work, int image, int row) {
        int pixel = q.sourceBlocked ? B : 1;
        int planes = q.sourceChannels / pixel;
        int area = q.sourceHeight * q.sourceWidth * pixel;
        int held = q.rowsHeld * q.paddedWidth * pixel;
        int first = row * q.stepDown - q.top; // the row of the source that is the first of the copy
        for (int plane = 0; plane < planes; plane++) {
            PaddedRows.copy(
                    q.source,
                    q.sourceAt + (image * planes + plane) * area,
                    q.sourceHeight,
                    q.sourceWidth,
                    pixel,
                    first,
                    q.rowsHeld,
                    q.left,
                    q.paddedWidth,
                    work.padded,
                    Workspace.START + plane * held);
        }
    }

    /// Computes the pixels of a residue for the channels of a panel.
    private static void panel(Convolution p, BlockedPlan q, Work work, int image, int band, int panel, int residue) {
        int area = q.resultHeight * q.resultWidth;
        int columns = q.inPlace ? area : q.columnsOf(residue);
        int begin = band * q.bandRows;
        int rows = Math.min(q.bandRows, (q.inPlace ? 1 : q.rowsOf(residue)) - begin);
        int block = panel * q.panelBlocks;
        int kc = q.sourceChannels * q.count(residue) / q.across[residue];
        int[] kAt = work.kAt[residue];
        int vo = q.panelAt(panel, residue);
        float[] f = p.bias.length == 0 ? ZEROS : p.bias;
        int fo = p.bias.length == 0 ? 0 : p.biasAt + block * B;
        int pixel = q.sourceBlocked ? B : 1;
        float[] r = q.inPlace ? q.source : work.padded;
        int cs = q.outAcross * B;
        BlockTile tile = q.tile[residue];
        int h = q.height[residue];
        for (int i = 0; i < rows; i++) {
            int ro = q.inPlace
                    ? q.sourceAt + image * q.sourceChannels * area
                    : Workspace.START + i * q.stepDown * q.paddedWidth * pixel;
            int row = (begin + i) * q.outDown + residue / q.outAcross;
            int co = q.resultAt
                    + ((image * q.resultChannels / B + block) * area + row * q.resultWidth + residue % q.outAcross) * B;
            for (int j = 0; j < columns; j += h) {
                int at = Math.min(j, columns - h); // the last tile computes some pixels again
                tile.compute(
                        kc,
                        r,
                        ro + at * q.stepAcross * pixel,
                        kAt,
                        p.packed,
                        vo,
                        B,
                        f,
                        fo,
                        0,
                        B,
                        q.result,
                        co + at * cs,
                        cs,
                        area * B);
            }
        }
    }

    /// Residual and activation of the rows that this panel of the band has computed.
    private void epilogue(Convolution p, BlockedPlan q, int image, int band, int panel) {
        int area = q.resultHeight * q.resultWidth;
        int from = q.inPlace ? 0 : Math.min(q.resultHeight, band * q.bandRows * q.outDown) * q.resultWidth;
        int to = q.inPlace ? area : Math.min(q.resultHeight, (band + 1) * q.bandRows * q.outDown) * q.resultWidth;
        for (int i = 0; i < q.panelBlocks; i++) {
            int plane = (image * q.resultChannels / B + panel * q.panelBlocks + i) * area;
            int at = q.resultAt + (plane + from) * B;
            code.finish(p, q.result, at, at - q.resultAt, (to - from) * B);
        }
    }
}
