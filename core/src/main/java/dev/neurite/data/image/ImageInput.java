package dev.neurite.data.image;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/// How an image becomes the input of a network: its channels, its size, and what happens to an image of another size.
/// The same for training images and for those to predict.
/// ```java
/// ImageInput how = ImageInput.USUAL.resized(64, 64); // [3×64×64], proportions kept, the rest cut off
/// ```
/// Numbers are from 0, black, to 1, white, in steps of 1/255. Images are resized bilinear with antialiasing, as
/// torchvision does.
/// @param color whether there are three channels (red, green, blue) or one
/// @param size `[height × width]`; rank 0 for the size of the first image of the data
/// @param fit what happens to images of another size
public record ImageInput(boolean color, Shape size, ImageFit fit) implements RowOrigin {
    private static final int LARGEST = 16_384;
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    /// The note of a model file that says how images of another size were made to fit; absent if they were refused.
    public static final String NOTE = "resized";

    /// The note of files that were written before there was a choice.
    private static final String STRETCHED = "true";

    /// In color; all images must have the size of the first.
    public static final ImageInput USUAL = new ImageInput(true, Shape.of(), ImageFit.NONE);

    /// Checks the size.
    /// @throws ConfigException for another rank, or an extent below 1 or above 16384
    public ImageInput {
        if (size.rank() == 2) checkSize(size.extent(0), size.extent(1));
        else if (size.rank() != 0) throw new ConfigException("image size", "expects two extents, got " + size);
    }

    private static void checkSize(int height, int width) {
        if (Math.min(height, width) < 1 || Math.max(height, width) > LARGEST) {
            throw new ConfigException(
                    "image size",
                    "expects a height and width from 1 to " + LARGEST + ", got " + height + " and " + width);
        }
    }

    /// Whether a shape is one of gray or color images.
    public static boolean fits(Shape input) {
        return input.rank() == 3 && input.isKnown() && (input.extent(0) == 1 || input.extent(0) == 3);
    }

    /// How images become an input; those of another size are refused.
    /// @param input the shape of the input
    /// @throws DataException if it is not `[1 × height × width]` or `[3 × height × width]`
    public static ImageInput of(Shape input) {
        return of(input, Map.of());
    }

    /// How images become the input of a trained model.
    /// @param input the shape of the input
    /// @param notes of the model file
    /// @throws DataException if the input is not `[1 × height × width]` or `[3 × height × width]`
    /// @throws ModelFormatException for an unknown fit in the notes
    public static ImageInput of(Shape input, Map<String, String> notes) {
        if (!fits(input)) {
            throw new DataException(
                    "model", "expects a model of images [1×height×width] or [3×height×width], got one of " + input);
        }
        return new ImageInput(input.extent(0) == 3, Shape.of(input.extent(1), input.extent(2)), fit(notes));
    }

    private static ImageFit fit(Map<String, String> notes) {
        String note = notes.get(NOTE);
        if (note == null) return ImageFit.NONE;
        if (note.equals(STRETCHED)) return ImageFit.STRETCH;
        return Arrays.stream(ImageFit.values())
                .filter(each -> name(each).equals(note))
                .findFirst()
                .orElseThrow(() -> new ModelFormatException(
                        "note '" + NOTE + "'", "expects none, crop, pad or stretch, got '" + note + "'"));
    }

    private static String name(ImageFit fit) {
        return fit.name().toLowerCase(Locale.ROOT);
    }

    /// With one channel: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
    public ImageInput gray() {
        return new ImageInput(false, size, fit);
    }

    /// With images of any size, resized to this one; their proportions are kept and the rest is cut off, unless
    /// [#fitted] says otherwise.
    /// @throws ConfigException for an extent below 1 or above 16384
    public ImageInput resized(int height, int width) {
        return sized(height, width).fitted(isResized() ? fit : ImageFit.CROP);
    }

    /// With inputs of this size; images of another size are refused, unless a fit was chosen.
    /// @throws ConfigException for an extent below 1 or above 16384
    public ImageInput sized(int height, int width) {
        checkSize(height, width); // before Shape.of refuses a size that is too large
        return new ImageInput(color, Shape.of(height, width), fit);
    }

    /// With another way to make images fit.
    public ImageInput fitted(ImageFit other) {
        return new ImageInput(color, size, other);
    }

    /// Whether images of another size are resized.
    public boolean isResized() {
        return fit != ImageFit.NONE;
    }

