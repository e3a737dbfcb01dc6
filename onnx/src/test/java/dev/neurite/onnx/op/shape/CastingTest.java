package dev.neurite.onnx.op.shape;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CastingTest {
    private static Value cast(Value x, int code) {
        return op("Cast", 13).integer("to", code).run(x);
    }

    private static Value cast(Value x, ElementType type) {
        return cast(x, type.code());
    }

    private static Value texts(String... all) {
        return Value.of(shape(all.length), all);
    }

    static Stream<Arguments> allPairs() {
        List<Arguments> pairs = new ArrayList<>();
        List<ElementType> types = Stream.of(ElementType.values())
                .filter(each -> !each.hasValues())
                .toList();
        for (ElementType from : types) {
            for (ElementType to : types) pairs.add(Arguments.of(from, to));
        }
        return pairs.stream();
    }

    private static Value zeroAndOne(ElementType type) {
        return switch (type) {
            case STRING -> texts("0", "1");
            case FLOAT -> floats(0, 1);
            case DOUBLE -> Value.of(shape(2), 0.0, 1.0);
            case INT64 -> longs(0, 1);
            case INT32 -> Value.of(shape(2), 0, 1);
            case INT8 -> Value.ofInt8(shape(2), (byte) 0, (byte) 1);
            case UINT8 -> Value.ofUint8(shape(2), (byte) 0, (byte) 1);
            case BOOL -> Value.of(shape(2), false, true);
            default -> {
                Value both = Value.zeros(type, shape(2));
                Elements.longWriter(both).set(1, 1);
                yield both;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("allPairs")
    void casts(ElementType from, ElementType to) {
        assertThat(cast(zeroAndOne(from), to)).isEqualTo(zeroAndOne(to));
        assertThat(op("CastLike", 15).run(zeroAndOne(from), Value.zeros(to, shape(0))))
                .isEqualTo(zeroAndOne(to));
    }

    @Test
    void theSameTypeIsNotCopied() {
        assertThat(op("Cast", 13).integer("to", 7).prepare(longs(1)).viewOf()).isZero();
    }

    @Test
    void floatsOutOfRange() {
        Value x = floats(1.9f, -1.9f, 3e9f, -3e9f, 1e30f, Float.NaN, Float.NEGATIVE_INFINITY, 300, -129);
        int least = Integer.MIN_VALUE;
        assertThat(cast(x, ElementType.INT32).ints())
                .containsExactly(1, -1, least, least, least, least, least, 300, -129);
        long min = Long.MIN_VALUE;
        assertThat(cast(x, ElementType.INT64).longs())
                .containsExactly(1, -1, 3_000_000_000L, -3_000_000_000L, min, min, min, 300, -129);
        assertThat(cast(x, ElementType.INT8).bytes()).containsExactly(1, -1, 0, 0, 0, 0, 0, 44, 127);
        assertThat(cast(x, ElementType.UINT8).bytes()).containsExactly(1, -1, 0, 0, 0, 0, 0, 44, 127);
        assertThat(cast(floats(0, -0f, Float.NaN, 1e-30f), ElementType.BOOL).booleans())
                .containsExactly(false, false, true, true);
        assertThat(cast(Value.of(shape(1), -2147483648.5), ElementType.INT32).ints())
                .containsExactly(least);
    }

    @Test
    void integersOutOfRange() {
        assertThat(cast(longs(200, 256, -1, 1L << 33), ElementType.INT8).bytes())
                .containsExactly(-56, 0, -1, 0);
        assertThat(cast(longs(1L << 33, 2), ElementType.BOOL).booleans()).containsExactly(true, true);
        assertThat(cast(longs(200), ElementType.UINT8)).isEqualTo(Value.ofUint8(shape(1), (byte) 200));
        assertThat(cast(Value.ofUint8(shape(1), (byte) 200), ElementType.INT64)).isEqualTo(longs(200));
        // by way of a double, it would be rounded twice
        assertThat(cast(longs(0x4000_0040_0000_0001L), ElementType.FLOAT))
                .isEqualTo(floats((float) 0x4000_0080_0000_0000L));
        assertThat(cast(Value.of(shape(1), 1e300), ElementType.FLOAT)).isEqualTo(floats(Float.POSITIVE_INFINITY));
    }

    @Test
    void floatsOf16Bits() {
        float[] x = {1.0009766f, 1 + 0x1p-11f, 65519, 65520, 1e-8f, Float.NaN, -2};
        assertThat(cast(floats(x), 10))
                .isEqualTo(floats(1.0009766f, 1, 65504, Float.POSITIVE_INFINITY, 0, Float.NaN, -2));
        assertThat(cast(floats(1 + 0x1p-8f, 1 + 0x3p-8f, -3e38f, Float.MAX_VALUE, Float.NaN), 16))
                .isEqualTo(floats(1, 1 + 0x1p-6f, -0x1.c4p127f, Float.POSITIVE_INFINITY, Float.NaN));
        assertThat(cast(longs(2049), 10)).isEqualTo(floats(2048));
        assertThat(cast(texts("2049"), 10)).isEqualTo(floats(2048));
    }

    @Test
    void numbersBecomeTexts() {
        Value x = floats(0, -0f, 1.5f, 0.1f, 1e10f, 123456789, 1e-5f, 1.25e-7f, Float.NaN, Float.POSITIVE_INFINITY);
        assertThat(cast(x, ElementType.STRING).texts())
                .containsExactly("0", "-0", "1.5", "0.1", "1e+10", "1.2345679e+08", "1e-05", "1.25e-07", "NaN", "INF");
        assertThat(cast(Value.of(shape(3), 0.1, -1e100, Double.NEGATIVE_INFINITY), ElementType.STRING)
                        .texts())
                .containsExactly("0.1", "-1e+100", "-INF");
        assertThat(cast(longs(Long.MIN_VALUE), ElementType.STRING).texts()).containsExactly("-9223372036854775808");
        assertThat(cast(Value.of(shape(2), true, false), ElementType.STRING).texts())
                .containsExactly("1", "0");
    }

    @Test
    void textsBecomeNumbers() {
        Value x = texts("3.14", " 1000", "1e-5", "1E8", "INF", "+inf", "-INF", "nan", "-.5", "7.");
        assertThat(cast(x, ElementType.FLOAT))
                .isEqualTo(floats(
                        3.14f,
                        1000,
                        1e-5f,
                        1e8f,
                        Float.POSITIVE_INFINITY,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN,
                        -.5f,
                        7));
        assertThat(cast(texts("+12", "-9223372036854775808"), ElementType.INT64))
                .isEqualTo(longs(12, Long.MIN_VALUE));
        assertThat(cast(texts("2"), ElementType.BOOL).booleans()).containsExactly(true);
        for (String wrong : List.of("", "x", "1d", "0x1p3", "1e", "--1", "Infinity", "1 2")) {
            assertThatThrownBy(() -> cast(texts(wrong), ElementType.DOUBLE))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("node 'it' (Cast)");
        }
        assertThatThrownBy(() -> cast(texts("1.5"), ElementType.INT32)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> cast(texts("256"), ElementType.UINT8))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("from 0 to 255");
        assertThatThrownBy(() -> cast(texts("128"), ElementType.INT8)).isInstanceOf(DataException.class);
    }

    @Test
    void unknownTypes() {
        assertThatThrownBy(() -> cast(longs(1), 14)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Cast", 13).run(longs(1))).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("CastLike", 15).run(longs(1))).isInstanceOf(ModelFormatException.class);
    }
}
