package dev.neurite.onnx.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.TensorProto;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The messages of a file without the elements of its tensors, which stay where they are until they are needed: in
/// the place of a tensor's `raw_data` the outline has where those bytes are, see [#elements].
///
/// The whole file is walked once before any object is made of it. A damaged one is refused, fields that the schema
/// does not have are dropped, and the memory is counted that the messages will take: a field of two bytes may
/// become an object of a hundred.
final class FileMessages {
    private static final int DEEPEST = 100;
    private static final int RAW_BYTES = 2 * Integer.BYTES;
    private static final int LENGTH_BYTES = 5; // of a length of 32 bits that is known only afterwards
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;
    // What is made of the parts of a file, in bytes of heap, roughly: messages and then the graph.
    private static final int MESSAGE = 400;
    private static final int TEXT = 200;
    private static final int NUMBER = 32;
    // What the parts of a file may take: those of graphs that somebody means take 10 to 50 times their bytes.
    private static final long FREE = 16 << 20;
    private static final int A_BYTE = 64;

    private final MemorySegment file;
    private final String where;
    private long at;
    private byte[] out = new byte[1 << 12];
    private int length;
    private long heap;
    private final long most; // of that heap

    /// Walks a file.
    /// @param file at most 2³¹−1 bytes
    /// @param where its name, for messages
    /// @throws ModelFormatException if it is damaged or something else than an ONNX file
    FileMessages(MemorySegment file, String where) {
        this.file = file;
        this.where = where;
        this.most = FREE + A_BYTE * file.byteSize();
        if (file.byteSize() == 0) throw new ModelFormatException(where, "expects an ONNX model, got an empty file");
        message(ModelProto.getDescriptor(), file.byteSize(), 1);
        Heap.require(where, heap);
    }

    /// The messages. Each `raw_data` in them is a place, see [#elements].
    ModelProto model() {
        try {
            CodedInputStream in = CodedInputStream.newInstance(out, 0, length);
            in.setRecursionLimit(DEEPEST);
            return ModelProto.parseFrom(in);
        } catch (IOException e) {
            throw new ModelFormatException(where, "expects an ONNX model, got a damaged one: " + e.getMessage());
        }
    }

    /// The bytes of a tensor's elements in the file.
    /// @param place what the outline has as its `raw_data`
    MemorySegment elements(ByteString place) {
        ByteBuffer numbers = place.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return file.asSlice(numbers.getInt(0), numbers.getInt(Integer.BYTES));
    }

    // ------------------------------------------------------------------------------------------------------ walking

    private void message(Descriptor type, long end, int depth) {
        if (depth > DEEPEST) {
            throw new ModelFormatException(where, "expects messages in at most " + DEEPEST + " others, got more");
        }
        pay(MESSAGE);
        while (at < end) {
            long tag = varint(end);
            int number = WireFormat.getTagFieldNumber((int) tag);
            if (tag != (tag & 0xffff_ffffL) || number == 0) throw damaged();
            FieldDescriptor field = type.findFieldByNumber(number);
            int wire = WireFormat.getTagWireType((int) tag);
            if (wire == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                long bytes = varint(end);
                if (bytes < 0 || bytes > end - at) throw damaged();
                long fieldEnd = at + bytes;
                if (field != null) delimited(field, fieldEnd, depth);
                at = fieldEnd;
            } else {
                number(field, tag, wire, end);
            }
        }
    }

