package dev.neurite.datasets.parquet;

import java.util.Locale;

/// The memory that the pages of a file may have at a time, those of all columns together, or its description. It is
/// taken before anything is allocated, and given back with the page.
final class Room {
    private static final long FREE = 12 << 20;
    private static final int COLUMNS = 10; //          that find room in it, with a page each
    private static final int MOST_COLUMNS = 100; //    that have more
    private static final long PAGE = 1_310_720; //     bytes: the size of most writers' pages, and a quarter

    private static final long WORK = 1L << 20; //      bytes of texts that are made of others, beside 64 a byte

    private final long all;
    private long left;
    private long work; // bytes of texts that may still be made

    /// @param file the size of the file, bytes
    /// @param columns that are read together
    Room(long file, int columns) {
        int more = Math.clamp(columns - (long) COLUMNS, 0, MOST_COLUMNS);
        all = 2 * file + FREE + more * PAGE;
        left = all;
        work = WORK + 64 * file;
    }

    /// Counts the bytes of a text that is made of what was read before, of which a few bytes may ask for many.
    void copy(long bytes) {
        work -= bytes;
        if (work >= 0) return;
        throw new Malformed("expects texts that take about as much as their page, got the same long ones many times."
                + " Write the file with smaller pages, in pandas to_parquet(file, data_page_size=65536)");
    }

    void take(long bytes) {
        if (takes(bytes)) return;
        throw new Malformed(String.format(
                Locale.ROOT,
                "expects columns and pages that take at most %,d bytes when unpacked, twice the file and a usual page"
                        + " for each column, got more. Smaller pages take less, in pandas to_parquet(file,"
                        + " data_page_size=65536)",
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
