package dev.neurite.data.augment;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;

/// An image that an augmentation changes, with a spare array. Use it from one thread at a time.
public final class Image {
    private static final float TOLERANCE = 0.01f; // for rounding in interpolation

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

    public int channels() {
        return shape.extent(0);
    }

    public int height() {
        return shape.extent(1);
    }

    public int width() {
        return shape.extent(2);
    }

    /// The pixels `[channels × height × width]`, row-major; may be written.
    public float[] pixels() {
        return pixels;
    }

    /// A second array of the same length with arbitrary content, for changes that do not work in place.
    public float[] spare() {
        return spare;
    }

    /// Swaps the image and the spare array.
    public void swap() {
        float[] old = pixels;
        pixels = spare;
        spare = old;
    }

    /// Shifts the image and fills free pixels.
    /// @param down pixels; negative for up
    /// @param right pixels; negative for left
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
    /// @param top the first row, inclusive, at least 0
    /// @param bottom the last row, exclusive, at most the height
    void fill(int top, int bottom, int left, int right, float value) {
        for (int c = 0; c < channels(); c++) {
            for (int y = top; y < bottom; y++) {
                int row = (c * height() + y) * width();
                Arrays.fill(pixels, row + left, row + right, value);
            }
        }
    }

    /// Checks that pixels are from 0 to 1.
    void requireUnit(String what) {
        for (float pixel : pixels) {
            if (!(pixel >= -TOLERANCE && pixel <= 1 + TOLERANCE)) {
                throw new DataException("augmentation " + what, "expects pixels from 0 to 1, got " + pixel);
            }
        }
    }
}