    private void pay(long bytes) {
        heap += bytes;
        if (heap <= most) return;
        throw new ModelFormatException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects messages that take at most %,d bytes in memory, %d for each in the file, got more",
                        most,
                        A_BYTE),
                "It is made to use up the memory");
    }

    private void number(@Nullable FieldDescriptor field, long tag, int wire, long end) {
        long start = at;
        switch (wire) {
            case WireFormat.WIRETYPE_VARINT -> varint(end);
            case WireFormat.WIRETYPE_FIXED64 -> at += Long.BYTES;
            case WireFormat.WIRETYPE_FIXED32 -> at += Integer.BYTES;
            default -> throw damaged(); // groups: no ONNX file has any
        }
        if (at > end) throw damaged();
        if (field == null || field.getLiteType().getWireType() != wire) return;
        putVarint(tag);
        put(start, at);
        pay(NUMBER);
    }

    private void delimited(FieldDescriptor field, long end, int depth) {
        switch (field.getJavaType()) {
            case MESSAGE -> {
                putTag(field);
                room(LENGTH_BYTES);
                length += LENGTH_BYTES;
                int start = length;
                message(field.getMessageType(), end, depth + 1);
                putLength(start);
            }
            case STRING, BYTE_STRING -> {
                putTag(field);
                if (isRaw(field)) {
                    putRaw(end);
                } else {
                    pay(TEXT + 2 * (end - at));
                    putDelimited(end);
                }
            }
            default -> {
                if (!field.isPackable()) return;
                putTag(field);
                putDelimited(end);
                pay(NUMBER * count(field, end));
            }
        }
    }

    private static boolean isRaw(FieldDescriptor field) {
        return field.getNumber() == TensorProto.RAW_DATA_FIELD_NUMBER
                && field.getContainingType() == TensorProto.getDescriptor();
    }

    /// How many numbers a packed field has.
    private long count(FieldDescriptor field, long end) {
        return switch (field.getLiteType().getWireType()) {
            case WireFormat.WIRETYPE_FIXED32 -> (end - at) / Integer.BYTES;
            case WireFormat.WIRETYPE_FIXED64 -> (end - at) / Long.BYTES;
            default -> {
                long count = 0;
                for (long i = at; i < end; i++) if (file.get(ValueLayout.JAVA_BYTE, i) >= 0) count++;
                yield count;
            }
        };
    }

    private long varint(long end) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) throw damaged();
            byte next = file.get(ValueLayout.JAVA_BYTE, at++);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) return value;
        }
        throw damaged();
    }

    // ------------------------------------------------------------------------------------------------------ writing

    private void putTag(FieldDescriptor field) {
        putVarint((long) field.getNumber() << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
    }

    private void putVarint(long value) {
        room(10);
        long rest = value;
        while (rest >>> 7 != 0) {
            out[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[length++] = (byte) rest;
    }

    /// Writes the length of what stands at the end of the outline before it, in all of its bytes.
    private void putLength(int start) {
        int bytes = length - start;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            int more = i < LENGTH_BYTES - 1 ? 0x80 : 0;
            out[start - LENGTH_BYTES + i] = (byte) (((bytes >>> (7 * i)) & 0x7f) | more);
        }
    }

    private void putDelimited(long end) {
        putVarint(end - at);
        put(at, end);
    }

    private void putRaw(long end) {
        putVarint(RAW_BYTES);
        room(RAW_BYTES);
        ByteBuffer place = ByteBuffer.wrap(out, length, RAW_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        place.putInt((int) at).putInt((int) (end - at));
        length += RAW_BYTES;
    }

    private void put(long from, long to) {
        int bytes = (int) (to - from);
        room(bytes);
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, from, out, length, bytes);
        length += bytes;
    }

    private void room(int bytes) {
        if (bytes <= out.length - length) return;
        long needed = (long) length + bytes;
        if (needed > MOST_BYTES) {
            throw new ModelFormatException(where, "expects at most 2 GB beside the elements of tensors, got more");
        }
        int larger = (int) Math.min(MOST_BYTES, Math.max(needed, 2L * out.length));
        out = Heap.allocate(where, larger, () -> Arrays.copyOf(out, larger));
    }

    // -------------------------------------------------------------------------------------------------------- errors

    private ModelFormatException damaged() {
        byte[] start = file.asSlice(0, Math.min(file.byteSize(), 256)).toArray(ValueLayout.JAVA_BYTE);
        FileKind kind = FileKind.of(start);
        return kind != FileKind.UNKNOWN && kind != FileKind.ONNX
                ? new ModelFormatException(where, "expects an ONNX model, got " + kind.words(), kind.inJava())
                : new ModelFormatException(
                        where,
                        "expects an ONNX model, got a file that is damaged or cut short at byte " + at + " of "
                                + file.byteSize(),
                        "Use another copy of the file");
    }
}
