package dev.neurite.spark.frame;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/// Reads the inputs of a network from a column of features, as 32-bit floats:
///
/// | column | inputs |
/// |---|---|
/// | vector, dense or sparse | its numbers; zeros where a sparse vector has none |
/// | array of numbers | its numbers |
/// | image, as of `spark.read().format("image")` | its pixels: `[channels × height × width]` |
///
/// Pixels from 0 to 255 are divided by 255. Spark stores blue, green, red for each pixel; the inputs are a plane
/// of red, one of green, one of blue, and one of alpha if there are 4 channels. A gray image has one plane.
/// @param extents the shape of a row's inputs
public record Features(List<Integer> extents) implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int GRAY = 0; // CV_8UC1
    private static final int COLOR = 16; // CV_8UC3
    private static final int COLOR_AND_ALPHA = 24; // CV_8UC4

    public Features {
        extents = List.copyOf(extents);
    }

    /// Reads inputs of this shape.
    public static Features of(Shape shape) {
        return new Features(shape.extents());
    }

    /// The shape of the inputs in a value of the column: `[n]`, or `[channels × height × width]`.
    /// @param where the row, for messages
    /// @throws DataException for null, or an image that cannot be read
    public static Shape shape(@Nullable Object value, String where) {
        return switch (value) {
            case Vector vector -> Shape.of(vector.size());
            case scala.collection.Seq<?> seq -> Shape.of(seq.size());
            case Row image -> imageShape(image, where);
            case null, default -> throw unreadable(value, where);
        };
    }

    /// The shape of a row's inputs.
    public Shape shape() {
        return Shape.of(extents.stream().mapToInt(each -> each).toArray());
    }

    /// The number of inputs of a row.
    public int width() {
        int product = 1;
        for (int each : extents) product *= each;
        return product;
    }

    /// The inputs.
    /// @param value a value of the column
    /// @param where the row, for messages
    /// @throws DataException for null, another number of values, an image of another size, or a value that is not
    /// finite as a 32-bit float
    public float[] read(@Nullable Object value, String where) {
        float[] values = switch (value) {
            case SparseVector vector -> sparse(vector, where);
            case Vector vector -> floats(vector.toArray());
            case scala.collection.Seq<?> seq -> numbers(seq, where);
            case Row image -> pixels(image, where);
            case null, default -> throw unreadable(value, where);
        };
        requireWidth(values.length, where);
        for (int i = 0; i < values.length; i++) {
            if (Float.isFinite(values[i])) continue;
            throw new DataException(where, "expects finite features, got " + values[i] + " as number " + i);
        }
        return values;
    }

    private void requireWidth(int got, String where) {
        if (got != width()) throw new DataException(where, "expects " + width() + " features, got " + got);
    }

    private static DataException unreadable(@Nullable Object value, String where) {
        return new DataException(
                where,
                "expects a vector, an array of numbers or an image as features, got "
                        + (value == null ? "null" : value.getClass().getSimpleName()));
    }

    // ------------------------------------------------------------------------------------------- vectors and arrays

    private float[] sparse(SparseVector vector, String where) {
        requireWidth(vector.size(), where); // before memory for a size that may be wrong
        float[] values = new float[vector.size()];
        int[] indices = vector.indices();
        for (int i = 0; i < indices.length; i++) values[indices[i]] = (float) vector.values()[i];
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (float) values[i];
        return floats;
    }

    private static float[] numbers(scala.collection.Seq<?> seq, String where) {
        float[] values = new float[seq.size()];
        for (int i = 0; i < values.length; i++) {
            if (!(seq.apply(i) instanceof Number number)) {
                throw new DataException(where, "expects numbers as features, got " + seq.apply(i) + " as number " + i);
            }
            values[i] = number.floatValue();
        }
        return values;
    }

    // ------------------------------------------------------------------------------------------------------- images

    private static Shape imageShape(Row image, String where) {
        int channels = ImageSchema.getNChannels(image);
        int height = ImageSchema.getHeight(image);
        int width = ImageSchema.getWidth(image);
        int mode = ImageSchema.getMode(image);
        boolean known = (mode == GRAY && channels == 1)
                || (mode == COLOR && channels == 3)
                || (mode == COLOR_AND_ALPHA && channels == 4);
        if (!known || height < 1 || width < 1) {
            throw new DataException(
                    where,
                    "expects an image of 8-bit pixels with 1, 3 or 4 channels, got " + width + "×" + height
                            + " pixels, " + channels + " channels, mode " + mode,
                    "Spark marks files that it cannot read as invalid; the option dropInvalid leaves them out");
        }
        byte[] data = ImageSchema.getData(image);
        if (data.length != (long) channels * height * width) {
            throw new DataException(
                    where, "expects " + (long) channels * height * width + " bytes of pixels, got " + data.length);
        }
        return Shape.of(channels, height, width);
    }

    private float[] pixels(Row image, String where) {
        Shape shape = imageShape(image, where);
        if (extents.size() > 1 && !shape.extents().equals(extents)) {
            throw new DataException(where, "expects an image " + text(extents) + ", got " + text(shape.extents()));
        }
        int channels = shape.extent(0);
        int plane = shape.extent(1) * shape.extent(2);
        byte[] data = ImageSchema.getData(image);
        float[] values = new float[data.length];
        for (int channel = 0; channel < channels; channel++) {
            int from = channels >= 3 && channel < 3 ? 2 - channel : channel; // blue comes first there
            for (int pixel = 0; pixel < plane; pixel++) {
                values[channel * plane + pixel] = (data[pixel * channels + from] & 0xff) / 255f;
            }
        }
        return values;
    }

    private static String text(List<Integer> extents) {
        return extents.stream().map(String::valueOf).collect(Collectors.joining("×", "[", "]"));
    }
}
