package dev.neurite.kernel.cpu.conv;

import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;

/// A 3×3 convolution with stride 1 in Winograd tiles of 4×4 outputs: Winograd's F(4×4, 3×3), with
/// 36 multiplications instead of 144 (A. Lavin and S. Gray, "Fast algorithms for convolutional
/// neural networks", 2015). It serves both the forward pass and the input gradient: planes `from`
/// are the input, planes `to` the output.
///
/// | matrix | for | size |
/// |---|---|---|
/// | u = G·g·Gᵀ | each pair of channels: the weights g, 3×3 | 6×6 |
/// | v = Bᵀ·d·B | each tile of each input channel: its pixels d, which overlap those of the next tile by two | 6×6 |
/// | m = Σ u·v | each tile of each output channel: at each of the 36 positions, the sum over input channels | 6×6 |
/// | Aᵀ·m·A | the same: its outputs | 4×4 |
///
/// The gradient of the weights is Gᵀ·(Σ (A·dy·Aᵀ) ∘ v)·G, with a sum over tiles. All these are one-dimensional
/// transforms, first of the columns, then of the rows:
///
/// ```
///      ⎡ 1/n₀     0       0   ⎤         ⎡ p²q²    0   -p²-q²   0     1   0 ⎤
///      ⎢ 1/n₁   p/n₁   p²/n₁  ⎥         ⎢  0    -pq²   -q²     p     1   0 ⎥         ⎡ 1   1   1   1   1   0 ⎤
///  G = ⎢ 1/n₁  -p/n₁   p²/n₁  ⎥    Bᵀ = ⎢  0     pq²   -q²    -p     1   0 ⎥    Aᵀ = ⎢ 0   p  -p   q  -q   0 ⎥
///      ⎢ 1/n₂   q/n₂   q²/n₂  ⎥         ⎢  0    -p²q   -p²     q     1   0 ⎥         ⎢ 0   p²  p²  q²  q²  0 ⎥
///      ⎢ 1/n₂  -q/n₂   q²/n₂  ⎥         ⎢  0     p²q   -p²    -q     1   0 ⎥         ⎣ 0   p³ -p³  q³ -q³  1 ⎦
///      ⎣  0       0       1   ⎦         ⎣  0    p²q²    0   -p²-q²   0   1 ⎦
///
///  n₀ = p²q²,   n₁ = 2p²(p² - q²),   n₂ = 2q²(q² - p²)
/// ```
///
/// They multiply polynomials by their values at 0, ±p, ±q and ∞. The points decide how far roundings are
/// magnified (B. Barabasz, A. Anderson, K. M. Soodhalter and D. Gregg, "Error analysis and improving the accuracy of
/// Winograd convolution for deep neural networks", 2020). Root mean square errors against sums in double, in those of
/// a plain sum in float, for normal pixels and weights:
///
/// | channels | ±⅝, ±3/2 | ¾ for ⅝ | ½ for ⅝ | 5/4 for 3/2 | 1, -1, ½, -2 | ±1, ±2 | tiles of 2×2 |
/// |---|---|---|---|---|---|---|---|
/// | 32 | 1.85 | 1.97 | 2.31 | 2.18 | 2.72 | 4.0 | 0.63 |
/// | 128 | 1.67 | 1.80 | 2.06 | 1.94 | 2.39 | 3.7 | 0.58 |
/// | 512 | 1.62 | 1.76 | 1.99 | 1.85 | 2.33 | 3.6 | 0.56 |
///
/// Powers and sums of ⅝ and 3/2 are exact in float.
final class Winograd {
    /// The outputs of a tile are this many rows and columns.
    static final int OUT = 4;

    /// The pixels of a tile, and u, v and m, are this many rows and columns.
    static final int SIZE = OUT + 2;

    /// The number of elements of u, v and m of a tile.
    static final int POSITIONS = SIZE * SIZE;