    public boolean isSized() {
        return size.rank() == 2;
    }

    /// The text of [#NOTE].
    public String note() {
        return name(fit);
    }

    /// The shape of the input, `[channels × height × width]`.
    /// @throws ConfigException without a size
    public Shape shape() {
        requireSize();
        return Shape.of(color ? 3 : 1, size.extent(0), size.extent(1));
    }

    private void requireSize() {
        if (!isSized()) throw new ConfigException("image size", "expects a height and width, got none");
    }

    /// The memory that an image of this size takes while it is made to fit, in bytes.
    /// @throws ConfigException without a size
    public long workingMemory(int height, int width) {
        ImageFit.Placement place = place(height, width);
        var down = new Resampling(height, place.tall(), place.top(), place.height());
        return (long) Float.BYTES * (color ? 3 : 1) * (down.end() - down.begin()) * place.width();
    }

    private ImageFit.Placement place(int height, int width) {
        requireSize();
        return fit.place(height, width, size.extent(0), size.extent(1));
    }

    /// The input that an image becomes.
    /// @return numbers from 0 to 1, `[channels × height × width]`, row-major
    /// @throws ConfigException without a size
    /// @throws DataException for an image of another size, if those are refused
    /// @throws ResourceException for an image that is so tall that no array could hold it at the input's width
    public float[] numbers(PixelLines image) {
        byte[] bytes = bytes(image);
        float[] numbers = new float[bytes.length];
        for (int i = 0; i < numbers.length; i++) numbers[i] = (bytes[i] & 0xff) / 255f;
        return numbers;
    }

    /// The input that an image becomes, to keep it in little memory.
    /// @return numbers from 0 to 255, `[channels × height × width]`, row-major
    /// @throws ConfigException without a size
    /// @throws DataException for an image of another size, if those are refused
    /// @throws ResourceException for an image that is so tall that no array could hold it at the input's width
    public byte[] bytes(PixelLines image) {
        requireFit("image", image.height(), image.width());
        ImageFit.Placement place = place(image.height(), image.width());
        if (workingMemory(image.height(), image.width()) / Float.BYTES > LONGEST_ARRAY) {
            throw new ResourceException(
                    "image",
                    "expects an image that an array can hold while it is resized, got one of height " + image.height()
                            + " and width " + image.width(),
                    "Scale the image down");
        }
        var across = new Resampling(image.width(), place.wide(), place.left(), place.width());
        var down = new Resampling(image.height(), place.tall(), place.top(), place.height());
        int channels = color ? 3 : 1;
        int lines = down.end() - down.begin();
        float[] narrow = new float[channels * lines * place.width()];
        float[] line = new float[channels * image.width()];
        for (int y = 0; y < lines; y++) {
            image.read(down.begin() + y, channels, line);
            for (int c = 0; c < channels; c++) {
                across.apply(line, c * image.width() + across.begin(), 1, narrow, (c * lines + y) * place.width(), 1);
            }
        }
        return resizedDown(down, narrow, lines, place);
    }

    /// Resizes lines that have their width, and puts the image into the middle of the input.
    private byte[] resizedDown(Resampling down, float[] narrow, int lines, ImageFit.Placement place) {
        int height = size.extent(0);
        int width = size.extent(1);
        int top = (height - place.height()) / 2;
        int left = (width - place.width()) / 2;
        byte[] bytes = new byte[shape().size()];
        float[] column = new float[place.height()];
        for (int c = 0; c < (color ? 3 : 1); c++) {
            for (int x = 0; x < place.width(); x++) {
                down.apply(narrow, c * lines * place.width() + x, place.width(), column, 0, 1);
                for (int y = 0; y < column.length; y++) {
                    int to = (c * height + top + y) * width + left + x;
                    bytes[to] = (byte) Math.clamp((int) (column[y] + 0.5f), 0, 255);
                }
            }
        }
        return bytes;
    }

    /// Refuses an image of another size, unless images are resized.
    /// @param where the image, for the message
    /// @throws DataException for another size
    public void requireFit(String where, int height, int width) {
        if (isResized() || !isSized() || (height == size.extent(0) && width == size.extent(1))) return;
        throw new DataException(
                where,
                "expects an image " + shape() + ", got one of height " + height + " and width " + width,
                "Scale it to " + size.extent(1) + "×" + size.extent(0) + " pixels");
    }
}
