package dev.neurite.onnx.op.quantized;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class QuantizedTest {
    private static Value uint8(Shape shape, int... numbers) {
        return Value.ofUint8(shape, bytes(numbers));
    }

    private static Value int8(Shape shape, int... numbers) {
        return Value.ofInt8(shape, bytes(numbers));
    }

    private static byte[] bytes(int... numbers) {
        byte[] bytes = new byte[numbers.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) numbers[i];
        return bytes;
    }

    private static Value random(Random random, ElementType type, int... extents) {
        Value y = Value.zeros(type, shape(extents));
        random.nextBytes((byte[]) y.array());
        return y;
    }

    // --------------------------------------------------------------------------------------- quantize and dequantize

    @Test
    void quantizes() {
        assertThat(op("QuantizeLinear", 10)
                        .run(floats(0, 2, 3, 1000, -254, -1000), scalar(2f), uint8(Shape.SCALAR, 128)))
                .isEqualTo(uint8(shape(6), 128, 129, 130, 255, 1, 0));
        assertThat(op("QuantizeLinear", 19)
                        .run(floats(0.5f, 1.5f, 2.5f, -0.5f, -1.5f), scalar(1f), int8(Shape.SCALAR, 1)))
                .isEqualTo(int8(shape(5), 1, 3, 3, 1, -1));
        assertThat(op("QuantizeLinear", 21).run(floats(-1, 300), scalar(1f))).isEqualTo(uint8(shape(2), 0, 255));
        assertThat(op("QuantizeLinear", 21).integer("output_dtype", 3).run(floats(-1, 300), scalar(1f)))
                .isEqualTo(int8(shape(2), -1, 127));
        assertThat(op("QuantizeLinear", 21).run(Value.of(shape(3), 3, 5, -7), scalar(2f), int8(Shape.SCALAR, 0)))
                .isEqualTo(int8(shape(3), 2, 2, -4));
        assertThat(op("QuantizeLinear", 21)
                        .run(floats(Float.NaN, Float.POSITIVE_INFINITY), scalar(1f), int8(Shape.SCALAR, 5)))
                .isEqualTo(int8(shape(2), 5, 127));
    }

    @Test
    void quantizesAlongAnAxis() {
        Value x = Value.of(shape(2, 2, 2), 1f, 2, 3, 4, 5, 6, 7, 8);
        Value scales = floats(1, 2);
        Value zeros = uint8(shape(2), 10, 20);
        assertThat(op("QuantizeLinear", 13).run(x, scales, zeros))
                .isEqualTo(uint8(shape(2, 2, 2), 11, 12, 22, 22, 15, 16, 24, 24));
        assertThat(op("QuantizeLinear", 13).integer("axis", -1).run(x, scales, zeros))
                .isEqualTo(uint8(shape(2, 2, 2), 11, 21, 13, 22, 15, 23, 17, 24));
        Value y = uint8(shape(2, 2, 2), 11, 12, 22, 24, 15, 16, 24, 26);
        assertThat(op("DequantizeLinear", 13).run(y, scales, zeros))
                .isEqualTo(Value.of(shape(2, 2, 2), 1f, 2, 4, 8, 5, 6, 8, 12));
        assertThat(op("DequantizeLinear", 13).integer("axis", 0).run(y, scales, zeros))
                .isEqualTo(Value.of(shape(2, 2, 2), 1f, 2, 12, 14, -10, -8, 8, 12));
    }

    @Test
    void quantizesBlocks() {
        Value x = Value.of(shape(2, 3), 2f, 4, 6, 8, 10, 12);
        Ops blocks = op("QuantizeLinear", 21).integer("block_size", 2);
        assertThat(blocks.run(x, Value.of(shape(2, 2), 1f, 2, 4, 0.5f), uint8(shape(2, 2), 0, 1, 2, 3)))
                .isEqualTo(uint8(shape(2, 3), 2, 4, 4, 4, 4, 27)); // 10 / 4 is rounded to 2
        assertThat(blocks.integer("axis", 0).run(x, Value.of(shape(1, 3), 1f, 2, 4), uint8(shape(1, 3), 0, 0, 1)))
                .isEqualTo(uint8(shape(2, 3), 2, 2, 3, 8, 5, 4));
        assertThat(op("DequantizeLinear", 21)
                        .integer("block_size", 2)
                        .run(uint8(shape(1, 3), 3, 4, 5), Value.of(shape(1, 2), 1f, 2), uint8(shape(1, 2), 1, 2)))
                .isEqualTo(Value.of(shape(1, 3), 2f, 3, 6));
    }

    @Test
    void dequantizes() {
        assertThat(op("DequantizeLinear", 10)
                        .run(uint8(shape(4), 0, 3, 128, 255), scalar(2f), uint8(Shape.SCALAR, 128)))
                .isEqualTo(floats(-256, -250, 0, 254));
        assertThat(op("DequantizeLinear", 10).run(int8(shape(2), -128, 127), scalar(0.5f)))
                .isEqualTo(floats(-64, 63.5f));
        assertThat(op("DequantizeLinear", 10).run(Value.of(shape(2), -1000, 7), scalar(0.5f)))
                .isEqualTo(floats(-500, 3.5f));
    }

    @Test
    void findsScaleAndZeroPoint() {
        Value[] y = op("DynamicQuantizeLinear", 11).outputs(3).runAll(floats(0, 2, -3, -2.5f, 1.34f, 0.5f));
        assertThat(y[0]).isEqualTo(uint8(shape(6), 153, 255, 0, 26, 221, 179));
        assertThat(y[1].number(0)).isCloseTo(0.0196078438, within(1e-9));
        assertThat(y[2]).isEqualTo(uint8(Shape.SCALAR, 153));
        y = op("DynamicQuantizeLinear", 11).outputs(3).runAll(floats(1, 2.1f, 1.3f, 2.5f, 3.34f, 4));
        assertThat(y[0]).isEqualTo(uint8(shape(6), 64, 134, 83, 159, 213, 255));
        y = op("DynamicQuantizeLinear", 11).outputs(3).runAll(floats(0, 0));
        assertThat(y[0]).isEqualTo(uint8(shape(2), 0, 0));
    }

    // ------------------------------------------------------------------------------------------------------ products

    @Test
    void multipliesIntegers() {
        Value a = uint8(shape(4, 3), 11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0);
        Value b = uint8(shape(3, 2), 1, 4, 2, 5, 3, 6);
        Value expected = Value.of(shape(4, 2), -38, -83, -44, -98, -50, -113, -56, -128);
        Value zero = uint8(Shape.SCALAR, 12);
        assertThat(op("MatMulInteger", 10).run(a, b, zero, uint8(Shape.SCALAR, 0)))
                .isEqualTo(expected);
        assertThat(op("MatMulInteger", 10).constants(1).run(a, b, zero)).isEqualTo(expected);
    }

    /// Sums beyond what a float holds exactly, with constant and other weights, and all forms of zero points.
    @Test
    void longSumsAreExact() {
        var random = new Random(3);
        for (int i = 0; i < 16; i++) {
            int inner = 1 + random.nextInt(1500);
            int columns = 1 + random.nextInt(20);
            Value a = random(random, i % 2 == 0 ? ElementType.UINT8 : ElementType.INT8, 2, 3, inner);
            Value b = random(random, i / 2 % 2 == 0 ? ElementType.UINT8 : ElementType.INT8, inner, columns);
            int[] ofA = i / 4 % 2 == 0 ? new int[0] : new int[] {2, 3, 1};
            int[] ofB = i / 4 % 2 == 0 ? new int[0] : new int[] {columns};
            Value zeroA = random(random, a.type(), ofA);
            Value zeroB = random(random, b.type(), ofB);
            Ops op = op("MatMulInteger", 10);
            Value y = (i / 8 == 0 ? op : op.constants(1, 3)).run(a, b, zeroA, zeroB);
            for (int k = 0; k < y.size(); k++) {
                int row = k / columns;
                int column = k % columns;
                long sum = 0;
                for (int j = 0; j < inner; j++) {
                    long left = a.integer(row * inner + j) - zeroA.integer(row % zeroA.size());
                    sum += left * (b.integer(j * columns + column) - zeroB.integer(column % zeroB.size()));
                }
                assertThat(y.integer(k)).isEqualTo(sum);
            }
        }
    }

    @Test
    void theLargestSumsAreExact() {
        Value a = Value.zeros(ElementType.UINT8, shape(1, 40_000));
        Arrays.fill((byte[]) a.array(), (byte) 255);
        Value y = op("MatMulInteger", 10).run(a, a.reshape(shape(40_000, 1)));
        int sum = (int) (40_000L * 255 * 255); // as 32 bits are
        assertThat(y.integer(0)).isEqualTo(sum);
    }

    @Test
    void rowsMayBeLong() {
        int inner = 140_000;
        Value a = random(new Random(8), ElementType.UINT8, 5, inner);
        Value b = random(new Random(9), ElementType.INT8, inner, 2);
        Value zero = uint8(Shape.SCALAR, 3);
        for (Ops op :
                new Ops[] {op("MatMulInteger", 10), op("MatMulInteger", 10).constants(1)}) {
            Value y = op.run(a, b, zero);
            for (int k = 0; k < y.size(); k++) {
                long sum = 0;
                for (int j = 0; j < inner; j++) sum += (a.integer(k / 2 * inner + j) - 3) * b.integer(j * 2 + k % 2);
                assertThat(y.integer(k)).isEqualTo((int) sum);
            }
        }
    }

    @Test
    void multipliesBatches() {
        Value a = uint8(shape(2, 1, 2), 1, 2, 3, 4);
        Value b = int8(shape(2, 2, 1), 1, -1, 2, -2);
        assertThat(op("MatMulInteger", 10).run(a, b)).isEqualTo(Value.of(shape(2, 1, 1), -1, -2));
        assertThat(op("MatMulInteger", 10).constants(1).run(a, b)).isEqualTo(Value.of(shape(2, 1, 1), -1, -2));
        assertThat(op("MatMulInteger", 10).run(uint8(shape(2, 0)), uint8(shape(0, 1))))
                .isEqualTo(Value.of(shape(2, 1), 0, 0));
    }

    @Test
    void multipliesQuantizedMatrices() {
        @Nullable
        Value[] in = {
            uint8(shape(2, 4), 208, 236, 0, 238, 3, 214, 255, 29),
            floats(0.0066f),
            uint8(shape(1), 113),
            uint8(shape(4, 3), 152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247),
            floats(0.00705f),
            uint8(shape(1), 114),
            floats(0.0107f),
            uint8(shape(1), 118)
        };
        Value expected = uint8(shape(2, 3), 168, 115, 255, 1, 66, 151);
        assertThat(op("QLinearMatMul", 21).run(in)).isEqualTo(expected);
        assertThat(op("QLinearMatMul", 10).constants(3, 5).run(in)).isEqualTo(expected);
    }

    // -------------------------------------------------------------------------------------------------- convolutions

    @Test
    void convolvesIntegers() {
        Value x = uint8(shape(1, 1, 3, 3), 2, 3, 4, 5, 6, 7, 8, 9, 10);
        Value w = uint8(shape(1, 1, 2, 2), 1, 1, 1, 1);
        Ops op = op("ConvInteger", 10);
        assertThat(op.run(x, w, uint8(Shape.SCALAR, 1))).isEqualTo(Value.of(shape(1, 1, 2, 2), 12, 16, 24, 28));
        assertThat(op.constants(1).integers("pads", 1, 1, 1, 1).run(x, w, uint8(Shape.SCALAR, 1)))
                .isEqualTo(Value.of(shape(1, 1, 4, 4), 1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9));
    }

    @Test
    void convolvesGroupsOfAnyNumberOfAxes() {
        var random = new Random(4);
        for (int i = 0; i < 8; i++) {
            Value x = random(random, ElementType.UINT8, 2, 4, 9);
            Value w = random(random, ElementType.INT8, 6, 2, 3);
            Value zeroX = random(random, ElementType.UINT8);
            Value zeroW = random(random, ElementType.INT8, 6);
            Ops op = op("ConvInteger", 10)
                    .integer("group", 2)
                    .integers("strides", 2)
                    .integers("dilations", 2)
                    .integers("pads", 1, 3);
            Value y = (i % 2 == 0 ? op : op.constants(1, 3)).run(x, w, zeroX, zeroW);
            assertThat(y.shape()).isEqualTo(shape(2, 6, 5));
            for (int k = 0; k < y.size(); k++) {
                int image = k / 30;
                int channel = k / 5 % 6;
                int place = k % 5;
                long sum = 0;
                for (int c = 0; c < 2; c++) {
                    for (int tap = 0; tap < 3; tap++) {
                        int at = place * 2 + tap * 2 - 1;
                        if (at < 0 || at >= 9) continue;
                        long pixel = x.integer((image * 4 + channel / 3 * 2 + c) * 9 + at) - zeroX.integer(0);
                        sum += pixel * (w.integer((channel * 2 + c) * 3 + tap) - zeroW.integer(channel));
                    }
                }
                assertThat(y.integer(k)).isEqualTo(sum);
            }
        }
    }

    @Test
    void convolvesQuantizedImages() {
        Value x = uint8(shape(1, 1, 1, 4), 10, 20, 30, 40);
        Value w = int8(shape(2, 1, 1, 1), 2, -3);
        Value y = op("QLinearConv", 10)
                .run(
                        x,
                        scalar(0.5f),
                        uint8(Shape.SCALAR, 20),
                        w,
                        floats(1, 0.5f),
                        int8(shape(2), 0, 1),
                        scalar(2f),
                        uint8(Shape.SCALAR, 100),
                        Value.of(shape(2), 1, 0));
        // (x − 20)·2 + 1 = −19, 1, 21, 41, times 0.25; (x − 20)·−4 = 40, 0, −40, −80, times 0.125
        assertThat(y).isEqualTo(uint8(shape(1, 2, 1, 4), 95, 100, 105, 110, 105, 100, 95, 90));
    }

    // -------------------------------------------------------------------------------------------------------- errors

    @Test
    void refusesWhatIsWrong() {
        Value x = floats(1, 2);
        assertThatThrownBy(() ->
                        op("QuantizeLinear", 21).integer("output_dtype", 7).run(x, scalar(1f)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() ->
                        op("QuantizeLinear", 21).integer("output_dtype", 2).run(x, scalar(1f), int8(Shape.SCALAR, 1)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("QuantizeLinear", 13).integer("axis", 0).run(x, floats(1, 2, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("QuantizeLinear", 10).run(x, floats(1, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> op("QuantizeLinear", 21).integer("block_size", -1).run(x, floats(1, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("DequantizeLinear", 13).run(int8(shape(1), 1), scalar(1f), uint8(Shape.SCALAR, 1)))
                .isInstanceOf(ShapeException.class);
        Value a = Value.zeros(ElementType.UINT8, shape(2, 3));
        Value b = Value.zeros(ElementType.UINT8, shape(3, 2));
        assertThatThrownBy(() -> op("MatMulInteger", 10).run(a, x)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("MatMulInteger", 10).run(a, a)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("MatMulInteger", 10).run(a, b, uint8(shape(3), 1, 2, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("MatMulInteger", 10).run(a, b, null, int8(Shape.SCALAR, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ConvInteger", 10).run(a, b)).isInstanceOf(ShapeException.class);
        Value image = Value.zeros(ElementType.UINT8, shape(1, 2, 4));
        Value kernel = Value.zeros(ElementType.UINT8, shape(2, 2, 3));
        assertThatThrownBy(() -> op("ConvInteger", 10).integer("group", 2).run(image, kernel))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> op("ConvInteger", 10).integers("kernel_shape", 2).run(image, kernel))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ConvInteger", 10).run(image, kernel, uint8(shape(2), 1, 2)))
                .isInstanceOf(ShapeException.class);
    }
}
