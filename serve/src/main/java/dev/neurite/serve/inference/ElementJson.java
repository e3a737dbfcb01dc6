package dev.neurite.serve.inference;

import dev.neurite.http.HttpProblem;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonToken;

/// Elements of tensors in JSON: one array, or arrays in arrays as the shape says. Floats that JSON lacks are the texts
/// `NaN`, `Infinity` and `-Infinity`.
final class ElementJson {
    private ElementJson() {}

    /// Reads elements, of which there are as many as the shape says.
    /// @param nested whether they are in arrays of arrays
    /// @param at the byte at which their array begins
    /// @param length of the bytes from there on
    static Value read(InputTensor form, boolean nested, byte[] text, int at, int length, String path) {
        return JsonTokens.read(text, at, length, path, tokens -> {
            Object array = form.datatype().elements().newArray(form.shape().size());
            Sink sink = sink(form.datatype(), array, tokens);
            tokens.next();
            if (nested) nested(tokens, form.shape(), 0, sink, 0);
            else for (int i = 0; tokens.next() != JsonToken.END_ARRAY; i++) sink.take(i);
            return Value.view(form.datatype().elements(), form.shape(), array, 0);
        });
    }

    /// Reads the array of an axis, from its beginning.
    /// @param read the number of elements that were read before
    /// @return the number of elements that were read
    private static int nested(JsonTokens tokens, Shape shape, int axis, Sink sink, int read) {
        if (axis == shape.rank()) {
            sink.take(read);
            return read + 1;
        }
        if (tokens.current() != JsonToken.START_ARRAY) throw tokens.expects("an array");
        int extent = shape.extent(axis);
        int done = read;
        int count = 0;
        for (; tokens.next() != JsonToken.END_ARRAY; count++) {
            if (count == extent) throw wrong(tokens, extent, "more");
            done = nested(tokens, shape, axis + 1, sink, done);
        }
        if (count < extent) throw wrong(tokens, extent, Integer.toString(count));
        return done;
    }

    private static HttpProblem wrong(JsonTokens tokens, int extent, String got) {
        return HttpProblem.bad(tokens.path(), "expects " + extent + " items, got " + got);
    }

    /// Puts the current token into an array.
    @FunctionalInterface
    private interface Sink {
        void take(int index);
    }

    private static Sink sink(Datatype datatype, Object array, JsonTokens tokens) {
        return switch (array) {
            case float[] floats -> i -> floats[i] = tokens.float32();
            case double[] doubles -> i -> doubles[i] = tokens.float64();
            case boolean[] truths -> i -> truths[i] = tokens.truth();
            case String[] texts -> i -> texts[i] = tokens.text("a text");
            case long[] longs when datatype == Datatype.UINT64 -> i -> longs[i] = tokens.unsigned();
            case long[] longs -> i -> longs[i] = tokens.integer(Long.MIN_VALUE, Long.MAX_VALUE);
            case int[] ints when datatype == Datatype.UINT32 -> i -> ints[i] = (int) tokens.integer(0, 0xffff_ffffL);
            case int[] ints -> i -> ints[i] = (int) tokens.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case short[] shorts when datatype == Datatype.UINT16 -> i -> shorts[i] = (short) tokens.integer(0, 0xffff);
            case short[] shorts -> i -> shorts[i] = (short) tokens.integer(Short.MIN_VALUE, Short.MAX_VALUE);
            case byte[] bytes when datatype == Datatype.UINT8 -> i -> bytes[i] = (byte) tokens.integer(0, 0xff);
            case byte[] bytes -> i -> bytes[i] = (byte) tokens.integer(Byte.MIN_VALUE, Byte.MAX_VALUE);
            default -> throw new IllegalStateException("no elements of a tensor: " + array.getClass());
        };
    }

    /// Writes elements as one array, row-major.
    static void write(Value value, JsonGenerator json) {
        json.writeStartArray();
        int end = value.offset() + value.size();
        switch (value.array()) {
            case float[] _ -> {
                for (float each : value.floats()) json.writeNumber(each); // others as texts
            }
            case double[] doubles -> {
                for (int i = value.offset(); i < end; i++) json.writeNumber(doubles[i]);
            }
            case boolean[] truths -> {
                for (int i = value.offset(); i < end; i++) json.writeBoolean(truths[i]);
            }
            case String[] texts -> {
                for (int i = value.offset(); i < end; i++) json.writeString(texts[i]);
            }
            case long[] longs
            when value.type() == ElementType.UINT64 -> {
                for (int i = value.offset(); i < end; i++) json.writeNumber(Long.toUnsignedString(longs[i]));
            }
            default -> {
                for (int i = 0; i < value.size(); i++) json.writeNumber(value.integer(i));
            }
        }
        json.writeEndArray();
    }
}
