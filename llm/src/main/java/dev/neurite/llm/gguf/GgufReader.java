package dev.neurite.llm.gguf;

import dev.neurite.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Reads what stands before the tensors of a GGUF file, from the first byte on. Nothing is allocated before it is known
/// that the file is long enough for it.
///
/// What it reads may have at most [#MOST_BYTES] bytes and [#MOST_VALUES] values, so that a hostile file of any size
/// takes a bounded part of the heap. A vocabulary of 260,000 tokens has 10 MB and 800,000 values.
final class GgufReader {
    static final long MOST_BYTES = 1 << 28;
    static final long MOST_VALUES = 1 << 22;

    private static final int DEEPEST = 8; // lists in lists
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final MemorySegment content;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private long at;
    private long values;

    GgufReader(String source, MemorySegment content) {
        this.source = source;
        this.content = content;
    }

    /// The index of the next byte.
    long position() {
        return at;
    }

    /// The error for what is wrong, with the place where it is.
    /// @param what in the file
    ModelFormatException wrong(String what, String problem, String hint) {
        return new ModelFormatException(source + ", " + what, problem, hint);
    }

    /// Takes the next bytes.
    /// @return the index of the first
    private long take(String what, long bytes) {
        if (bytes > content.byteSize() - at) {
            throw new ModelFormatException(
                    source,
                    "expects " + bytes + " bytes of " + what + " from byte " + at + ", where the file has "
                            + (content.byteSize() - at) + " more",
                    "It is cut short, or damaged");
        }
        long from = at;
        at += bytes;
        if (at > MOST_BYTES) {
            throw wrong(what, "expects at most " + MOST_BYTES + " bytes before the tensors, got more", "");
        }
        return from;
    }

    /// An unsigned number of 32 bits.
    long uint32(String what) {
        return Integer.toUnsignedLong(content.get(INT, take(what, 4)));
    }

    /// An unsigned number of 64 bits, below 2⁶³.
    long uint64(String what) {
        long number = content.get(LONG, take(what, 8));
        if (number >= 0) return number;
        throw wrong(what, "expects a number below 2⁶³, got " + Long.toUnsignedString(number), "The file is damaged");
    }

    /// How many things follow.
    /// @param leastBytes that each of them takes, at least
    int count(String what, long leastBytes) {
        long count = uint64(what);
        long most = (content.byteSize() - at) / leastBytes;
        if (count > most) {
            throw wrong(
                    what,
                    "expects at most " + most + ", for which the file has bytes, got " + count,
                    "It is cut short, or damaged");
        }
        if (count > MOST_VALUES - values) {
            throw wrong(what, "expects at most " + MOST_VALUES + " values before the tensors, got more", "");
        }
        values += count;
        return (int) count;
    }

    /// A name of a key or tensor.
    String name(String what) {
        long length = uint64(what);
        if (length < 1 || length > Gguf.LONGEST_NAME) {
            throw wrong(what, "expects a name of 1 to " + Gguf.LONGEST_NAME + " bytes, got " + length, "");
        }
        return text(what, length);
    }

    private String text(String what, long length) {
        long from = take(what, length);
        byte[] bytes = content.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
        try {
            return utf8.decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw wrong(what, "expects a text in UTF-8 at byte " + from + ", got other bytes", "The file is damaged");
        }
    }

    /// A number that stands for a type of values.
    ValueType type(String what) {
        long id = uint32(what);
        return ValueType.ofId(id)
                .orElseThrow(() -> wrong(
                        what,
                        "expects a type from " + ValueType.UINT8.id() + " to " + ValueType.FLOAT64.id() + " at byte "
                                + (at - 4) + ", got " + id,
                        "The file is damaged"));
    }

    /// A value that is no list.
    Object value(String what, ValueType type) {
        return switch (type) {
            case UINT8 -> (long) Byte.toUnsignedInt(content.get(ValueLayout.JAVA_BYTE, take(what, 1)));
            case INT8 -> (long) content.get(ValueLayout.JAVA_BYTE, take(what, 1));
            case UINT16 -> (long) Short.toUnsignedInt(content.get(SHORT, take(what, 2)));
            case INT16 -> (long) content.get(SHORT, take(what, 2));
            case UINT32 -> uint32(what);
            case INT32 -> (long) content.get(INT, take(what, 4));
            case UINT64 -> uint64(what);
            case INT64 -> content.get(LONG, take(what, 8));
            case FLOAT32 -> (double) Float.intBitsToFloat(content.get(INT, take(what, 4)));
            case FLOAT64 -> Double.longBitsToDouble(content.get(LONG, take(what, 8)));
            case BOOL -> truth(what);
            case STRING -> text(what, uint64(what));
            case ARRAY -> throw new IllegalArgumentException("a list has a type of its elements");
        };
    }

    private boolean truth(String what) {
        byte number = content.get(ValueLayout.JAVA_BYTE, take(what, 1));
        if (number == 0 || number == 1) return number == 1;
        throw wrong(what, "expects 0 or 1 at byte " + (at - 1) + ", got " + number, "The file is damaged");
    }

    /// The elements of a list, after their type.
    List<Object> list(String what, ValueType type) {
        return list(what, type, 1);
    }

    private List<Object> list(String what, ValueType type, int depth) {
        if (depth > DEEPEST) throw wrong(what, "expects at most " + DEEPEST + " lists in lists, got more", "");
        int count = count(what, type.leastBytes());
        List<Object> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(type == ValueType.ARRAY ? list(what, type(what), depth + 1) : value(what, type));
        }
        return Collections.unmodifiableList(all);
    }
}
