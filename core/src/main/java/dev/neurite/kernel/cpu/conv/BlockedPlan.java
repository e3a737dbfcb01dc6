package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.Workspace;
import dev.neurite.kernel.cpu.tile.BlockTile;
import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;

/// A convolution whose result is in blocks of channels, forward or to the gradient of its input, as one sum over
/// taps: result(row, column) = Σ over channels and taps of w · source(row · step + offset of the tap). Reused for each
/// call.
///
/// A gradient of a convolution with strides has one such sum for each residue: the pixels whose rows and columns
/// have the same remainder are reached by the same taps.
final class BlockedPlan {
    private static final int B = Layout.BLOCK;
    private static final int MANY = 4; // blocks of a result for each thread
    private static final int BAND = 160_000; // floats of padded source that stay in the L2 cache
    private static final int LEAST_ROWS = 4; // of a band, also where rows are so wide that they need more

    float[] source = Convolution.NONE;
    int sourceAt;
    int sourceChannels;
    int sourceHeight;
    int sourceWidth;
    boolean sourceBlocked;

    float[] result = Convolution.NONE;
    int resultAt;
    int resultChannels; // in whole blocks
    private int channels;
    int resultHeight;
    int resultWidth;

    /// The start of the sums, one per channel of the result; empty for 0.
    float[] bias = Convolution.NONE;

    int biasAt;
    private float[] padded = {}; // the same for whole blocks

    /// The distances in the source between what neighboring pixels of a residue of the result read.
    int stepDown;

    int stepAcross;

    /// The distances in the result between neighboring pixels of a residue.
    int outDown;

    int outAcross;

    /// The padding of the source: the rows and columns before its first ones that taps read.
    int top;

    int left;

    /// The number of taps of all earlier residues; one more element for the total.
    int[] tapsBefore = {};

    /// By tap, sorted by residue: its index in the window, and its place in the padded source.
    int[] tap = {};

    int[] tapRow = {};
    int[] tapColumn = {};

    int reachDown; // of a tap: the largest row and column
    int reachAcross;

    int paddedWidth;
    int bandRows; // rows of a residue of the result in a band
    int bands;
    int rowsHeld; // rows of the padded source for a band

    /// Whether the source is read in place: windows of one pixel, without strides and padding.
    boolean inPlace;

    int panelBlocks;

    /// By residue: the neighboring taps of a row that a tile takes together, its rows, and the tile.
    int[] across = {};

    int[] height = {};
    BlockTile[] tile = {};

    /// The distance in w between neighboring channels of the result, and of the source.
    int outStep;

    int inStep;

    /// An estimate of the most floats of the padded source of a band.
    /// @param weights their shape
    /// @param from the shape of a row of the source
    /// @param to the shape of a row of the result
    static long bandFloats(Shape weights, Shape from, Shape to) {
        int rows = CpuConvolutions.height(to);
        int step = Math.ceilDiv(CpuConvolutions.height(from), rows);
        int kernelHeight = weights.rank() < 4 ? 1 : weights.extent(2);
        long held = (Math.min(rows, LEAST_ROWS) - 1) * (long) step + kernelHeight;
        long width = CpuConvolutions.width(from) + weights.extent(weights.rank() - 1) - 1L;
        long channels = from.size() / CpuConvolutions.height(from) / CpuConvolutions.width(from);
        return Math.max(BAND, channels * held * width);
    }

