package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;

/// An image: a number from 0 to 255 for each channel of each pixel. Immutable. `dev.neurite.datasets.ImageFile` reads
/// one from a file, a stream or a `BufferedImage`.
public final class Pixels {
    private final Shape shape;
    private final byte[] values;

    private Pixels(Shape shape, byte[] values) {
        this.shape = shape;
        this.values = values;
    }

    /// An image.
    /// @param shape `[channels × height × width]`
    /// @param values as many as the shape says, row-major, unsigned; not copied
    /// @throws DataException for another number of values
    public static Pixels of(Shape shape, byte[] values) {
        if (shape.rank() != 3 || !shape.isKnown() || shape.size() != values.length) {
            throw new DataException(
                    "image",
                    "expects [channels×height×width] with a byte each, got " + shape + " and " + values.length);
        }
        return new Pixels(shape, values);
    }

    /// `[channels × height × width]`.
    public Shape shape() {
        return shape;
    }

    /// A number by its place in the row-major order of [#shape()], from 0 to 255.
    public int value(int index) {
        return values[index] & 0xff;
    }
}
