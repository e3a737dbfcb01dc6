package dev.neurite.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WireFormat;
import dev.neurite.onnx.proto.ModelProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Changes ONNX files at random: fields of messages, so that most files can still be read, and now and then bytes.
final class WireMutator {
    private static final long[] NUMBERS = {
        0,
        1,
        2,
        3,
        7,
        8,
        9,
        10,
        11,
        16,
        63,
        255,
        1 << 16,
        Integer.MAX_VALUE,
        1L << 31,
        1L << 32,
        Long.MAX_VALUE,
        -1,
        -2,
        -8,
        Integer.MIN_VALUE,
        Long.MIN_VALUE,
        46341,
        3037000500L
    };
    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "y",
            "w",
            "c",
            "Relu",
            "Add",
            "If",
            "Loop",
            "Reshape",
            "Concat",
            "Gather",
            "Constant",
            "Conv",
            "Expand",
            "ConstantOfShape",
            "Range",
            "Tile",
            "TopK",
            "Pad",
            "Slice",
            "axis",
            "axes",
            "value",
            "body",
            "to",
            "SAME_UPPER",
            "ai.onnx",
            "com.microsoft",
            "captured",
            "\0",
            "ij,jk->ik",
            "a".repeat(300));

    private final SplittableRandom random;

    WireMutator(long seed) {
        random = new SplittableRandom(seed);
    }

    /// A field: a number, or bytes, or the fields of a message.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Field(
            int number,
            int wire,
            long bits,
            byte[] bytes,
            @Nullable List<Field> message) {
        Field with(long others) {
            return new Field(number, wire, others, bytes, message);
        }

        Field with(byte[] others) {
            return new Field(number, wire, bits, others, null);
        }

        Field with(List<Field> others) {
            return new Field(number, wire, bits, bytes, others);
        }
    }

    /// The file with one to four changes.
    byte[] mutated(byte[] file) {
        try {
            List<Field> fields = parse(file, ModelProto.getDescriptor());
            for (int changes = random.nextInt(4); changes >= 0; changes--) fields = changed(fields);
            byte[] bytes = encode(fields);
            return random.nextInt(8) == 0 ? damaged(bytes) : bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] damaged(byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int changes = random.nextInt(3); changes >= 0 && damaged.length > 0; changes--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        int length = random.nextInt(4) == 0 ? random.nextInt(damaged.length + 1) : damaged.length;
        return java.util.Arrays.copyOf(damaged, length);
    }

    private List<Field> changed(List<Field> message) {
        List<Field> fields = new ArrayList<>(message);
        if (fields.isEmpty()) return fields;
        int at = random.nextInt(fields.size());
        Field field = fields.get(at);
        switch (random.nextInt(16)) {
            case 0 -> fields.remove(at);
            case 1 -> fields.add(random.nextInt(fields.size() + 1), field);
            case 2 -> fields.set(at, fields.get(random.nextInt(fields.size())));
            case 3 ->
                fields.add(new Field(random.nextInt(1, 26), WireFormat.WIRETYPE_VARINT, number(), new byte[0], null));
            default -> fields.set(at, changed(field));
        }
        return fields;
    }

    private Field changed(Field field) {
        if (field.message != null) return field.with(changed(field.message));
        if (field.wire != WireFormat.WIRETYPE_LENGTH_DELIMITED) return field.with(number());
        if (random.nextBoolean())
            return field.with(
                    TEXTS.get(random.nextInt(TEXTS.size())).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return field.with(damaged(field.bytes));
    }

    private long number() {
        return random.nextInt(4) == 0 ? random.nextLong(-5, 30) : NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static List<Field> parse(byte[] bytes, Descriptor type) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        List<Field> fields = new ArrayList<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            int wire = WireFormat.getTagWireType(tag);
            if (wire == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                byte[] content = in.readByteArray();
                FieldDescriptor field = type.findFieldByNumber(number);
                boolean message = field != null && field.getJavaType() == JavaType.MESSAGE;
                fields.add(
                        new Field(number, wire, 0, content, message ? parse(content, field.getMessageType()) : null));
            } else {
                long bits = switch (wire) {
                    case WireFormat.WIRETYPE_VARINT -> in.readRawVarint64();
                    case WireFormat.WIRETYPE_FIXED64 -> in.readRawLittleEndian64();
                    default -> in.readRawLittleEndian32();
                };
                fields.add(new Field(number, wire, bits, new byte[0], null));
            }
        }
        return fields;
    }

    private static byte[] encode(List<Field> fields) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (Field each : fields) {
            out.writeTag(each.number, each.wire);
            switch (each.wire) {
                case WireFormat.WIRETYPE_VARINT -> out.writeUInt64NoTag(each.bits);
                case WireFormat.WIRETYPE_FIXED64 -> out.writeFixed64NoTag(each.bits);
                case WireFormat.WIRETYPE_FIXED32 -> out.writeFixed32NoTag((int) each.bits);
                default -> out.writeByteArrayNoTag(each.message == null ? each.bytes : encode(each.message));
            }
        }
        out.flush();
        return bytes.toByteArray();
    }
}
