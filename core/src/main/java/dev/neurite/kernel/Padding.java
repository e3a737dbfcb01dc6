package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// Zeros around an image: so many on each side, or as many as it takes for `⌈in / stride⌉` pixels to come out.
/// @param same whether there are as many as it takes; the numbers are 0 then
/// @param top rows of zeros above
/// @param left columns of zeros at the left
/// @param bottom rows of zeros below
/// @param right columns of zeros at the right
public record Padding(boolean same, int top, int left, int bottom, int right) {
    /// No zeros, PyTorch's default and Keras's `valid`.
    public static final Padding VALID = of(0);

    /// As many zeros as it takes for `⌈in / stride⌉` pixels to come out, an odd one below and at the right: Keras's
    /// `same`, also PyTorch's, which has it for stride 1 only.
    public static final Padding SAME = new Padding(true, 0, 0, 0, 0);

    /// @throws ConfigException for a number below 0
    public Padding {
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ConfigException(
                    "padding", "expects 0 or more, got " + top + ", " + left + ", " + bottom + ", " + right);
        }
        if (same && (top | left | bottom | right) != 0) {
            throw new ConfigException("padding", "expects no numbers beside 'same'");
        }
    }

    /// So many zeros on each side.
    public static Padding of(int all) {
        return of(all, all);
    }

    /// So many rows above and below, and columns at the left and right.
    public static Padding of(int rows, int columns) {
        return new Padding(false, rows, columns, rows, columns);
    }

    /// Whether there are no zeros at all.
    public boolean isNone() {
        return equals(VALID);
    }

    /// How a window slides over planes of this size with these zeros around them.
    /// @throws dev.neurite.error.ShapeException if it does not fit once
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
