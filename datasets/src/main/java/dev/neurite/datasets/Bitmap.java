package dev.neurite.datasets;

import dev.neurite.data.image.JpegMarkers;
import dev.neurite.data.image.PixelLines;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/// The pixels of a decoded image.
///
/// Transparent pixels are black; 16 bits are rounded to 8, and palettes are resolved.
record Bitmap(BufferedImage image) implements PixelLines {
    @Override
    public int height() {
        return image.getHeight();
    }

    @Override
    public int width() {
        return image.getWidth();
    }

    @Override
    public void read(int y, int channels, float[] line) {
        if (isGray()) readGray(y, channels, line);
        else readColors(y, channels, line);
    }

    /// Whether the samples are shades of gray, which getRGB would convert as linear light.
    private boolean isGray() {
        ColorModel model = image.getColorModel();
        int type = image.getRaster().getTransferType();
        return !(model instanceof IndexColorModel)
                && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !model.isAlphaPremultiplied()
                && (type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT);
    }

    private void readGray(int y, int channels, float[] line) {
        int w = width();
        Raster raster = image.getRaster();
        boolean transparent = raster.getNumBands() == 2;
        int[] gray = samples(y, 0);
        int[] alpha = transparent ? samples(y, 1) : new int[0];
        int most = mostGray();
        for (int x = 0; x < w; x++) {
            double value = 255.0 * gray[x] / most;
            if (transparent) value *= (double) alpha[x] / most;
            for (int c = 0; c < channels; c++) line[c * w + x] = (float) value;
        }
    }

    private int[] samples(int y, int band) {
        return image.getRaster().getSamples(0, y, width(), 1, band, new int[width()]);
    }

    /// The sample that is white.
    private int mostGray() {
        return (1 << image.getRaster().getSampleModel().getSampleSize(0)) - 1;
    }

    /// The image to look at: its getRGB gives shades of gray as they are stored.
    BufferedImage shown() {
        if (!isGray()) return image;
        int w = width();
        boolean transparent = image.getRaster().getNumBands() == 2;
        int most = mostGray();
        var shown = new BufferedImage(w, height(), BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height(); y++) {
            int[] gray = samples(y, 0);
            int[] alpha = transparent ? samples(y, 1) : new int[0];
            for (int x = 0; x < w; x++) {
                int opaque = transparent ? rounded(255.0 * alpha[x] / most) : 255;
                shown.setRGB(x, y, opaque << 24 | 0x010101 * rounded(255.0 * gray[x] / most));
            }
        }
        return shown;
    }

    private void readColors(int y, int channels, float[] line) {
        int w = width();
        int[] colors = image.getRGB(0, y, w, 1, new int[w], 0, w);
        for (int x = 0; x < w; x++) {
            int argb = colors[x];
            float alpha = (argb >>> 24) / 255f;
            int r = argb >> 16 & 0xff;
            int g = argb >> 8 & 0xff;
            int b = argb & 0xff;
            if (channels == 1) {
                line[x] = alpha * (r == g && g == b ? r : 0.299f * r + 0.587f * g + 0.114f * b);
            } else {
                line[x] = alpha * r;
                line[w + x] = alpha * g;
                line[2 * w + x] = alpha * b;
            }
        }
    }

    /// The image as it is to be looked at.
    Bitmap upright(JpegMarkers markers) {
        if (markers.orientation() == 1) return this;
        int w = width();
        int h = height();
        Raster from = image.getRaster();
        WritableRaster to = from.createCompatibleWritableRaster(markers.isTurned() ? h : w, markers.isTurned() ? w : h);
        Object pixel = from.getDataElements(0, 0, null);
        for (int y = 0; y < to.getHeight(); y++) {
            for (int x = 0; x < to.getWidth(); x++) {
                to.setDataElements(x, y, from.getDataElements(markers.column(x, y, w), markers.line(x, y, h), pixel));
            }
        }
        ColorModel model = image.getColorModel();
        return new Bitmap(new BufferedImage(model, to, model.isAlphaPremultiplied(), null));
    }

    /// The colors of inks, as Pillow has them: each of red, green and blue is what cyan, magenta or yellow leave of it,
    /// times what black leaves.
    /// @param inks four bytes a pixel: CMYK or YCCK
    /// @param transform Adobe's: 2 for YCCK
    static Bitmap ofInks(Raster inks, int transform) {
        var image = new BufferedImage(inks.getWidth(), inks.getHeight(), BufferedImage.TYPE_INT_RGB);
        int[] line = new int[4 * inks.getWidth()];
        for (int y = 0; y < inks.getHeight(); y++) {
            inks.getPixels(0, y, inks.getWidth(), 1, line);
            for (int x = 0; x < inks.getWidth(); x++) image.setRGB(x, y, color(line, 4 * x, transform));
        }
        return new Bitmap(image);
    }

    /// Photoshop, and all after it, store what an ink leaves of the light, not how much ink there is.
    private static int color(int[] inks, int at, int transform) {
        int[] left = {inks[at], inks[at + 1], inks[at + 2], inks[at + 3]};
        if (transform == 2) {
            double light = inks[at];
            double blue = inks[at + 1] - 128.0;
            double red = inks[at + 2] - 128.0;
            left[0] = 255 - rounded(light + 1.402 * red);
            left[1] = 255 - rounded(light - 0.344136 * blue - 0.714136 * red);
            left[2] = 255 - rounded(light + 1.772 * blue);
        }
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
            rgb = rgb << 8 | rounded(left[c] * left[3] / 255.0);
        }
        return rgb;
    }

    private static int rounded(double value) {
        return Math.clamp(Math.round(value), 0, 255);
    }
}