    /// Prepares y of a convolution, or x.
    /// @param back whether the result is x, in blocks as y is
    void set(Convolution p, boolean back, int threads) {
        source = back ? p.y : p.x;
        sourceAt = back ? p.yAt : p.xAt;
        sourceChannels = back ? p.outputs : p.inputs;
        sourceHeight = back ? p.outHeight : p.height;
        sourceWidth = back ? p.outWidth : p.width;
        sourceBlocked = back ? p.yBlocked : p.xBlocked;
        result = back ? p.x : p.y;
        resultAt = back ? p.xAt : p.yAt;
        channels = back ? p.inputs : p.outputs;
        resultChannels = Math.ceilDiv(channels, B) * B;
        resultHeight = back ? p.height : p.outHeight;
        resultWidth = back ? p.width : p.outWidth;
        stepDown = back ? 1 : p.strideHeight;
        stepAcross = back ? 1 : p.strideWidth;
        outDown = back ? p.strideHeight : 1;
        outAcross = back ? p.strideWidth : 1;
        int taps = p.kernelHeight * p.kernelWidth;
        outStep = back ? taps : p.inputs * taps;
        inStep = back ? p.inputs * taps : taps;
        bias = p.bias;
        biasAt = p.biasAt;
        if (bias.length > 0 && resultChannels > channels) {
            padded = Workspace.atLeast(padded, resultChannels);
            System.arraycopy(bias, biasAt, padded, 0, channels);
            bias = padded;
            biasAt = 0;
        }
        begin(taps, residues());
        if (back) tapsBackwards(p);
        else taps(p);
        inPlace = taps == 1
                && p.strideHeight == 1
                && p.strideWidth == 1
                && p.top == 0
                && p.left == 0
                && resultHeight == sourceHeight
                && resultWidth == sourceWidth;
        divide(p.images, threads);
    }

    private void taps(Convolution p) {
        top = p.top;
        left = p.left;
        int taps = p.kernelHeight * p.kernelWidth;
        for (int k = 0; k < taps; k++) {
            add(k, k, k / p.kernelWidth * p.dilationHeight, k % p.kernelWidth * p.dilationWidth);
        }
        tapsBefore[1] = taps;
    }

    private void tapsBackwards(Convolution p) {
        top = Math.max(0, Math.ceilDiv((p.kernelHeight - 1) * p.dilationHeight - p.top, p.strideHeight));
        left = Math.max(0, Math.ceilDiv((p.kernelWidth - 1) * p.dilationWidth - p.left, p.strideWidth));
        int n = 0;
        for (int residue = 0; residue < residues(); residue++) {
            for (int k = p.kernelHeight * p.kernelWidth - 1; k >= 0; k--) { // so the pixels of y are read in order
                int down = residue / outAcross + p.top - k / p.kernelWidth * p.dilationHeight;
                int across = residue % outAcross + p.left - k % p.kernelWidth * p.dilationWidth;
                if (Math.floorMod(down, outDown) != 0 || Math.floorMod(across, outAcross) != 0) continue;
                add(n++, k, Math.floorDiv(down, outDown) + top, Math.floorDiv(across, outAcross) + left);
            }
            tapsBefore[residue + 1] = n;
        }
    }

    private void begin(int taps, int residues) {
        tap = Workspace.atLeast(tap, taps);
        tapRow = Workspace.atLeast(tapRow, taps);
        tapColumn = Workspace.atLeast(tapColumn, taps);
        tapsBefore = Workspace.atLeast(tapsBefore, residues + 1);
        tapsBefore[0] = 0;
        reachDown = 0;
        reachAcross = 0;
    }

    private void add(int n, int k, int row, int column) {
        tap[n] = k;
        tapRow[n] = row;
        tapColumn[n] = column;
        reachDown = Math.max(reachDown, row);
        reachAcross = Math.max(reachAcross, column);
    }

    /// Divides the result into bands, panels and tiles.
    private void divide(int images, int threads) {
        int columns = Math.ceilDiv(resultWidth, outAcross);
        int rows = Math.ceilDiv(resultHeight, outDown);
        paddedWidth = (columns - 1) * stepAcross + reachAcross + 1;
        int row = Math.max(1, sourceChannels * paddedWidth * stepDown);
        int most = Math.max(1, (BAND - sourceChannels * paddedWidth * reachDown) / row);
        int wanted = Math.ceilDiv(threads, Math.max(1, images)); // bands of an image, so that all threads have some
        boolean panels = weightSize() > rows * row && resultChannels / B >= MANY * wanted;
        if (inPlace && panels) wanted = 1; // threads divide the weights
        bandRows =
                Math.clamp(Math.ceilDiv(rows, wanted), Math.min(rows, 2), Math.max(most, Math.min(rows, LEAST_ROWS)));
        bands = Math.ceilDiv(rows, bandRows);
        bandRows = Math.ceilDiv(rows, bands); // of about equal size
        bands = Math.ceilDiv(rows, bandRows);
        rowsHeld = (bandRows - 1) * stepDown + reachDown + 1;
        int residues = residues();
        if (tile.length < residues) tile = new BlockTile[residues];
        across = Workspace.atLeast(across, residues);
        height = Workspace.atLeast(height, residues);
        int blocks = resultChannels / B;
        int run = Math.max(1, inPlace ? rows * columns : resultWidth / outAcross); // neighboring pixels
        int shortest = inPlace ? Math.max(1, (rows - (bands - 1) * bandRows) * columns) : run; // of a band
        int widest = widest();
        int taps = columns(widest);
        int step = columnStep(widest);
        // panels do not depend on bands, as kept weights are in their order
        boolean together = worthwhile(blocks, run, taps, step);
        panelBlocks = together ? Panels.blocks(blocks, run, taps, stepAcross, step) : alone(blocks, run);
        int pixel = sourceBlocked ? B : 1;
        for (int residue = 0; residue < residues; residue++) {
            taps = together ? columns(residue) : 1;
            step = columnStep(residue);
            across[residue] = taps;
            height[residue] = Panels.height(shortest, panelBlocks, taps, stepAcross, step);
            boolean channels = sourceBlocked && count(residue) == 1;
            tile[residue] =
                    Tiles.ofPanels(height[residue], panelBlocks, stepAcross * pixel, taps, step * pixel, channels);
        }
    }

