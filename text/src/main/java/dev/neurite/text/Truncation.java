package dev.neurite.text;

import dev.neurite.error.ConfigException;

/// How encodings are shortened.
/// @param length the largest number of tokens, those that are added around the texts included; at least 0
/// @param strategy which text of two is shortened
/// @param side where tokens are removed
/// @param stride how many tokens a next window would repeat, at least 0. Kept for other programs that read the file: an
/// encoding here is the first window
public record Truncation(int length, Strategy strategy, Side side, int stride) {
    /// Which text of two is shortened.
    public enum Strategy {
        /// The longer one, until both are equally long; then both.
        LONGEST_FIRST,
        /// The first one.
        ONLY_FIRST,
        /// The second one.
        ONLY_SECOND
    }

    /// @throws ConfigException for a negative length or stride
    public Truncation {
        if (length < 0) throw new ConfigException("truncation", "expects a length from 0, got " + length);
        if (stride < 0) throw new ConfigException("truncation", "expects a stride from 0, got " + stride);
    }

    /// Removes tokens at the end, of the longer text first.
    /// @param length the largest number of tokens, at least 0
    public Truncation(int length) {
        this(length, Strategy.LONGEST_FIRST, Side.RIGHT, 0);
    }
}
