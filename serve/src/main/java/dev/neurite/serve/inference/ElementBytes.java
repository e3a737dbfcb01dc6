package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Elements of tensors as bytes, the lowest first, without gaps. A text is its length, 4 bytes, and its UTF-8.
final class ElementBytes {
    private ElementBytes() {}

    /// Reads elements. Their bytes are as many as the form says; of texts at least 4 for each.
    static Value read(InputTensor form, byte[] bytes, int at, int length, String path) {
        ElementType type = form.datatype().elements();
        Object array = type.newArray(form.shape().size());
        ByteBuffer in = ByteBuffer.wrap(bytes, at, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        switch (array) {
            case float[] floats
            when form.datatype() == Datatype.FP16 -> {
                for (int i = 0; i < floats.length; i++) floats[i] = Float.float16ToFloat(in.getShort());
            }
            case float[] floats
            when form.datatype() == Datatype.BF16 -> {
                for (int i = 0; i < floats.length; i++) floats[i] = Float.intBitsToFloat(in.getShort() << Short.SIZE);
            }
            case float[] floats -> in.asFloatBuffer().get(floats);
            case double[] doubles -> in.asDoubleBuffer().get(doubles);
            case long[] longs -> in.asLongBuffer().get(longs);
            case int[] ints -> in.asIntBuffer().get(ints);
            case short[] shorts -> in.asShortBuffer().get(shorts);
            case byte[] own -> in.get(own);
            case boolean[] truths -> {
                for (int i = 0; i < truths.length; i++) truths[i] = truth(in.get(), path + ".data[" + i + "]");
            }
            case String[] texts -> readTexts(texts, in, path);
            default -> throw new IllegalStateException("no elements of a tensor: " + type);
        }
        return Value.view(type, form.shape(), array, 0);
    }

    private static boolean truth(byte value, String path) {
        if (value == 0 || value == 1) return value == 1;
        throw HttpProblem.bad(path, "expects a byte of 0 or 1, got " + (value & 0xff));
    }

    private static void readTexts(String[] texts, ByteBuffer in, String path) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        for (int i = 0; i < texts.length; i++) {
            String at = path + ".data[" + i + "]";
            long length = in.remaining() < Integer.BYTES ? -1 : Integer.toUnsignedLong(in.getInt());
            if (length < 0 || length > in.remaining()) {
                throw HttpProblem.bad(
                        at,
                        "expects 4 bytes with the length of a text and the text, got "
                                + (length < 0
                                        ? in.remaining() + " bytes"
                                        : length + " and " + in.remaining() + " bytes"));
            }
            texts[i] = text(in.slice(in.position(), (int) length), utf8, at);
            in.position(in.position() + (int) length);
        }
        if (in.hasRemaining()) {
            throw HttpProblem.bad(path, "expects no bytes behind the last text, got " + in.remaining());
        }
    }

    private static String text(ByteBuffer bytes, CharsetDecoder utf8, String path) {
        try {
            return utf8.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw HttpProblem.bad(path, "expects a text in UTF-8, got other bytes");
        }
    }

    /// Reads the only input of a model from all bytes of a request: one extent is found from their number. A
    /// text is all bytes, without a length.
    static Value readAll(ValueInfo wanted, byte[] bytes) {
        Datatype datatype =
                Datatype.of(wanted.type()).orElseThrow(() -> HttpProblem.bad("", "the model takes a " + wanted.type()));
        List<String> extents = wanted.extents();
        int[] shape = new int[extents.size()];
        long known = Math.max(datatype.bytes(), 1);
        int open = -1;
        for (int i = 0; i < shape.length; i++) {
            boolean fixed = ValueInfo.isFixed(extents.get(i)) && extents.get(i).length() < 10;
            shape[i] = fixed ? Integer.parseInt(extents.get(i)) : 1;
            known = Math.min(Integer.MAX_VALUE, known * shape[i]);
            if (fixed) continue;
            if (open > 0 || wanted.anyRank()) throw shapeless(wanted);
            open = i; // of two, the first is the batch, and is 1
        }
        if (wanted.anyRank()) throw shapeless(wanted);
        if (datatype == Datatype.BYTES) {
            if (known != 1) throw shapeless(wanted);
            String text = text(ByteBuffer.wrap(bytes), StandardCharsets.UTF_8.newDecoder(), "");
            return Value.of(Shape.of(shape), text);
        }
        if (open >= 0 && known > 0 && bytes.length % known == 0) shape[open] = (int) (bytes.length / known);
        else if (known != bytes.length) {
            throw HttpProblem.bad(
                    "",
                    "expects " + (open < 0 ? "" : "a multiple of ") + known + " bytes for " + wanted + ", got "
                            + bytes.length);
        }
        return read(new InputTensor(datatype, Shape.of(shape)), bytes, 0, bytes.length, "");
    }

    private static HttpProblem shapeless(ValueInfo wanted) {
        return HttpProblem.bad(
                "Inference-Header-Content-Length", "expects JSON that says the shape of " + wanted + ", got none");
    }

    /// The elements of a value as bytes.
    static byte[] of(Value value) {
        if (value.array() instanceof String[]) return ofTexts(value.texts());
        ByteBuffer out = ByteBuffer.allocate(
                        Math.multiplyExact(value.size(), value.type().bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        int from = value.offset();
        int size = value.size();
        switch (value.array()) {
            case float[] _ -> out.asFloatBuffer().put(value.floats());
            case double[] doubles -> out.asDoubleBuffer().put(doubles, from, size);
            case long[] longs -> out.asLongBuffer().put(longs, from, size);
            case int[] ints -> out.asIntBuffer().put(ints, from, size);
            case short[] shorts -> out.asShortBuffer().put(shorts, from, size);
            case byte[] bytes -> out.put(bytes, from, size);
            case boolean[] truths -> {
                for (int i = from; i < from + size; i++) out.put((byte) (truths[i] ? 1 : 0));
            }
            default -> throw new IllegalStateException("no elements of a tensor: " + value.type());
        }
        return out.array();
    }

    private static byte[] ofTexts(String[] texts) {
        var out = new ByteArrayOutputStream();
        ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (String each : texts) {
            byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
            out.writeBytes(length.putInt(0, bytes.length).array());
            out.writeBytes(bytes);
        }
        return out.toByteArray();
    }
}
