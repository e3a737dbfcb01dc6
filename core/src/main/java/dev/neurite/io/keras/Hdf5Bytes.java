package dev.neurite.io.keras;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The bytes of an HDF5 file, little-endian. Each access is checked.
/// @param where the file, for messages
/// @param budget what its description may take in memory
record Hdf5Bytes(String where, MemorySegment file, Budget budget) {
    private static final ValueLayout.OfShort TWO = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt FOUR = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong EIGHT = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LONGEST_NAME = 4096;
    private static final int TEXT = 64; // bytes of a text in memory beside its letters

    ModelFormatException fault(long at, String problem) {
        return new ModelFormatException(
                where + ", byte " + at, problem, "The file is damaged, or not one that Keras wrote");
    }

    long left(long at) {
        return file.byteSize() - at;
    }

    void require(long at, long count) {
        if (at < 0 || count < 0 || at > file.byteSize() - count) {
            throw fault(at, "expects " + count + " bytes within " + file.byteSize() + ", got a range beyond");
        }
    }

    int one(long at) {
        require(at, 1);
        return file.get(ValueLayout.JAVA_BYTE, at) & 0xff;
    }

    int two(long at) {
        require(at, 2);
        return file.get(TWO, at) & 0xffff;
    }

    int four(long at) {
        require(at, 4);
        return file.get(FOUR, at);
    }

    long eight(long at) {
        require(at, 8);
        return file.get(EIGHT, at);
    }

    /// An address within the file.
    long address(long at) {
        long address = eight(at);
        if (address < 0 || address >= file.byteSize())
            throw fault(at, "expects an address in the file, got " + address);
        return address;
    }

    /// A number of 1 to 8 bytes.
    long number(long at, int width) {
        require(at, width);
        long value = 0;
        for (int i = width - 1; i >= 0; i--) value = (value << 8) | one(at + i);
        return value;
    }

    boolean has(long at, String text) {
        if (at < 0 || left(at) < text.length()) return false;
        for (int i = 0; i < text.length(); i++) if (one(at + i) != text.charAt(i)) return false;
        return true;
    }

    void requireMark(long at, String mark) {
        if (!has(at, mark)) throw fault(at, "expects " + mark + ", got other bytes");
    }

    String text(long at, long count) {
        if (count < 0 || count > LONGEST_NAME) throw fault(at, "expects a name of up to 4,096 bytes, got a longer one");
        require(at, count);
        budget.spend(TEXT + 2 * count);
        return new String(file.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /// A text that ends with a zero byte.
    String text(long at) {
        long end = at;
        while (end - at <= LONGEST_NAME && one(end) != 0) end++;
        return text(at, end - at);
    }
}