    /// Whether a tile should take columns of the window together: not if that saves little, as a tile with more
    /// loads has fewer rows.
    private boolean worthwhile(int blocks, int rows, int taps, int step) {
        double joined = Panels.cost(rows, Panels.blocks(blocks, rows, taps, stepAcross, step), taps, stepAcross, step);
        return joined < 0.75 * Panels.cost(rows, alone(blocks, rows), 1, 1, 1);
    }

    private static int alone(int blocks, int rows) {
        return Panels.blocks(blocks, rows, 1, 1, 1);
    }

    /// The residue with the most taps.
    private int widest() {
        int best = 0;
        for (int residue = 1; residue < residues(); residue++) {
            if (count(residue) > count(best)) best = residue;
        }
        return best;
    }

    int count(int residue) {
        return tapsBefore[residue + 1] - tapsBefore[residue];
    }

    /// The columns of the window that a residue reads.
    private int columns(int residue) {
        int first = tapsBefore[residue];
        int n = 1;
        while (n < count(residue) && tapRow[first + n] == tapRow[first]) n++;
        return n;
    }

    /// The distance between these columns, the same for all of them.
    private int columnStep(int residue) {
        int first = tapsBefore[residue];
        return columns(residue) == 1 ? 1 : tapColumn[first + 1] - tapColumn[first];
    }

    int residues() {
        return outDown * outAcross;
    }

    int rowsOf(int residue) {
        return Math.max(0, Math.ceilDiv(resultHeight - residue / outAcross, outDown));
    }

    int columnsOf(int residue) {
        return Math.max(0, Math.ceilDiv(resultWidth - residue % outAcross, outAcross));
    }

    int taps() {
        return tapsBefore[residues()];
    }

    int panelCount() {
        return resultChannels / B / panelBlocks;
    }

    int weightSize() {
        return Math.multiplyExact(Math.multiplyExact(sourceChannels, taps()), resultChannels);
    }

    /// Packs the weights of a panel: by residue, source channel and tap, each for the channels of the panel.
    void pack(Convolution p, int panel) {
        int wide = panelBlocks * B;
        int real = Math.min(wide, channels - panel * wide);
        int o = Workspace.START + panel * wide * sourceChannels * taps();
        int first = p.wAt + panel * wide * outStep;
        float[] w = p.w;
        for (int residue = 0; residue < residues(); residue++) {
            for (int c = 0; c < sourceChannels; c++) {
                for (int k = tapsBefore[residue]; k < tapsBefore[residue + 1]; k++) {
                    int from = first + c * inStep + tap[k];
                    for (int i = 0; i < wide; i++) p.packed[o + i] = i < real ? w[from + i * outStep] : 0;
                    o += wide;
                }
            }
        }
    }

    /// The index where the weights of a panel for a residue begin.
    int panelAt(int panel, int residue) {
        int wide = panelBlocks * B;
        return Workspace.START + wide * sourceChannels * (panel * taps() + tapsBefore[residue]);
    }

    void clear() {
        source = Convolution.NONE;
        result = Convolution.NONE;
        bias = Convolution.NONE;
    }
}
