package dev.neurite.data.image;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;

/// An image in memory: a number from 0 to 255 for each channel of each pixel. Immutable.
/// `dev.neurite.datasets.ImageFile` reads images from files, streams and a `BufferedImage`.
public final class Pixels implements PixelLines {
    private final Shape shape;
    private final byte[] values;

    private Pixels(Shape shape, byte[] values) {
        this.shape = shape;
        this.values = values;
    }

    /// An image.
    /// @param shape `[1 × height × width]` for gray, `[3 × height × width]` for color
    /// @param values as many as the shape says, row-major, unsigned; not copied
    /// @throws DataException for another shape, or another number of values
    public static Pixels of(Shape shape, byte[] values) {
        boolean image = shape.rank() == 3 && shape.isKnown() && (shape.extent(0) == 1 || shape.extent(0) == 3);
        if (!image || shape.size() != values.length || values.length == 0) {
            throw new DataException(
                    "image",
                    "expects [1×height×width] or [3×height×width] with a byte each, got " + shape + " and "
                            + values.length + " bytes");
        }
        return new Pixels(shape, values);
    }

    @Override
    public int height() {
        return shape.extent(1);
    }

    @Override
    public int width() {
        return shape.extent(2);
    }

    @Override
    public void read(int y, int channels, float[] line) {
        for (int x = 0; x < width(); x++) {
            if (channels == shape.extent(0)) {
                for (int c = 0; c < channels; c++) line[c * width() + x] = value(c, y, x);
            } else if (channels == 1) {
                int r = value(0, y, x);
                int g = value(1, y, x);
                int b = value(2, y, x);
                line[x] = r == g && g == b ? r : 0.299f * r + 0.587f * g + 0.114f * b;
            } else {
                for (int c = 0; c < channels; c++) line[c * width() + x] = value(0, y, x);
            }
        }
    }

    private int value(int channel, int y, int x) {
        return values[(channel * height() + y) * width() + x] & 0xff;
    }
}
