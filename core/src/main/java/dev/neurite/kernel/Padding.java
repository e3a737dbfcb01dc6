package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// The zero padding of images: a number of rows and columns on each side, or [#SAME].
/// @param same whether the output has `⌈input / stride⌉` pixels along each axis; the numbers are 0
/// then
/// @param top rows of zeros above
/// @param left columns of zeros at the left
/// @param bottom rows of zeros below
/// @param right columns of zeros at the right
public record Padding(boolean same, int top, int left, int bottom, int right) {
    /// No padding, PyTorch's default and Keras's `valid`.
    public static final Padding VALID = of(0);

    /// As much padding as `⌈input / stride⌉` output pixels need, an odd row below and an odd column
    /// at the right: Keras's `same`; also PyTorch's, which has it for stride 1 only.
    public static final Padding SAME = new Padding(true, 0, 0, 0, 0);

    /// @throws ConfigException for a negative number, or numbers together with `same`
    public Padding {
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ConfigException(
                    "padding", "expects 0 or more, got " + top + ", " + left + ", " + bottom + ", " + right);
        }
        if (same && (top | left | bottom | right) != 0) {
            throw new ConfigException("padding", "expects no numbers together with 'same'");
        }
    }

    /// The same number of rows or columns on each side.
    public static Padding of(int all) {
        return of(all, all);
    }

    /// The same number of rows above and below, and of columns at the left and right.
    public static Padding of(int rows, int columns) {
        return new Padding(false, rows, columns, rows, columns);
    }

    /// Whether there is no padding.
    public boolean isNone() {
        return equals(VALID);
    }

    /// The window over planes of this size with this padding.
    /// @throws dev.neurite.error.ShapeException if the window does not fit once
    public Geometry around(int height, int width, Window window) {
        if (!same) return new Geometry(height, width, window, top, left, bottom, right);
        int rows = missing(height, window.strideHeight(), window.reachHeight());
        int columns = missing(width, window.strideWidth(), window.reachWidth());
        return new Geometry(height, width, window, rows / 2, columns / 2, rows - rows / 2, columns - columns / 2);
    }

    private static int missing(int in, int stride, int reach) {
        return Math.max(0, (Math.ceilDiv(in, stride) - 1) * stride + reach - in);
    }

    /// `valid`, `same`, `1`, `1×2` or `0, 1, 2, 3` for top, left, bottom, right.
    @Override
    public String toString() {
        if (same) return "same";
        if (isNone()) return "valid";
        if (top != bottom || left != right) return top + ", " + left + ", " + bottom + ", " + right;
        return top == left ? "" + top : top + "×" + left;
    }
}
