package dev.neurite.onnx.op.quantized;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The expected bytes are those of onnxruntime 1.21.
final class QuantizedOperatorsTest {
    private static final Value A = uint8(shape(2, 3), 106, 152, 249, 131, 184, 200);
    private static final Value B = uint8(shape(2, 3), 0, 21, 253, 147, 202, 107);
    private static final Value C = uint8(
            shape(1, 2, 3, 3), 249, 169, 138, 149, 119, 166, 224, 148, 172, 93, 167, 142, 248, 26, 81, 218, 150, 66);

    private static Value uint8(Shape shape, int... all) {
        byte[] bytes = new byte[all.length];
        for (int i = 0; i < all.length; i++) bytes[i] = (byte) all[i];
        return Value.ofUint8(shape, bytes);
    }

    private static Value int8(Shape shape, int... all) {
        return Value.ofInt8(shape, uint8(shape, all).bytes());
    }

    private static Value zero(int of) {
        return uint8(Shape.SCALAR, of);
    }

    private static Ops microsoft(String op) {
        return op(Operators.MICROSOFT, op, 1);
    }

    @Test
    void sumsAndProducts() {
        assertThat(microsoft("QLinearAdd")
                        .run(A, scalar(0.1f), zero(100), B, scalar(0.2f), zero(120), scalar(0.25f), zero(130)))
                .isEqualTo(uint8(shape(2, 3), 36, 72, 255, 164, 229, 160));
        assertThat(microsoft("QLinearMul")
                        .run(A, scalar(0.1f), zero(100), B, scalar(0.2f), zero(120), scalar(1.5f), zero(130)))
                .isEqualTo(uint8(shape(2, 3), 120, 61, 255, 141, 222, 113));
        assertThat(microsoft("QLinearConcat")
                        .integer("axis", 1)
                        .run(scalar(0.15f), zero(110), A, scalar(0.1f), zero(100), B, scalar(0.2f), zero(120)))
                .isEqualTo(uint8(shape(2, 6), 114, 145, 209, 0, 0, 255, 131, 166, 177, 146, 219, 93));
    }

    @Test
    void functions() {
        assertThat(microsoft("QLinearSigmoid").run(A, scalar(0.03f), zero(100), scalar(1 / 256f), zero(0)))
                .isEqualTo(uint8(shape(2, 3), 139, 212, 253, 184, 237, 244));
        assertThat(microsoft("QLinearLeakyRelu")
                        .with("alpha", 0.2f)
                        .run(A, scalar(0.1f), zero(100), scalar(0.09f), zero(30)))
                .isEqualTo(uint8(shape(2, 3), 37, 88, 196, 64, 123, 141));
    }

    @Test
    void channelsAreFirst() {
        for (String each : new String[] {"QLinearGlobalAveragePool", "QLinearAveragePool"}) {
            Ops pool = microsoft(each).integers("kernel_shape", 2, 2).integer("channels_last", 1);
            assertThatThrownBy(() -> pool.run(C, scalar(0.1f), zero(100), scalar(0.05f), zero(90)))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("channels_last=1");
        }
    }

    /// Before opset 13 all axes from the given one on are one; 1/512 of 2·3 equal numbers is 85.
    @Test
    void earlierSoftmaxJoinsAxes() {
        Value x = uint8(shape(1, 2, 3), 7, 7, 7, 7, 7, 7);
        Ops softmax = microsoft("QLinearSoftmax");
        assertThat(softmax.integer("opset", 12).run(x, scalar(0.1f), zero(100), scalar(1 / 512f), zero(0)))
                .isEqualTo(uint8(shape(1, 2, 3), 85, 85, 85, 85, 85, 85));
        assertThat(softmax.integer("opset", 13).run(x, scalar(0.1f), zero(100), scalar(1 / 512f), zero(0)))
                .isEqualTo(uint8(shape(1, 2, 3), 171, 171, 171, 171, 171, 171));
    }

    @Test
    void pools() {
        assertThat(microsoft("QLinearGlobalAveragePool")
                        .run(C, scalar(0.1f), zero(100), scalar(0.05f), zero(90))
                        .bytes())
                .containsExactly(uint8(shape(2), 231, 155).bytes());
        assertThat(microsoft("QLinearAveragePool")
                        .integers("kernel_shape", 2, 2)
                        .run(C, scalar(0.1f), zero(100), scalar(0.08f), zero(90))
                        .bytes())
                .containsExactly(
                        uint8(shape(8), 179, 150, 165, 154, 132, 95, 166, 66).bytes());
    }

    @Test
    void gemmOfBytesOrFloats() {
        Value w = int8(shape(3, 2), -126, 63, -68, 1, 51, -38);
        Value bias = Value.of(shape(2), 605, -128);
        Value zeroOfW = int8(Shape.SCALAR, 3);
        Value[] in = {A, scalar(0.1f), zero(100), w, scalar(0.02f), zeroOfW, bias, scalar(0.5f), zero(128)};
        assertThat(microsoft("QGemm").run(in)).isEqualTo(uint8(shape(2, 2), 141, 104, 110, 118));
        Value[] first = Arrays.copyOf(in, 7);
        assertThat(microsoft("QGemm").with("alpha", 0.5f).run(first).floats())
                .containsExactly(new float[] {3.291f, -5.981f, -4.558f, -2.536f}, within(1e-5f));
    }

