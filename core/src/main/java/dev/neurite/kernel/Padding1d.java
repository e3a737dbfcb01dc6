package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// Zeros around a sequence: so many on each side, or as many as it takes for `⌈in / stride⌉` numbers to come out.
/// @param same whether there are as many as it takes; the numbers are 0 then
/// @param left zeros before the sequence
/// @param right zeros behind it
public record Padding1d(boolean same, int left, int right) {
    /// No zeros, PyTorch's default and Keras's `valid`.
    public static final Padding1d VALID = of(0);

    /// As many zeros as it takes for `⌈in / stride⌉` numbers to come out, an odd one behind: Keras's `same`.
    public static final Padding1d SAME = new Padding1d(true, 0, 0);

    /// @throws ConfigException for a number below 0
    public Padding1d {
        if (left < 0 || right < 0) {
            throw new ConfigException("padding", "expects 0 or more, got " + left + ", " + right);
        }
        if (same && (left | right) != 0) throw new ConfigException("padding", "expects no numbers beside 'same'");
    }

    /// So many zeros on each side.
    public static Padding1d of(int each) {
        return of(each, each);
    }

    /// So many zeros before and behind. With `kernel − 1` before and none behind, a convolution is causal: no output
    /// depends on a later input.
    public static Padding1d of(int left, int right) {
        return new Padding1d(false, left, right);
    }

    /// Whether there are no zeros at all.
    public boolean isNone() {
        return equals(VALID);
    }

    /// The same padding for images of one row.
    public Padding ofRow() {
        return new Padding(same, 0, left, 0, right);
    }

    /// `valid`, `same`, `1`, or `1, 2` for left and right.
    @Override
    public String toString() {
        if (same) return "same";
        if (isNone()) return "valid";
        return left == right ? "" + left : left + ", " + right;
    }
}
