package dev.neurite.kernel;

import dev.neurite.error.ConfigException;

/// The zero padding of sequences: a number of elements at each end, [#SAME] or [#CAUSAL].
/// @param same whether the output has `⌈input / stride⌉` elements; the numbers are 0 then
/// @param left zeros before the sequence; −1 for as many as the window reaches back, see [#CAUSAL]
/// @param right zeros after it
public record Padding1d(boolean same, int left, int right) {
    /// No padding, PyTorch's default and Keras's `valid`.
    public static final Padding1d VALID = of(0);

    /// As much padding as `⌈input / stride⌉` output elements need, an odd one at the end: Keras's
    /// `same`.
    public static final Padding1d SAME = new Padding1d(true, 0, 0);

    private static final int REACH = -1;

    /// As many zeros before the sequence as the window reaches back, none after it: no output depends on a later
    /// input. Keras's `causal`.
    public static final Padding1d CAUSAL = new Padding1d(false, REACH, 0);

    /// @throws ConfigException for a negative number, or numbers together with `same`
    public Padding1d {
        boolean causal = !same && left == REACH && right == 0;
        if (!causal && (left < 0 || right < 0)) {
            throw new ConfigException("padding", "expects 0 or more, got " + left + ", " + right);
        }
        if (same && (left | right) != 0)
            throw new ConfigException("padding", "expects no numbers together with 'same'");
    }

    /// The same number of zeros at each end.
    public static Padding1d of(int each) {
        return of(each, each);
    }

    /// Zeros before and after the sequence.
    public static Padding1d of(int left, int right) {
        return new Padding1d(false, left, right);
    }

    /// Whether there is no padding.
    public boolean isNone() {
        return equals(VALID);
    }

    /// Whether no output depends on a later input, because the zeros are before the sequence: [#CAUSAL].
    public boolean isCausal() {
        return left == REACH;
    }

    /// The same padding for images of one row.
    /// @param window the window that slides over the row
    public Padding ofRow(Window window) {
        return new Padding(same, 0, isCausal() ? window.reachWidth() - 1 : left, 0, right);
    }

    /// `valid`, `same`, `causal`, `1`, or `1, 2` for left and right.
    @Override
    public String toString() {
        if (same) return "same";
        if (isCausal()) return "causal";
        if (isNone()) return "valid";
        return left == right ? "" + left : left + ", " + right;
    }
}
