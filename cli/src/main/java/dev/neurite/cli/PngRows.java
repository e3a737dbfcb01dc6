package dev.neurite.cli;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Reads a PNG image as one row, values from 0 (black) to 1.
///
/// For a model of one channel, gray is taken as it is and color as 0.299 R + 0.587 G + 0.114 B (ITU-R
/// BT.601); for three channels, gray stands for each. Transparent pixels count as black.
final class PngRows {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private PngRows() {}

    static boolean isPng(byte[] start) {
        return java.util.Arrays.equals(start, SIGNATURE);
    }

    /// @param shape what the model takes, `[channels × height × width]`
    /// @throws DataException if this is no PNG image of that size
    static InputRows read(Path path, Shape shape) {
        String where = path.toString();
        if (shape.rank() != 3 || (shape.extent(0) != 1 && shape.extent(0) != 3)) {
            throw new DataException(
                    where, "expects a model of images [1×height×width] or [3×height×width], got one of " + shape);
        }
        BufferedImage image = image(path, shape);
        int height = shape.extent(1);
        int width = shape.extent(2);
        float[] values = new float[shape.size()];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float[] rgb = rgb(image, x, y);
                int at = y * width + x;
                if (shape.extent(0) == 1) {
                    values[at] = rgb[0] == rgb[1] && rgb[1] == rgb[2]
                            ? rgb[0]
                            : 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
                } else {
                    for (int c = 0; c < 3; c++) values[c * height * width + at] = rgb[c];
                }
            }
        }
        return new InputRows.Floats(new float[][] {values}, shape);
    }

    private static BufferedImage image(Path path, Shape shape) {
        String where = path.toString();
        try (ImageInputStream in = ImageIO.createImageInputStream(path.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
            if (in == null || !readers.hasNext()) throw new DataException(where, "cannot be read as an image");
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                int height = reader.getHeight(0);
                int width = reader.getWidth(0); // both from the header: no pixel has been read
                if (height != shape.extent(1) || width != shape.extent(2)) {
                    throw new DataException(
                            where,
                            "expects an image " + shape + " for this model, got one of height " + height + " and width "
                                    + width,
                            "Scale it to " + shape.extent(2) + "×" + shape.extent(1) + " pixels");
                }
                return reader.read(0);
            } finally {
                reader.dispose();
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException | IllegalStateException e) {
            throw new DataException(where, "expects an undamaged PNG image, got an error: " + e.getMessage());
        }
    }

    private static float[] rgb(BufferedImage image, int x, int y) {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if (bands <= 2 && !(image.getColorModel() instanceof IndexColorModel)) {
            // getRGB would take gray for linear light and change it.
            float gray = sample(raster, x, y, 0) * (bands == 2 ? sample(raster, x, y, 1) : 1);
            return new float[] {gray, gray, gray};
        }
        int argb = image.getRGB(x, y);
        float alpha = (argb >>> 24) / 255f;
        return new float[] {
            alpha * (argb >> 16 & 0xff) / 255f, alpha * (argb >> 8 & 0xff) / 255f, alpha * (argb & 0xff) / 255f
        };
    }

    private static float sample(Raster raster, int x, int y, int band) {
        int bits = raster.getSampleModel().getSampleSize(band);
        return (float) (raster.getSample(x, y, band) / (double) ((1 << bits) - 1));
    }
}