    /// Sums and biases beyond 2²⁴, which floats would round; b and its zero points are no constants.
    @Test
    void gemmHasExactSums() {
        int inner = 2_000;
        var random = new Random(4);
        byte[] a = new byte[3 * inner];
        byte[] b = new byte[2 * inner];
        for (int i = 0; i < a.length; i++) a[i] = (byte) (200 + random.nextInt(56));
        for (int i = 0; i < b.length; i++) b[i] = (byte) (200 + random.nextInt(56));
        List<Shape> biases = List.of(Shape.SCALAR, shape(2), shape(1, 2), shape(3, 1), shape(3, 2));
        for (int way = 0; way < 4; way++) {
            boolean turnsA = way % 2 == 1;
            boolean turnsB = way / 2 == 1;
            Value left = Value.ofUint8(turnsA ? shape(inner, 3) : shape(3, inner), a);
            Value right = Value.ofUint8(turnsB ? shape(2, inner) : shape(inner, 2), b);
            for (Shape shape : biases) {
                int[] bias = random.ints(shape.size(), 1 << 25, 1 << 26).toArray();
                Value y = microsoft("QGemm")
                        .with("transA", turnsA ? 1L : 0L)
                        .with("transB", turnsB ? 1L : 0L)
                        .run(
                                left,
                                scalar(0.5f),
                                zero(1),
                                right,
                                scalar(0.25f),
                                uint8(shape(2), 2, 3),
                                Value.of(shape, bias));
                for (int i = 0; i < 6; i++) {
                    int row = i / 2;
                    int column = i % 2;
                    boolean perRow = shape.rank() == 2 && shape.extent(0) == 3;
                    int ofRow = perRow ? row * shape.extent(1) : 0;
                    boolean perColumn = shape.rank() > 0 && shape.extent(shape.rank() - 1) == 2;
                    long sum = bias[ofRow + (perColumn ? column : 0)];
                    for (int k = 0; k < inner; k++) {
                        long ofA = left.integer(turnsA ? k * 3 + row : row * inner + k) - 1;
                        sum += ofA * (right.integer(turnsB ? column * inner + k : k * 2 + column) - 2 - column);
                    }
                    assertThat(y.floats()[i]).as("way %d, bias %s", way, shape).isEqualTo(sum * 0.125f);
                }
            }
        }
    }

    /// onnxruntime also makes bytes of inputs and states, so that its answer is less exact.
    @Test
    void anLstmOfBytesIsCloseToThatOfOnnxruntime() {
        Value x = Value.of(shape(4, 1, 3), new float[] {
            -1.6291574f,
            -0.6389355f,
            -0.56080985f,
            1.8189826f,
            0.15657257f,
            -1.2032762f,
            -0.7040594f,
            1.0192205f,
            -0.5346302f,
            -1.3268889f,
            0.66805243f,
            0.2858778f
        });
        Value w = int8(
                shape(1, 3, 8),
                -109,
                -11,
                64,
                38,
                57,
                57,
                72,
                38,
                126,
                47,
                -94,
                -14,
                -126,
                -42,
                -10,
                -8,
                75,
                108,
                -3,
                101,
                -28,
                92,
                17,
                -47);
        Value r = int8(shape(1, 2, 8), 33, 17, 115, -109, -52, 56, -31, 96, 14, 38, 31, -79, 62, -94, -75, 114);
        Value zero = int8(shape(1), 0);
        Value y = microsoft("DynamicQuantizeLSTM")
                .integer("hidden_size", 2)
                .constants(1, 2, 8, 9, 10, 11)
                .run(
                        x,
                        w,
                        r,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Value.of(shape(1), 0.01f),
                        zero,
                        Value.of(shape(1), 0.008f),
                        zero);
        assertThat(y.shape()).isEqualTo(shape(4, 1, 1, 2));
        assertThat(y.floats())
                .containsExactly(
                        new float[] {
                            -0.1916008f,
                            -0.024373394f,
                            -0.2436298f,
                            0.0433344f,
                            -0.08455917f,
                            -0.030041847f,
                            -0.11129101f,
                            -0.19656731f
                        },
                        within(2e-2f));
    }

    @Test
    void refusesWhatDoesNotFit() {
        Value f = Value.of(shape(2, 3), new float[6]);
        assertThatThrownBy(() -> microsoft("QLinearSigmoid").run(f, scalar(1f), zero(0), scalar(1f), zero(0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() ->
                        microsoft("QLinearSigmoid").run(A, scalar(1f), int8(Shape.SCALAR, 0), scalar(1f), zero(0)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> microsoft("QLinearConcat").integer("axis", 0).run(scalar(1f), zero(0)))
                .isInstanceOf(ModelFormatException.class);
        Value fits = Value.zeros(ElementType.UINT8, shape(3, 2));
        assertThatThrownBy(() -> microsoft("QGemm")
                        .run(A, scalar(1f), zero(0), fits, scalar(1f), zero(0), Value.of(shape(3), 1, 2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects a bias");
        Value none = Value.zeros(ElementType.UINT8, shape(2, 2));
        assertThatThrownBy(() -> microsoft("QGemm").run(A, scalar(1f), zero(0), none, scalar(1f), zero(0)))
                .isInstanceOf(ShapeException.class);
    }
}
