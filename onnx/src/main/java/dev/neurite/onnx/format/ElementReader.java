package dev.neurite.onnx.format;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import com.google.protobuf.ByteString;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Reads the elements of a tensor whose size has been checked.
/// @param code the code of their type in the file, which may be a narrow float
/// @param where the tensor, for messages
record ElementReader(ElementType type, int code, Shape shape, String where) {
    private static final ValueLayout.OfShort SHORTS = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);

    /// The bytes of all elements in a file.
    long length() {
        if (type.bits() == 4) return Math.ceilDiv(shape.size(), 2);
        return (long) shape.size() * narrow().map(NarrowFloat::bytes).orElse(type.bytes());
    }

    private Optional<NarrowFloat> narrow() {
        return NarrowFloat.ofCode(code);
    }

    /// Little-endian elements, one after the other.
    Value read(MemorySegment bytes) {
        Object array = array();
        NarrowFloat narrow = narrow().orElse(null);
        if (array instanceof float[] floats && narrow != null) {
            boolean wide = narrow.bytes() == Short.BYTES;
            for (int i = 0; i < floats.length; i++) {
                floats[i] = narrow.number(wide ? bytes.getAtIndex(SHORTS, i) : bytes.get(ValueLayout.JAVA_BYTE, i));
            }
        } else if (array instanceof byte[] small && type.bits() == 4) {
            for (int i = 0; i < small.length; i++) small[i] = nibble(bytes.get(ValueLayout.JAVA_BYTE, i / 2), i);
        } else if (array instanceof boolean[] truths) {
            for (int i = 0; i < truths.length; i++) truths[i] = truth(bytes.get(ValueLayout.JAVA_BYTE, i));
        } else {
            MemorySegment.copy(bytes, layout(), 0, array, 0, shape.size());
        }
        return Value.view(type, shape, array, 0);
    }

    private ValueLayout layout() {
        return switch (type) {
            case FLOAT -> ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
            case DOUBLE -> ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(LITTLE_ENDIAN);
            case INT64, UINT64 -> ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);
            case INT32, UINT32 -> ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
            case INT16, UINT16 -> SHORTS;
            case INT8, UINT8 -> ValueLayout.JAVA_BYTE;
            case INT4, UINT4, BOOL, STRING, SEQUENCE, MAP, OPTIONAL ->
                throw new IllegalStateException("no raw " + type);
        };
    }

    /// The elements in the field of their type.
    Value read(TensorProto tensor) {
        Object array = array();
        int size = shape.size();
        switch (array) {
            case float[] floats
            when narrow().isPresent() -> {
                NarrowFloat narrow = narrow().orElseThrow();
                int most = narrow.bytes() == 1 ? 0xff : 0xffff;
                for (int i = 0; i < size; i++) floats[i] = narrow.number(small(tensor, i, 0, most));
            }
            case float[] floats -> {
                for (int i = 0; i < size; i++) floats[i] = tensor.getFloatData(i);
            }
            case double[] doubles -> {
                for (int i = 0; i < size; i++) doubles[i] = tensor.getDoubleData(i);
            }
            case long[] longs
            when type == ElementType.UINT64 -> {
                for (int i = 0; i < size; i++) longs[i] = tensor.getUint64Data(i);
            }
            case int[] ints
            when type == ElementType.UINT32 -> {
                for (int i = 0; i < size; i++) ints[i] = (int) tensor.getUint64Data(i);
            }
            case short[] shorts -> {
                boolean signed = type == ElementType.INT16;
                int least = signed ? Short.MIN_VALUE : 0;
                int most = signed ? Short.MAX_VALUE : 0xffff;
                for (int i = 0; i < size; i++) shorts[i] = (short) small(tensor, i, least, most);
            }
            case byte[] bytes
            when type.bits() == 4 -> {
                for (int i = 0; i < size; i++) {
                    bytes[i] = nibble((byte) small(tensor, i / 2, Byte.MIN_VALUE, 0xff), i);
                }
            }
            case long[] longs -> {
                for (int i = 0; i < size; i++) longs[i] = tensor.getInt64Data(i);
            }
            case int[] ints -> {
                for (int i = 0; i < size; i++) ints[i] = tensor.getInt32Data(i);
            }
            case byte[] bytes
            when type == ElementType.INT8 -> {
                for (int i = 0; i < size; i++) bytes[i] = (byte) small(tensor, i, Byte.MIN_VALUE, Byte.MAX_VALUE);
            }
            case byte[] bytes -> {
                for (int i = 0; i < size; i++) bytes[i] = (byte) small(tensor, i, 0, 0xff);
            }
            case boolean[] truths -> {
                for (int i = 0; i < size; i++) truths[i] = truth(tensor.getInt32Data(i));
            }
            case String[] texts -> {
                for (int i = 0; i < size; i++) texts[i] = text(tensor.getStringData(i), where);
            }
            default -> throw new IllegalStateException("no array of " + type);
        }
        return Value.view(type, shape, array, 0);
    }

    private Object array() {
        return Heap.allocate(
                where, (long) shape.size() * Math.max(type.bytes(), Integer.BYTES), () -> type.newArray(shape.size()));
    }

    /// One of the two integers of a byte: the lower bits are the first.
    private byte nibble(byte two, int index) {
        int bits = index % 2 == 0 ? two & 0xf : two >> 4 & 0xf;
        return (byte) (type == ElementType.INT4 && bits > 7 ? bits - 16 : bits);
    }

    private boolean truth(int element) {
        if (element == 0 || element == 1) return element == 1;
        throw outOfRange("0 or 1", element);
    }

    private int small(TensorProto tensor, int index, int least, int most) {
        int element = tensor.getInt32Data(index);
        if (element >= least && element <= most) return element;
        throw outOfRange(least + " to " + most, element);
    }

    private ModelFormatException outOfRange(String range, int element) {
        return new ModelFormatException(where, "expects elements of " + range + ", got " + element);
    }

    /// A text in UTF-8.
    static String text(ByteString bytes, String where) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.asReadOnlyByteBuffer())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(where, "expects a text in UTF-8");
        }
    }

    /// Texts in UTF-8.
    static List<String> texts(List<ByteString> all, String where) {
        return all.stream().map(each -> text(each, where)).toList();
    }
}