    // The points, and their powers, which are exact.
    static final float P = 0.625f;
    static final float Q = 1.5f;
    static final float P2 = P * P;
    static final float Q2 = Q * Q;
    static final float P3 = P * P * P;
    static final float Q3 = Q * Q * Q;

    // The factors of G.
    static final float N0 = (float) (1.0 / (P2 * Q2));
    static final float N1 = (float) (1.0 / (2 * P2 * (P2 - Q2)));
    static final float N2 = (float) (1.0 / (2 * Q2 * (Q2 - P2)));

    /// With fewer input or output channels, the transforms take longer than the multiplications saved.
    private static final int LEAST_CHANNELS = 32;

    private static final int MOST_WEIGHTS = Integer.MAX_VALUE - 1024; // floats of u: an array has no more

    private static final int BLOCK = 200_000; // floats of v and m that stay in the L2 cache
    private static final int LEAST_TILES = 48; // so that u is read rarely
    static final int MOST_TILES = 96;

    int images;
    int ins;
    int outs;
    int height;
    int width;
    int outHeight;
    int outWidth;
    int top;
    int left;

    float[] from = Convolution.NONE;
    int fromAt;
    float[] to = Convolution.NONE;
    int toAt;

    float[] w = Convolution.NONE;
    int wAt;

    /// The distances in w between input channels, and between output channels.
    int inStep;

    int outStep;

    /// Whether the weights of a window are read from the last to the first.
    boolean backwards;

    int tileRows;
    int tileColumns;

    /// The number of blocks of images; blocks of large images are divided into bands of rows of tiles.
    int blocks;

    int rowsAtOnce;

    /// Whether Winograd tiles are used. This depends on the shapes of one row only, so bits do not
    /// depend on the batch.
    /// @param back whether the result is x instead of y
    static boolean suits(Convolution p, boolean back) {
        boolean window = p.kernelHeight == 3
                && p.kernelWidth == 3
                && p.strideHeight == 1
                && p.strideWidth == 1
                && p.dilationHeight == 1
                && p.dilationWidth == 1
                && p.top <= 2
                && p.left <= 2;
        int rows = back ? p.height : p.outHeight;
        int columns = back ? p.width : p.outWidth;
        long tiles = (long) Math.ceilDiv(rows, OUT) * Math.ceilDiv(columns, OUT);
        boolean saves = POSITIONS * tiles < 6L * rows * columns; // saves a third of the 9 per output, or more
        return !p.direct && window && saves && p.groups == 1 && suits(p.inputs, p.outputs);
    }

    private static boolean suits(int inputs, int outputs) {
        boolean blocks = inputs % Layout.BLOCK == 0 && outputs % Layout.BLOCK == 0;
        boolean fits = (long) POSITIONS * inputs * outputs <= MOST_WEIGHTS;
        return blocks && fits && Math.min(inputs, outputs) >= LEAST_CHANNELS;
    }

    /// The floats of u for weights of this shape; 0 if their window or channels exclude Winograd
    /// tiles.
    static long weightFloats(Shape shape) {
        boolean suits = shape.rank() == 4
                && shape.extent(2) == 3
                && shape.extent(3) == 3
                && suits(shape.extent(1), shape.extent(0));
        return suits ? (long) POSITIONS * shape.extent(0) * shape.extent(1) : 0;
    }

    /// An estimate of the floats of v, m and padded pixels of a thread.
    /// @param planes the shape of a row of the result
    static long blockFloats(Shape weights, Shape planes) {
        return floats(weights, planes, tiles(weights.extent(0) + weights.extent(1)));
    }

    /// An estimate of the floats of v, m and padded pixels of a thread, for the gradient of the weights.
    /// @param planes the shape of a row of the output
    static long gradientFloats(Shape weights, Shape planes) {
        return floats(weights, planes, MOST_TILES);
    }

