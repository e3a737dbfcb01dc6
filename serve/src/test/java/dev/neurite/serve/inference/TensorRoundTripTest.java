package dev.neurite.serve.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Tensors that are written and read again, as JSON and as bytes, are the same to the last bit.
final class TensorRoundTripTest {
    private static final int REQUESTS = 5000; // of two tensors each
    private static final List<Datatype> BOTH_WAYS = List.of(Datatype.values()).stream()
            .filter(each -> each != Datatype.FP16 && each != Datatype.BF16)
            .toList();
    private final Random random = new Random(42);

    @Test
    void jsonAndBytesKeepEveryBit() {
        for (int i = 0; i < REQUESTS; i++) {
            Value a = tensor(BOTH_WAYS.get(i % BOTH_WAYS.size()));
            Value b = tensor(BOTH_WAYS.get(random.nextInt(BOTH_WAYS.size())));
            List<ValueInfo> inputs = List.of(any("a", a.type()), any("b", b.type()));
            InferenceRequest read = request(inputs, List.of(a, b));
            assertThat(read.inputs()).isEqualTo(Map.of("a", a, "b", b)); // as Value compares, by bits
        }
    }

    @Test
    void halvesAreWidened() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            byte[] bytes = {(byte) bits, (byte) (bits >> 8)};
            float wide = NarrowFloat.FLOAT16.number(bits);
            float cut = NarrowFloat.BFLOAT16.number(bits);
            assertThat(Float.valueOf(half(Datatype.FP16, bytes))).isEqualTo(Float.valueOf(wide));
            assertThat(Float.valueOf(half(Datatype.BF16, bytes))).isEqualTo(Float.valueOf(cut));
        }
    }

    private static float half(Datatype datatype, byte[] bytes) {
        Value value = ElementBytes.read(new InputTensor(datatype, Shape.SCALAR), bytes, 0, 2, "");
        return value.floats()[0];
    }

    @Test
    void theOnlyInputMayBeAllBytes() {
        byte[] bytes = new byte[48];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(44, 1.5f);
        assertThat(raw(bytes, "batch", "3").shape()).isEqualTo(Shape.of(4, 3));
        assertThat(raw(bytes, "batch", "3").floats()[11]).isEqualTo(1.5f);
        assertThat(raw(bytes, "batch", "time", "3").shape()).isEqualTo(Shape.of(1, 4, 3));
        assertThat(raw(bytes, "12").shape()).isEqualTo(Shape.of(12));
        assertThat(raw(new byte[0], "batch", "3").shape()).isEqualTo(Shape.of(0, 3));
        var text = new ValueInfo("x", ElementType.STRING, List.of("batch", "1"), false);
        Value value = new InferenceReader(List.of(text), List.of("y"), false)
                .read("größer".getBytes(StandardCharsets.UTF_8), OptionalInt.of(0))
                .inputs()
                .get("x");
        assertThat(value).isEqualTo(Value.of(Shape.of(1, 1), "größer"));
    }

    private static Value raw(byte[] bytes, String... extents) {
        var info = new ValueInfo("x", ElementType.FLOAT, List.of(extents), false);
        InferenceRequest request =
                new InferenceReader(List.of(info), List.of("y"), false).read(bytes, OptionalInt.of(0));
        assertThat(request.outputs()).containsExactly(new InferenceRequest.Wanted("y", true, 0));
        return Objects.requireNonNull(request.inputs().get("x"));
    }

    private static ValueInfo any(String name, ElementType type) {
        return new ValueInfo(name, type, List.of(), true);
    }

    /// Writes a request in one of the ways that are allowed, and reads it.
    private InferenceRequest request(List<ValueInfo> inputs, List<Value> values) {
        var out = new ByteArrayOutputStream();
        var behind = new ByteArrayOutputStream();
        try (JsonGenerator json = JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("model_name", "ignored");
            json.writeArrayPropertyStart("inputs");
            for (int i = 0; i < values.size(); i++) write(inputs.get(i).name(), values.get(i), json, behind);
            json.writeEndArray();
            json.writeEndObject();
        }
        int length = out.size();
        boolean bytes = behind.size() > 0 || random.nextBoolean();
        out.writeBytes(behind.toByteArray());
        return new InferenceReader(inputs, List.of("y"), false)
                .read(out.toByteArray(), bytes ? OptionalInt.of(length) : OptionalInt.empty());
    }

    private void write(String name, Value value, JsonGenerator json, ByteArrayOutputStream behind) {
        boolean binary = random.nextBoolean();
        boolean nested = random.nextBoolean();
        List<Runnable> members = new ArrayList<>(List.of(
                () -> json.writeStringProperty("name", name),
                () -> json.writeStringProperty(
                        "datatype", Datatype.of(value.type()).orElseThrow().name()),
                () -> {
                    json.writeArrayPropertyStart("shape");
                    value.shape().extents().forEach(json::writeNumber);
                    json.writeEndArray();
                },
                () -> {
                    if (binary) {
                        byte[] bytes = ElementBytes.of(value);
                        behind.writeBytes(bytes);
                        json.writeObjectPropertyStart("parameters");
                        json.writeNumberProperty("binary_data_size", bytes.length);
                        json.writeEndObject();
                    } else {
                        json.writeName("data");
                        if (nested && value.shape().rank() > 0) nested(value, 0, 0, json);
                        else ElementJson.write(value, json);
                    }
                }));
        Collections.shuffle(members, random);
        json.writeStartObject();
        members.forEach(Runnable::run);
        json.writeEndObject();
    }

    private static void nested(Value value, int axis, int at, JsonGenerator json) {
        if (axis == value.shape().rank() - 1) {
            int extent = value.shape().extent(axis);
            Object row = value.type().newArray(extent);
            System.arraycopy(value.array(), at, row, 0, extent);
            ElementJson.write(Value.view(value.type(), Shape.of(extent), row, 0), json);
            return;
        }
        int step = 1;
        for (int i = axis + 1; i < value.shape().rank(); i++)
            step *= value.shape().extent(i);
        json.writeStartArray();
        for (int i = 0; i < value.shape().extent(axis); i++) nested(value, axis + 1, at + i * step, json);
        json.writeEndArray();
    }

    private Value tensor(Datatype datatype) {
        int[] extents = random.ints(random.nextInt(4), 0, 4).toArray();
        Shape shape = Shape.of(extents);
        int size = shape.size();
        Object array = datatype.elements().newArray(size);
        for (int i = 0; i < size; i++) {
            switch (array) {
                case float[] floats -> floats[i] = floating();
                case double[] doubles -> doubles[i] = doubled();
                case long[] longs -> longs[i] = random.nextLong() >> random.nextInt(64);
                case int[] ints -> ints[i] = random.nextInt() >> random.nextInt(32);
                case short[] shorts -> shorts[i] = (short) random.nextInt();
                case byte[] bytes -> bytes[i] = (byte) random.nextInt();
                case boolean[] truths -> truths[i] = random.nextBoolean();
                case String[] texts -> texts[i] = text();
                default -> throw new IllegalStateException();
            }
        }
        return Value.view(datatype.elements(), shape, array, 0);
    }

    /// Any bits, but of NaN only those that are usual.
    private float floating() {
        float any = Float.intBitsToFloat(random.nextInt());
        return random.nextInt(4) == 0 ? random.nextFloat() : Float.isNaN(any) ? Float.NaN : any;
    }

    private double doubled() {
        double any = Double.longBitsToDouble(random.nextLong());
        return random.nextInt(4) == 0 ? random.nextDouble() : Double.isNaN(any) ? Double.NaN : any;
    }

    private String text() {
        int[] points = random.ints(random.nextInt(6), 0, 0x110000)
                .filter(each -> each < 0xd800 || each > 0xdfff)
                .map(each -> random.nextBoolean() ? each % 128 : each)
                .toArray();
        return new String(points, 0, points.length);
    }
}
