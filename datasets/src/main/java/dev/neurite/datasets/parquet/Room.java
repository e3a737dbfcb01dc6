package dev.neurite.datasets.parquet;

import java.util.Locale;

/// The memory that the pages of a file may have at a time, those of all columns together. It is taken before
/// anything is allocated, and given back with the page.
final class Room {
    private static final long FREE = 12 << 20;

    private final long file;
    private long left;

    /// @param file the size of the file, bytes
    Room(long file) {
        this.file = file;
        this.left = 2 * file + FREE;
    }

    void take(long bytes) {
        if (takes(bytes)) return;
        throw new Malformed(String.format(
                Locale.ROOT,
                "expects pages that take at most 12 MB and twice the %,d bytes of the file when unpacked, got more."
                        + " Smaller pages take less, in pandas to_parquet(file, data_page_size=65536)",
                file));
    }

    /// Takes some, if there is as much.
    boolean takes(long bytes) {
        if (bytes > left) return false;
        left -= bytes;
        return true;
    }

    void giveBack(long bytes) {
        left += bytes;
    }
}
