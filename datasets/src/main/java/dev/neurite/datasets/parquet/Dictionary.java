package dev.neurite.datasets.parquet;

import org.jspecify.annotations.Nullable;

/// The different values of a column of a group of rows.
final class Dictionary {
    private static final int TEXT = 64; // bytes of a text beside its characters

    private final ColumnType type;
    private final Room room;
    private final long[] numbers; // of a column of numbers
    private final byte[] bytes; // of a column of bytes, with where each begins and ends
    private final int[] from;
    private final int[] counts;
    private final @Nullable String[] texts; // those that were needed before, while there is room

    Dictionary(ColumnType type, Bytes in, int count, Room room) {
        this.type = type;
        this.room = room;
        boolean bytewise = type.physical().isBytes();
        int each = switch (type.physical()) {
            case BOOLEAN -> throw new Malformed("expects no dictionary of booleans, got one");
            case INT32, FLOAT, BYTE_ARRAY -> 4;
            case INT64, DOUBLE -> 8;
            case INT96 -> 12;
            case FIXED -> type.width();
        };
        in.count(count, each);
        room.take((8L + (type.isText() ? 4 : 0)) * count);
        this.numbers = new long[bytewise ? 0 : count];
        this.bytes = bytewise ? in.array() : new byte[0];
        this.from = new int[bytewise ? count : 0];
        this.counts = new int[bytewise ? count : 0];
        this.texts = new String[type.isText() ? count : 0];
        Values values = Values.plain(type, in);
        for (int i = 0; i < count; i++) {
            if (bytewise) {
                values.nextBytes();
                from[i] = values.from;
                counts[i] = values.count;
            } else {
                numbers[i] = values.next();
            }
        }
        if (!bytewise) room.giveBack(in.array().length);
    }

    void deliver(int index, int column, Cells to) {
        int size = Math.max(numbers.length, from.length);
        if (index < 0 || index >= size) {
            throw new Malformed("expects one of " + size + " values of the dictionary, got number " + index);
        }
        if (type.isText()) {
            String text = texts[index];
            if (text == null) {
                long length = from.length > 0 ? counts[index] : 0;
                boolean kept = room.takes(TEXT + 2 * length);
                if (!kept) room.copy(length, 1);
                text = from.length > 0 ? type.text(bytes, from[index], counts[index]) : type.text(numbers[index]);
                if (kept) texts[index] = text;
            }
            to.text(column, text);
        } else if (from.length > 0) {
            type.deliver(bytes, from[index], counts[index], column, to);
        } else {
            type.deliver(numbers[index], column, to);
        }
    }
}
