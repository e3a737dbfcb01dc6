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
    private static final int SOME = 8192; // floats of a result that stay in the L1 cache until their epilogue
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
            if (q.inPlace) pixels(p, q, work, image, band, panel);
            else rows(p, q, work, image, band, panel);
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

    /// Computes the rows of a band for the channels of a panel. With one residue, some rows at a time stay in the
    /// L1 cache until their epilogue.
    private void rows(Convolution p, BlockedPlan q, Work work, int image, int band, int panel) {
        int begin = band * q.bandRows;
        int all = Math.min(q.bandRows, Math.ceilDiv(q.resultHeight, q.outDown) - begin);
        int some = q.residues() == 1 ? Math.max(1, SOME / (q.resultWidth * q.panelBlocks * B)) : all;
        for (int i = 0; i < all; i += some) {
            int end = Math.min(all, i + some);
            for (int residue = 0; residue < q.residues(); residue++) {
                rowsOfResidue(p, q, work, image, begin, i, end, panel, residue);
            }
            int from = (begin + i) * q.outDown * q.resultWidth;
            int to = Math.min(q.resultHeight, (begin + end) * q.outDown) * q.resultWidth;
            epilogue(p, q, image, panel, from, to);
        }
    }

    private static void rowsOfResidue(
            Convolution p, BlockedPlan q, Work work, int image, int begin, int from, int to, int panel, int residue) {
        int pixel = q.sourceBlocked ? B : 1;
        int plane = q.resultAt + plane(q, image, panel) * B;
        int end = Math.min(to, q.rowsOf(residue) - begin);
        for (int i = from; i < end; i++) {
            int ro = Workspace.START + i * q.stepDown * q.paddedWidth * pixel;
            int row = (begin + i) * q.outDown + residue / q.outAcross;
            int co = plane + (row * q.resultWidth + residue % q.outAcross) * B;
            run(p, q, residue, panel, work.padded, ro, work.kAt[residue], co, 0, q.columnsOf(residue));
        }
    }

    /// Computes the pixels of a band for the channels of a panel, where the source is read in place.
    private void pixels(Convolution p, BlockedPlan q, Work work, int image, int band, int panel) {
        int first = band * q.bandRows * q.resultWidth;
        int end = Math.min(q.resultHeight, (band + 1) * q.bandRows) * q.resultWidth;
        int h = q.height[0];
        int some = Math.max(1, SOME / (q.panelBlocks * B) / h) * h;
        int ro = q.sourceAt + image * q.sourceChannels * q.sourceHeight * q.sourceWidth;
        int co = q.resultAt + plane(q, image, panel) * B;
        for (int i = first; i < end; i += some) {
            int to = Math.min(end, i + some);
            run(p, q, 0, panel, q.source, ro, work.kAt[0], co, i, to);
            epilogue(p, q, image, panel, Math.min(i, to - h), to);
        }
    }

    /// Computes neighboring pixels of a row and a residue.
    private static void run(
            Convolution p,
            BlockedPlan q,
            int residue,
            int panel,
            float[] r,
            int ro,
            int[] kAt,
            int co,
            int from,
            int to) {
        float[] f = q.bias.length == 0 ? ZEROS : q.bias;
        int fo = q.bias.length == 0 ? 0 : q.biasAt + panel * q.panelBlocks * B;
        int rs = q.stepAcross * (q.sourceBlocked ? B : 1);
        int cs = q.outAcross * B;
        int kc = q.sourceChannels * q.count(residue) / q.across[residue];
        int vo = q.panelAt(panel, residue);
        int area = q.resultHeight * q.resultWidth;
        BlockTile tile = q.tile[residue];
        int h = q.height[residue];
        for (int j = from; j < to; j += h) {
            int at = Math.min(j, to - h); // the last tile computes some pixels again
            int c = co + at * cs;
            tile.compute(kc, r, ro + at * rs, kAt, p.packed, vo, B, f, fo, 0, B, q.result, c, cs, area * B);
        }
    }

    /// The pixels of the result before those of a panel.
    private static int plane(BlockedPlan q, int image, int panel) {
        return (image * q.resultChannels / B + panel * q.panelBlocks) * q.resultHeight * q.resultWidth;
    }

    /// Residual and activation of pixels `from` to `to` of a panel.
    private void epilogue(Convolution p, BlockedPlan q, int image, int panel, int from, int to) {
        if (!p.finishes) return;
        int area = q.resultHeight * q.resultWidth;
        for (int i = 0; i < q.panelBlocks; i++) {
            int place = (plane(q, image, panel) + i * area + from) * B;
            code.finish(p, q.result, q.resultAt + place, place, (to - from) * B);
        }
    }
}
