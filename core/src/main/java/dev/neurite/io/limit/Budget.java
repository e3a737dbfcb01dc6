package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import java.util.Locale;

/// The memory that the content of a file may take. It is spent before memory is allocated, and never comes back.
final class Budget {
    private static final long FREE = 12 << 20;

    private final String where;
    private final long file;
    private long left;

    /// @param file the size of the file, bytes
    Budget(String where, long file) {
        this.where = where;
        this.file = file;
        left = 2 * file + FREE;
    }

    /// Makes room for the numbers of the file as float32, each once, where that is more than twice its size.
    void allow(long floats) {
        left += Math.max(0, floats * Float.BYTES - 2 * file);
    }

    /// @throws ModelFormatException if it is spent
    void spend(long bytes) {
        left -= bytes;
        if (left >= 0) return;
        throw new ModelFormatException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects content that takes at most twice the size of the file, %,d bytes, in memory, got more",
                        file),
                "It is damaged, or repeats its tensors. Save tensor.clone() of each");
    }
}
