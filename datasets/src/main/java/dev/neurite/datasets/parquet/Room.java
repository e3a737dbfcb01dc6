package dev.neurite.datasets.parquet;

import java.util.Locale;

/// The memory that the pages of a file may have at a time, those of all columns together. It is taken before
/// anything is allocated, and given back with the page.
final class Room {
    private static final long FREE = 12 << 20;
    private static final int COLUMNS = 10; //          that find room in it, with a page each
    private static final int MOST_COLUMNS = 100; //    that have more
    private static final long PAGE = 1_310_720; //     bytes: the size of most writers' pages, and a quarter

    private final long all;
    private long left;

    /// @param file the size of the file, bytes
    /// @param columns that are read together
    Room(long file, int columns) {
        int more = Math.clamp(columns - (long) COLUMNS, 0, MOST_COLUMNS);
        all = 2 * file + FREE + more * PAGE;
        left = all;
    }

    void take(long bytes) {
        if (takes(bytes)) return;
        throw new Malformed(String.format(
                Locale.ROOT,
                "expects pages that take at most %,d bytes when unpacked, twice the file and a usual page for each"
                    + " column, got more. Smaller pages take less, in pandas to_parquet(file, data_page_size=65536)",
                all));
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
