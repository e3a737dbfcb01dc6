package dev.neurite.io.limit;

import dev.neurite.error.ModelFormatException;
import java.util.Locale;

/// The memory that the content of a file may take. It is spent before memory is allocated, and never comes back.
public final class Budget {
    private static final long FREE = 12 << 20;

    private final String where;
    private final String hint;
    private final long file;
    private long limit;
    private long left;

    /// @param file the size of the file, bytes
    /// @param hint what to do where it is spent
    public Budget(String where, long file, String hint) {
        this.where = where;
        this.hint = hint;
        this.file = file;
        limit = 2 * file + FREE;
        left = limit;
    }

    /// Makes room for the numbers of the file as float32, each once, where that is more than twice its size.
    public void allow(long floats) {
        more(Math.max(0, floats * Float.BYTES - 2 * file));
    }

    /// Makes room for what is made of a part that was unpacked: as much as if it were in the file as it is.
    /// @param bytes of the part, which are paid for
    public void allowPart(long bytes) {
        more(bytes + 2 * Math.max(0, bytes - file));
    }

    private void more(long bytes) {
        limit += bytes;
        left += bytes;
    }

    /// How many parts that each take this many bytes fit into what is left.
    public int most(int bytesEach) {
        return (int) Math.min(Integer.MAX_VALUE, left / bytesEach);
    }

    /// @throws ModelFormatException if it is spent
    public void spend(long bytes) {
        left -= bytes;
        if (left >= 0) return;
        throw new ModelFormatException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects content that takes at most twice the size of the file and 12 MB, %,d bytes, in"
                                + " memory, got more",
                        limit),
                hint);
    }
}