    /// @param most the tiles of all images of a block, if an image has no more by itself
    private static long floats(Shape weights, Shape planes, int most) {
        int channels = weights.extent(0) + weights.extent(1);
        int rows = Math.ceilDiv(CpuConvolutions.height(planes), OUT);
        int columns = Math.ceilDiv(CpuConvolutions.width(planes), OUT);
        int rowsAtOnce = rowsAtOnce(rows, columns, tiles(channels));
        long tiles = (long) rowsAtOnce * columns * Math.max(1, most / (rows * columns));
        return (long) POSITIONS * channels * tiles + paddedFloats(rowsAtOnce, columns);
    }

    /// The floats of a band of a block of channels with the padding around it, and of what is made of one of its rows.
    static int paddedFloats(int rowsAtOnce, int tileColumns) {
        return (OUT * rowsAtOnce + 2 + SIZE + 1) * (OUT * tileColumns + 2) * Layout.BLOCK;
    }

    private static int tiles(int channels) {
        return Math.clamp(BLOCK / (POSITIONS * channels), LEAST_TILES, MOST_TILES);
    }

    /// The rows of tiles of a band. A band has a whole row at the least, also where that is more than `most` tiles.
    private static int rowsAtOnce(int tileRows, int tileColumns, int most) {
        int area = tileRows * tileColumns;
        int band = Math.max(Math.ceilDiv(LEAST_TILES, tileColumns), most / tileColumns);
        int bands = area <= most + most / 2 ? 1 : Math.ceilDiv(tileRows, band);
        return Math.ceilDiv(tileRows, bands); // bands of about equal size
    }

    /// Sets everything. The weights u are [Convolution#packed].
    /// @param back whether the result is x instead of y
    void set(Convolution p, boolean back, int threads) {
        images = p.images;
        ins = back ? p.outputs : p.inputs;
        outs = back ? p.inputs : p.outputs;
        height = back ? p.outHeight : p.height;
        width = back ? p.outWidth : p.width;
        outHeight = back ? p.height : p.outHeight;
        outWidth = back ? p.width : p.outWidth;
        top = back ? 2 - p.top : p.top;
        left = back ? 2 - p.left : p.left;
        from = back ? p.y : p.x;
        fromAt = back ? p.yAt : p.xAt;
        to = back ? p.x : p.y;
        toAt = back ? p.xAt : p.yAt;
        w = p.w;
        wAt = p.wAt;
        inStep = back ? p.inputs * 9 : 9;
        outStep = back ? 9 : p.inputs * 9;
        backwards = back;
        tileRows = Math.ceilDiv(outHeight, OUT);
        tileColumns = Math.ceilDiv(outWidth, OUT);
        int most = tiles(ins + outs);
        int area = tileRows * tileColumns;
        int ofThread = Math.ceilDiv(images, threads); // images per thread
        blocks = Math.min(images, threads * Math.ceilDiv(ofThread, Math.clamp(most / area, 1, Math.max(1, ofThread))));
        rowsAtOnce = rowsAtOnce(tileRows, tileColumns, most);
    }

    /// The number of bands of rows of tiles of an image.
    int bands() {
        return Math.ceilDiv(tileRows, rowsAtOnce);
    }

    int weightSize() {
        return POSITIONS * ins * outs;
    }

    /// The number of images of the largest block.
    int imagesAtOnce() {
        return Math.ceilDiv(images, Math.max(1, blocks));
    }

    /// The first image of a block; the block ends before the first image of the next one.
    int firstImage(int block) {
        return (int) ((long) images * block / blocks);
    }

    /// The index where an input plane begins.
    int input(int image, int channel) {
        return fromAt + (image * ins + channel) * height * width;
    }

    /// The index where an output plane begins.
    int output(int image, int channel) {
        return toAt + (image * outs + channel) * outHeight * outWidth;
    }

    /// Releases all references except its own workspace.
    void clear() {
        from = Convolution.NONE;
        to = Convolution.NONE;
        w = Convolution.NONE;
    }
}
