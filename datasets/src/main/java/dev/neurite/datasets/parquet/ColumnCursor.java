package dev.neurite.datasets.parquet;

import dev.neurite.datasets.parquet.Footer.Chunk;
import dev.neurite.datasets.parquet.Footer.Column;
import dev.neurite.error.DataException;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// Walks through the values of a column of a group of rows, a page in memory at a time.
final class ColumnCursor {
    private static final int USUAL_HEADER = 1 << 12;
    private static final int PLAIN = 0;
    private static final int PLAIN_DICTIONARY = 2;
    private static final int RLE = 3;

    private final FileBytes file;
    private final Column column;
    private final ColumnType type;
    private final Codec codec;
    private final Room room;
    private final long end;
    private long at;
    private long unread; // values in the pages that follow
    private int left; // values in the page
    private int held; // bytes of the page
    private byte[] ahead = {}; // bytes of the file from `aheadAt`, in which headers are looked for
    private long aheadAt;
    private @Nullable RleBits present;
    private @Nullable RleBits indices; // of the dictionary
    private @Nullable Values values;
    private @Nullable Dictionary dictionary;

    ColumnCursor(FileBytes file, Column column, Chunk chunk, long rows, Room room) {
        this.file = file;
        this.room = room;
        this.column = column;
        this.type = Objects.requireNonNull(column.type());
        this.at = chunk.start();
        this.aheadAt = at;
        this.end = chunk.start() + chunk.size();
        this.unread = rows;
        this.codec = codec(chunk);
        if (chunk.elsewhere()) throw fault("expects its values in this file, got those in another one");
        if (at < 0 || chunk.size() < 0 || end > file.size() || end < at) {
            throw fault("expects values within the file, got a range beyond it");
        }
        if (chunk.values() != rows) {
            throw fault("expects a value for each of " + rows + " rows, got " + chunk.values());
        }
        try {
            room.read(chunk.size());
        } catch (Malformed e) {
            throw fault(e);
        }
    }

    private Codec codec(Chunk chunk) {
        if (chunk.encrypted()) throw refused("expects a column that is not encrypted, got an encrypted one", "");
        Codec[] all = Codec.values();
        if (chunk.codec() < 0 || chunk.codec() >= all.length)
            throw fault("expects a known compression, got another one");
        Codec found = all[chunk.codec()];
        if (found.isRead()) return found;
        throw refused(
                "expects Snappy, gzip, LZ4_RAW or no compression, got " + found,
                "Write the file with another compression, in pandas to_parquet(file, compression='snappy')");
    }

    private DataException refused(String problem, String hint) {
        return new DataException(file.where() + ", column '" + column.name() + "'", problem, hint);
    }

    private DataException fault(String problem) {
        return fault(new Malformed(problem));
    }

    private DataException fault(Malformed bytes) {
        DataException fault = file.fault(at, bytes);
        return new DataException(fault.where() + ", column '" + column.name() + "'", fault.problem(), fault.hint());
    }

    /// Delivers the value of the next row, unless it is missing.
    void next(int index, Cells to) {
        try {
            while (left == 0) begin();
            left--;
            if (present != null && present.nextInt() == 0) return;
            if (indices != null) Objects.requireNonNull(dictionary).deliver(indices.nextInt(), index, to);
            else deliver(Objects.requireNonNull(values), index, to);
        } catch (Malformed e) {
            throw fault(e);
        }
    }

    private void deliver(Values from, int index, Cells to) {
        if (type.physical().isBytes()) {
            from.nextBytes();
            type.deliver(from.array, from.from, from.count, index, to);
        } else {
            type.deliver(from.next(), index, to);
        }
    }

