package dev.neurite.data.augment;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;

/// An image that is being changed, and room for the next one. Belongs to one thread at a time.
public final class Image {
    private static final float TOLERANCE = 0.01f; // interpolation may overshoot by a rounding

    private final Shape shape;
    private float[] pixels;
    private float[] spare;

    /// A black image.
    /// @param shape `[channels × height × width]`
    public Image(Shape shape) {
        this.shape = shape;
        this.pixels = new float[shape.size()];
        this.spare = new float[shape.size()];
    }

    /// The number of channels.
    public int channels() {
        return shape.extent(0);
    }

    /// The number of pixels from top to bottom.
    public int height() {
        return shape.extent(1);
    }

    /// The number of pixels from left to right.
    public int width() {
        return shape.extent(2);
    }

    /// Channel by channel, each row by row from the top; to be read and written.
    public float[] pixels() {
        return pixels;
    }

    /// As long as [#pixels()], with anything in it: for what cannot be changed in place.
    public float[] spare() {
        return spare;
    }

    /// Makes the spare array the image, and the image the spare array.
    public void swap() {
        float[] old = pixels;
        pixels = spare;
        spare = old;
    }

    /// Moves the image, and fills what becomes free.
    /// @param down pixels, below 0 for up
    /// @param right pixels, below 0 for left
    void move(int down, int right, float fill) {
        int h = height();
        int w = width();
        int from = Math.clamp(right, 0, w);
        int to = Math.clamp((long) w + right, from, w);
        for (int c = 0; c < channels(); c++) {
            for (int y = 0; y < h; y++) {
                int row = (c * h + y) * w;
                int source = y - down;
                boolean inside = source >= 0 && source < h;
                int end = inside ? to : from;
                Arrays.fill(spare, row, row + from, fill);
                if (from < end)
                    System.arraycopy(pixels, (c * h + source) * w + from - right, spare, row + from, to - from);
                Arrays.fill(spare, row + end, row + w, fill);
            }
        }
        swap();
    }

    /// Fills a rectangle in all channels.
    /// @param top the first row, at least 0
    /// @param bottom the row after the last, at most the height
    void fill(int top, int bottom, int left, int right, float value) {
        for (int c = 0; c < channels(); c++) {
            for (int y = top; y < bottom; y++) {
                int row = (c * height() + y) * width();
                Arrays.fill(pixels, row + left, row + right, value);
            }
        }
    }

    /// Refuses pixels that are not from 0 to 1.
    void requireUnit(String what) {
        for (float pixel : pixels) {
            if (!(pixel >= -TOLERANCE && pixel <= 1 + TOLERANCE)) {
                throw new DataException("augmentation " + what, "expects pixels from 0 to 1, got " + pixel);
            }
        }
    }
}
