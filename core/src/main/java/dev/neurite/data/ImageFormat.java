package dev.neurite.data;

import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;

/// How an image becomes the input of a network: its pixels divided by 255.
/// @param shape `[1 × height × width]` for gray images, `[3 × height × width]` for color
public record ImageFormat(Shape shape) implements RowOrigin {
    /// @throws ShapeException for another shape
    public ImageFormat {
        if (!isOne(shape)) {
            throw new ShapeException("images", "expects [1×height×width] or [3×height×width], got " + shape);
        }
    }

    /// Whether a shape is one of gray or color images.
    public static boolean isOne(Shape shape) {
        return shape.rank() == 3 && shape.isKnown() && (shape.extent(0) == 1 || shape.extent(0) == 3);
    }

    /// The numbers of an image, from 0 to 1, in the order of [#shape()].
    /// @throws DataException for an image of another size
    public float[] numbers(Pixels image) {
        if (!image.shape().equals(shape)) {
            throw new DataException("image", "expects " + shape + ", got " + image.shape());
        }
        float[] numbers = new float[shape.size()];
        for (int i = 0; i < numbers.length; i++) numbers[i] = image.value(i) / 255f;
        return numbers;
    }
}
