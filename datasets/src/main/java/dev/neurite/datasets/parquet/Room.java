package dev.neurite.datasets.parquet;

import java.util.Locale;

/// The memory that the pages of a file may have at a time, those of all columns together, or its description. It is
/// taken before anything is allocated, and given back with the page. What is read and made of it counts for the
/// whole file.
final class Room {
    private static final long FREE = 12 << 20;
    private static final int COLUMNS = 10; //          that find room in it, with a page each
    private static final int MOST_COLUMNS = 100; //    that have more
    private static final long PAGE = 1_310_720; //     bytes: the size of most writers' pages, and a quarter

    private static final long WORK = 4L << 20; //      bytes of texts that are made of others, beside 64 a byte
    private static final long USUAL_TEXT = 1024; //    bytes of a text that are always made

    private final long all;
    private long left;
    private long unread; // bytes of the columns that are still to come
    private long work; // bytes of texts that may still be made, by the whole file

    /// @param file the size of the file, bytes
    /// @param columns that are read together
    Room(long file, int columns) {
        int more = Math.clamp(columns - (long) COLUMNS, 0, MOST_COLUMNS);
        all = 2 * file + FREE + more * PAGE;
        left = all;
        unread = file;
        work = WORK + 64 * file;
    }

    /// Counts the packed bytes of a column of a group of rows: each is read once.
    void read(long bytes) {
        unread -= bytes;
        if (unread < 0) throw new Malformed("expects columns beside each other, got some over others");
    }

    /// Counts the bytes of texts that are made of what was read before, of which a few bytes may ask for many.
    void copy(long bytes, int texts) {
        work -= Math.max(0, bytes - USUAL_TEXT * texts);
        if (work >= 0) return;
        throw new Malformed(
                "expects texts of about 1 KB, or that take about as much as the file, got the same long ones many"
                        + " times",
                "Leave the column out, or write it in another encoding");
    }

    void take(long bytes) {
        if (takes(bytes)) return;
        throw new Malformed(
                String.format(
                        Locale.ROOT,
                        "expects columns and pages that take at most %,d bytes when unpacked, twice the file and a"
                                + " usual page for each column, got more",
                        all),
                "Smaller pages take less, in pandas to_parquet(file, data_page_size=65536)");
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

    /// Gives back all that was taken, at the end of a group of rows.
    void giveBackAll() {
        left = all;
    }
}