    private void begin() {
        if (at >= end) throw new Malformed("expects " + unread + " more values, got the end of the column");
        PageHeader header = header();
        at += header.length();
        if (header.packed() > end - at) throw new Malformed("expects a page within its column, got a longer one");
        boolean data = header.kind() == PageHeader.DATA || header.kind() == PageHeader.DATA_2;
        if (data) {
            room.giveBack(held); // the page before, to which nothing leads any more
            held = 0;
            present = null;
            indices = null;
            values = null;
        }
        room.take((long) header.packed() + header.size());
        if (data) held = header.size();
        byte[] page = file.read(at, header.packed());
        if (header.sum() >= 0) {
            var sum = new CRC32();
            sum.update(page);
            if (sum.getValue() != header.sum())
                throw new Malformed("expects the checksum of the page, got another one");
        }
        switch (header.kind()) {
            case PageHeader.DICTIONARY -> {
                if (dictionary != null) throw new Malformed("expects one dictionary, got another one");
                byte[] unpacked = codec.unpack(page, 0, page.length, header.size());
                dictionary = new Dictionary(type, new Bytes(unpacked), header.values(), room);
            }
            case PageHeader.DATA -> first(header, new Bytes(codec.unpack(page, 0, page.length, header.size())));
            case PageHeader.DATA_2 -> second(header, page);
            default -> room.giveBack(header.size()); // an index
        }
        room.giveBack(header.packed());
        at += header.packed();
    }

    private PageHeader header() {
        if (at - aheadAt < ahead.length) {
            try {
                return PageHeader.read(new Bytes(ahead, (int) (at - aheadAt), ahead.length));
            } catch (Malformed _) { // it may go on behind these bytes
            }
        }
        for (long length = Math.min(USUAL_HEADER, end - at); ; length = Math.min(16 * length, end - at)) {
            room.take(length - ahead.length);
            ahead = file.read(at, length);
            aheadAt = at;
            try {
                return PageHeader.read(new Bytes(ahead));
            } catch (Malformed e) { // perhaps it is longer, with figures of the page
                if (length == end - at || length > 1 << 26) throw e;
            }
        }
    }

    /// A page whose levels are compressed with its values.
    private void first(PageHeader header, Bytes in) {
        present = null;
        if (column.optional()) {
            if (header.levelEncoding() != RLE) {
                throw new Malformed("expects missing values in runs, got encoding " + header.levelEncoding());
            }
            present = new RleBits(in.part(in.nextInt()), 1, false);
        }
        values(header, in);
    }

    private void second(PageHeader header, byte[] page) {
        long both = (long) header.levels() + header.repeats();
        if (both > page.length || both > header.size()) {
            throw new Malformed("expects levels within a page of " + page.length + " bytes, got " + both);
        }
        int before = (int) both;
        Bytes levels = new Bytes(page, header.repeats(), before);
        present = column.optional() && header.levels() > 0 ? new RleBits(levels, 1, false) : null;
        Codec used = header.compressed() ? codec : Codec.NONE;
        int size = header.size() - before;
        // A page of missing values only may have no bytes to unpack.
        byte[] unpacked = size == 0 ? new byte[0] : used.unpack(page, before, page.length - before, size);
        values(header, new Bytes(unpacked));
    }

    private void values(PageHeader header, Bytes in) {
        if (header.values() > unread) {
            throw new Malformed("expects " + unread + " more values, got a page of " + header.values());
        }
        left = header.values();
        unread -= left;
        indices = null;
        values = null;
        if (in.left() == 0) { // all are missing
            values = Values.plain(type, in);
            return;
        }
        switch (header.encoding()) {
            case PLAIN -> values = Values.plain(type, in);
            case PLAIN_DICTIONARY, 8 -> {
                if (dictionary == null) throw new Malformed("expects a dictionary before the values, got none");
                indices = new RleBits(in, in.next(), false);
            }
            case RLE -> {
                if (type.physical() != ColumnType.Physical.BOOLEAN) {
                    throw new Malformed("expects runs of booleans, got those of " + type.physical());
                }
                values = new RleBits(in.part(in.nextInt()), 1, false);
            }
            case 5 -> values = new Delta(in, type.physical() == ColumnType.Physical.INT32);
            case 6 -> values = DeltaBytes.ofLengths(in, left);
            case 7 -> values = DeltaBytes.ofPrefixes(in, left, room);
            case 9 -> values = Values.streamSplit(type, in);
            default -> throw new Malformed("expects a known encoding, got number " + header.encoding());
        }
    }
}
