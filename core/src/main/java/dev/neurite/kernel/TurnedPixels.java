package dev.neurite.kernel;

import java.util.Arrays;

/// The gradient of a convolution's result with the channels of a pixel side by side, and its products with the pixels
/// in [Copies]: the gradient of the weights, for [VectorConvolution].
final class TurnedPixels {
    private float[] pixels = {};
    private int[] pixelAt = {};
    private int[] counts = {}; // of the pixels of each band
    private int width;
    private int channels;
    private int floats;
    private final float[] zeros = new float[PlaneTiles.COLUMNS];

    /// Makes room for bands of so many pixels.
    void layOut(int most, int ofChannels) {
        channels = ofChannels;
        width = VectorConvolution.padded(ofChannels);
        floats = most * width;
        pixelAt = VectorConvolution.atLeast(pixelAt, most);
        for (int i = 0; i < most; i++) pixelAt[i] = i * width;
    }

    /// Makes room for so many bands at once.
    void hold(int bands) {
        pixels = VectorConvolution.atLeast(pixels, bands * floats);
        counts = VectorConvolution.atLeast(counts, bands);
    }

    /// The floats of a band.
    int floats() {
        return floats;
    }

    /// Turns rows `row` to `row + rows`; channels that are missing are zeros.
    /// @param band which of the bands that are there at once
    void turn(Convolution p, int image, int first, int row, int rows, int band) {
        int count = rows * p.outWidth;
        int to = band * floats;
        counts[band] = count;
        if (channels < width) Arrays.fill(pixels, to, to + count * width, 0);
        int from = p.output(image, first) + row * p.outWidth;
        Gemm.turn(p.y, from, p.outArea(), channels, count, pixels, to, width);
    }

    /// result[taps × channels] += x·dyᵀ over the pixels of so many bands, in order.
    /// @param fresh whether the sums start from 0 instead
    void addOuter(Copies copies, int taps, int bands, float[] result, int at, int step, boolean fresh) {
        int w;
        for (int j = 0; j < width; j += w) {
            w = width - j >= PlaneTiles.COLUMNS ? PlaneTiles.COLUMNS : PlaneTiles.NARROW;
            int h;
            for (int i = 0; i < taps; i += h) {
                h = PlaneTiles.height(taps - i);
                int to = at + i * step + j;
                for (int band = 0; band < bands; band++) {
                    boolean zero = fresh && band == 0;
                    PlaneTiles.compute(
                            h,
                            w,
                            counts[band],
                            copies.planes,
                            copies.kAt,
                            i,
                            band * copies.bandFloats(),
                            pixels,
                            band * floats + j,
                            pixelAt,
                            zero ? zeros : result,
                            zero ? 0 : to,
                            zero ? 0 : step,
                            result,
                            to,
                            step);
                }
            }
        }
    }
}
