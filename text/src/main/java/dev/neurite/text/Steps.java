package dev.neurite.text;

import dev.neurite.error.DataException;

/// What one text may cost, whatever a tokenizer's file says: expressions may backtrack without end, and replacements
/// may make each other's results longer. Counts; not thread-safe.
final class Steps {
    private static final long PER_CHARACTER = 2_000;
    private static final long FREE = 1_000_000;
    private static final long LONGER = 100; // what a character may become; U+FDFA as bytes is 33

    private final long mostWritten;
    private long reads;
    private long written;

    /// @param length of the text, in chars
    Steps(long length) {
        this.reads = FREE + PER_CHARACTER * length;
        this.mostWritten = LONGER * (1 + length);
    }

    /// A regular expression reads a character.
    void read() {
        if (reads-- > 0) return;
        throw new DataException(
                "tokenizer, regular expression",
                "expects at most " + PER_CHARACTER + " steps for each character, got more",
                "The expression takes exponential or quadratic time on this text");
    }

    /// A replacement writes characters.
    void write(int chars) {
        written += chars;
        if (written > mostWritten) throw tooLong();
    }

    /// Refuses a change that makes too many characters of a part of a text.
    /// @param length the number of characters after the change
    /// @param before their number before it
    static void requireLength(long length, long before) {
        if (length > LONGER * (1 + before)) throw tooLong();
    }

    private static DataException tooLong() {
        return new DataException(
                "tokenizer",
                "expects replacements that make a text at most " + LONGER + " times as long, got more",
                "Its stages make the results of each other longer");
    }
}
