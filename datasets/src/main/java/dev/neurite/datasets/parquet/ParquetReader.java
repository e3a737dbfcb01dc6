package dev.neurite.datasets.parquet;

import dev.neurite.datasets.parquet.ColumnType.Form;
import dev.neurite.datasets.parquet.Footer.Column;
import dev.neurite.datasets.parquet.Footer.Group;
import dev.neurite.error.DataException;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Locale;

/// Reads a Parquet file row by row. Memory for a page of each column that is read, not for the file.
public final class ParquetReader {
    private static final int MAGIC = 0x31524150; // PAR1, little-endian
    private static final int ENCRYPTED = 0x45524150; // PARE
    private static final int ENDS = 12;
    private static final long FREE_VALUES = 1 << 24;
    private static final int MOST_VALUES_A_BYTE = 1024;

    private final FileBytes file;
    private final Footer footer;

    private ParquetReader(FileBytes file, Footer footer) {
        this.file = file;
        this.footer = footer;
    }

    /// Whether a file begins as a Parquet file does.
    /// @param start its first bytes
    public static boolean isParquet(byte[] start) {
        return start.length >= 4 && start[0] == 'P' && start[1] == 'A' && start[2] == 'R' && start[3] == '1';
    }

    /// Reads the description of a file.
    /// @param where its name in messages
    /// @throws DataException if it is no Parquet file, or damaged
    public static ParquetReader of(String where, FileChannel channel, long size) {
        var file = new FileBytes(where, channel, size);
        if (size < ENDS) throw new DataException(where, "expects a Parquet file, got one of " + size + " bytes");
        int begin = new Bytes(file.read(0, 4)).nextInt();
        var end = new Bytes(file.read(size - 8, 8));
        int length = end.nextInt();
        int magic = end.nextInt();
        if (magic == ENCRYPTED)
            throw new DataException(where, "expects a file that is not encrypted, got an encrypted one");
        if (begin != MAGIC)
            throw new DataException(where, "expects a Parquet file, which begins with PAR1, got another one");
        if (magic != MAGIC) {
            throw new DataException(
                    where, "expects a Parquet file, which ends with PAR1, got another end", "It may not be complete");
        }
        if (length < 0 || length > size - ENDS) {
            throw file.fault(size - 8, "expects a description within the file, got one of " + length + " bytes");
        }
        long at = size - 8 - length;
        try {
            return new ParquetReader(file, Footer.read(file.read(at, length), new Room(size, 0)));
        } catch (Malformed e) {
            throw file.fault(at, e);
        }
    }

    /// The names of the columns, in their order.
    public List<String> names() {
        return footer.columns().stream().map(Column::name).toList();
    }

    /// Whether a column holds texts, which dates, times and booleans become; else numbers.
    public boolean isText(int column) {
        ColumnType type = footer.columns().get(column).type();
        return type == null || type.isText();
    }

    /// Reads rows to the end.
    /// @param columns the columns to read, by their indices
    /// @param to receives the values of each row, numbered as in `columns`
    /// @param endRow is called after each row
    /// @throws DataException if the file is damaged, or one of these columns cannot be read
    public void read(int[] columns, Cells to, Runnable endRow) {
        for (int each : columns) requireFlat(footer.columns().get(each));
        requireBytes(columns.length);
        var room = new Room(file.size(), columns.length);
        long rows = 0;
        for (int i = 0; i < footer.groups(); i++) {
            Group group = group(i);
            rows += group.rows();
            if (rows < 0 || rows > footer.rows()) break;
            if (group.rows() == 0) continue;
            read(group, columns, room, to, endRow);
            room.giveBackAll();
        }
        if (rows != footer.rows()) {
            throw file.fault(file.size(), "expects " + footer.rows() + " rows in all groups, got others");
        }
    }

    /// Runs make many values of a few bytes, but not without end.
    private void requireBytes(int columns) {
        long most = Math.max(FREE_VALUES, file.size() * MOST_VALUES_A_BYTE) / Math.max(1, columns);
        if (footer.rows() <= most) return;
        throw file.fault(
                file.size(),
                String.format(
                        Locale.ROOT,
                        "expects at most %,d rows of %,d columns in its %,d bytes, got %,d",
                        most,
                        columns,
                        file.size(),
                        footer.rows()));
    }

    private Group group(int index) {
        try {
            return footer.group(index);
        } catch (Malformed e) {
            throw file.fault(footer.at(index, file.size()), e);
        }
    }

    private void read(Group group, int[] columns, Room room, Cells to, Runnable endRow) {
        var cursors = new ColumnCursor[columns.length];
        for (int i = 0; i < columns.length; i++) {
            Column column = footer.columns().get(columns[i]);
            cursors[i] = new ColumnCursor(file, column, group.chunks().get(column.leaf()), group.rows(), room);
        }
        for (long row = 0; row < group.rows(); row++) {
            for (int i = 0; i < cursors.length; i++) cursors[i].next(i, to);
            endRow.run();
        }
    }

    private void requireFlat(Column column) {
        ColumnType type = column.type();
        String where = file.where() + ", column '" + column.name() + "'";
        if (type == null) {
            throw new DataException(
                    where,
                    "expects one value a row, got a nested column: a list, map or structure",
                    "Leave it out (in the library ReadOptions.without, on the command line --drop), or write its parts"
                            + " as columns of their own");
        }
        if (type.form() == Form.OTHER) {
            throw new DataException(
                    where,
                    "expects a number, text, date, time or boolean, got other bytes",
                    "Leave it out (in the library ReadOptions.without, on the command line --drop)");
        }
    }
}
