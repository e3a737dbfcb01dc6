package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.plan.Stage;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Quantized graphs, which are computed on centered numbers where sums stay exact: the integers are those of the graph
/// as it was loaded, and of floats between DequantizeLinear and QuantizeLinear.
class QuantizedGraphsTest {
    private static final int UINT8 = 2;
    private static final int INT8 = 3;
    private static final int INT32 = 6;
    private static final List<Long> PADDED = List.of(1L, 1L, 1L, 1L);
    private static final List<Long> TWO = List.of(2L, 2L);

    private final Random random = new Random(5);
    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

    private OnnxModel load(NodeProto.Builder... nodes) {
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        var model = Protos.model(graph).clearOpsetImport();
        model.addOpsetImport(opset("", 13)).addOpsetImport(opset("com.microsoft", 1));
        return OnnxModel.read(model.build().toByteArray());
    }

    /// The same of matrices.
    private void matrices(int x, int y) {
        graph.addInput(value("x", x, "n", "c")).addOutput(value("y", y, "n", "d"));
    }

    /// An input x and an output y of these types.
    private void types(int x, int y) {
        graph.addInput(value("x", x, "n", "c", "h", "w")).addOutput(value("y", y, "n", "d", "e", "f"));
    }

    private void bytes(String name, int type, int most, long... extents) {
        TensorProto.Builder tensor = tensor(name, type, extents);
        int size = 1;
        for (long each : extents) size *= (int) each;
        byte[] all = new byte[size];
        for (int i = 0; i < size; i++) {
            all[i] = (byte) (type == UINT8 ? 128 - most + random.nextInt(2 * most) : random.nextInt(2 * most) - most);
        }
        graph.addInitializer(tensor.setRawData(ByteString.copyFrom(all)));
    }

    private void zero(String name, int type, int zero) {
        graph.addInitializer(tensor(name, type).addInt32Data(zero));
    }

    private void scale(String name, float scale) {
        graph.addInitializer(floats(name, List.of(), scale));
    }

    private void scales(String name, int count) {
        float[] all = new float[count];
        for (int i = 0; i < count; i++) all[i] = 0.001f + 0.002f * random.nextFloat();
        graph.addInitializer(floats(name, List.of((long) count), all));
    }

    private void bias(String name, int count) {
        TensorProto.Builder bias = tensor(name, INT32, count);
        for (int i = 0; i < count; i++) bias.addInt32Data(random.nextInt(20_000) - 10_000);
        graph.addInitializer(bias);
    }

    private Value input(ElementType type, int... extents) {
        Value x = Value.zeros(type, Shape.of(extents));
        if (type == ElementType.FLOAT) {
            float[] to = (float[]) x.array();
            for (int i = 0; i < to.length; i++) to[i] = (float) random.nextGaussian();
        } else random.nextBytes((byte[]) x.array());
        return x;
    }

    private static Value loaded(OnnxModel model, Value x) {
        return run(model, model.stages(Map.of("x", x)).getFirst(), x);
    }

    private static Value run(OnnxModel model, Stage stage, Value x) {
        return model.run(stage, Map.of("x", x), (_, _, _) -> {})
                .values()
                .iterator()
                .next();
    }

    private static List<String> operators(OnnxModel model, Value x) {
        return model.stages(Map.of("x", x)).getLast().graph().nodes().stream()
                .map(OnnxNode::fullOp)
                .toList();
    }

    /// The plan gives the bits of the graph as it was loaded.
    private static Value requireSame(OnnxModel model, Value x) {
        Value y = model.run(x);
        assertThat(y).isEqualTo(loaded(model, x));
        assertThat(model.run(x)).isEqualTo(y);
        return y;
    }

    @ParameterizedTest
    @ValueSource(ints = {UINT8, INT8})
    void aChainOfConvolutions(int type) {
        types(type, type);
        zero("zx", type, type == UINT8 ? 131 : -7);
        zero("zy", type, type == UINT8 ? 120 : 4);
        zero("zu", UINT8, 126);
        scale("sx", 0.02f);
        scale("su", 0.003f);
        scale("sy", 0.05f);
        bytes("w1", UINT8, 100, 32, 3, 3, 3);
        bias("b1", 32);
        bytes("w2", INT8, 100, 48, 32, 3, 3); // floats would be computed in Winograd tiles
        scales("s2", 48);
        zero("z2", INT8, 0);
        bytes("w3", INT8, 128, 48, 1, 3, 3);
        bytes("w4", INT8, 100, 20, 24, 1, 1);
        bias("b4", 20);
        var padded = attribute("pads", PADDED);
        OnnxModel model = load(
                node("QLinearConv", "x sx zx w1 su zu sy zy b1", "c1", padded),
                node("QLinearConv", "c1 sy zy w2 s2 z2 sy zy", "c2", padded),
                node("MaxPool", "c2", "p", attribute("kernel_shape", TWO), attribute("strides", TWO)),
                node("QLinearConv", "p sy zy w3 su z2 sy zy", "c3", padded, attribute("group", 48)),
                node(
                        "QLinearConv",
                        "c3 sy zy w4 su z2 sy zy b4",
                        "y",
                        attribute("group", 2),
                        attribute("strides", TWO)));
        Value x = input(type == UINT8 ? ElementType.UINT8 : ElementType.INT8, 2, 3, 12, 10);
        Value y = requireSame(model, x);
        assertThat(y.shape()).isEqualTo(Shape.of(2, 20, 3, 3));
        assertThat(operators(model, x)).doesNotContain("QLinearConv");
        assertThat(operators(model, x).stream().filter("neurite.Bytes"::equals)).hasSize(1);
    }

    @Test
    void sumsThatMayBeInexactStayIntegers() {
        types(UINT8, UINT8);
        zero("zero", UINT8, 0);
        scale("s", 0.1f);
        bytes("w", UINT8, 127, 16, 1024, 1, 1); // up to 254·255·1024
        OnnxModel model = load(node("QLinearConv", "x s zero w s zero s zero", "y"));
        Value x = input(ElementType.UINT8, 1, 1024, 2, 2);
        assertThat(operators(model, x)).containsExactly("QLinearConv");
        requireSame(model, x);
    }

    @Test
    void sumsOfIntegersAsFloats() {
        types(FLOAT, FLOAT);
        bytes("w", UINT8, 100, 32, 32, 3, 3);
        zero("z", UINT8, 127);
        OnnxModel model = load(
                node("DynamicQuantizeLinear", "x", "q s zx"),
                node("ConvInteger", "q w zx z", "c", attribute("pads", PADDED)),
                node("Cast", "c", "f", attribute("to", FLOAT)),
                node("Mul", "f s", "y"));
        Value x = input(ElementType.FLOAT, 2, 32, 9, 7);
        requireSame(model, x);
        assertThat(operators(model, x)).doesNotContain("ConvInteger", "Cast");
    }

    /// Each integer is the nearest to the exact result of the floats that the bytes stand for; either neighbor, if
    /// that is in the middle of them but for roundings.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConvolutionBetweenPairs(boolean clips) {
        types(UINT8, INT8);
        zero("zx", UINT8, 140);
        zero("zy", INT8, -20);
        zero("zw", INT8, 0);
        scale("sx", 0.02f);
        scale("sy", 0.25f);
        scales("sw", 32);
        bytes("w", INT8, 100, 32, 32, 3, 3);
        float[] bias = new float[32];
        for (int i = 0; i < 32; i++) bias[i] = (float) random.nextGaussian();
        graph.addInitializer(floats("b", List.of(32L), bias));
        graph.addInitializer(tensor("zws", INT8, 32).setRawData(ByteString.copyFrom(new byte[32])));
        scale("low", 0);
        scale("high", 6);
        OnnxModel model = load(
                node("DequantizeLinear", "x sx zx", "f"),
                node("DequantizeLinear", "w sw zws", "fw", attribute("axis", 0)),
                node("Conv", "f fw b", "c"),
                clips ? node("Clip", "c low high", "a") : node("Relu", "c", "a"),
                node("QuantizeLinear", "a sy zy", "y"));
        Value x = input(ElementType.UINT8, 1, 32, 20, 20);
        assertThat(operators(model, x))
                .containsExactly(
                        "neurite.Center", "neurite.Conv", "neurite.Requantize", "neurite.Convert", "neurite.Bytes");
        byte[] got = model.run(x).bytes();
        byte[] w = constant("w").getRawData().toByteArray();
        Value scales = scalesOf("sw");
        int near = 0;
        for (int o = 0; o < 32; o++) {
            for (int at = 0; at < 18 * 18; at++) {
                long sum = 0;
                for (int c = 0; c < 32; c++) {
                    for (int tap = 0; tap < 9; tap++) {
                        long pixel = x.integer((c * 20 + at / 18 + tap / 3) * 20 + at % 18 + tap % 3) - 140;
                        sum += pixel * w[(o * 32 + c) * 9 + tap];
                    }
                }
                double exact = (double) 0.02f * scales.number(o) * sum + bias[o];
                exact = Math.max(0, clips ? Math.min(6, exact) : exact) / 0.25f;
                double wanted = Math.clamp(exact, -108, 147) - 20;
                byte y = got[o * 18 * 18 + at];
                requireNearest(y, wanted);
                if (y == Math.rint(wanted)) near++;
            }
        }
        assertThat(near).isGreaterThan(got.length - 10);
    }

    private TensorProto constant(String name) {
        return graph.getInitializerList().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Value scalesOf(String name) {
        var buffer = constant(name).getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] all = new float[buffer.remaining() / 4];
        buffer.asFloatBuffer().get(all);
        return Value.of(Shape.of(all.length), all);
    }

    /// Bytes are the nearest to the exact results, or either neighbor of a middle; floats are exact but for roundings.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void productsOfOnnxruntime(boolean toBytes) {
        matrices(UINT8, toBytes ? UINT8 : FLOAT);
        zero("zx", UINT8, 140);
        zero("zy", UINT8, 100);
        scale("sx", 0.02f);
        scale("sy", 0.5f);
        scales("sw", 30);
        bytes("w", INT8, 128, 30, 700);
        bytes("zw", INT8, 3, 30);
        bias("b", 30);
        OnnxModel model = load(node(
                        "QGemm",
                        "x sx zx w sw zw b" + (toBytes ? " sy zy" : ""),
                        "y",
                        attribute("transB", 1),
                        attribute("alpha", 0.5f))
                .setDomain("com.microsoft"));
        Value x = input(ElementType.UINT8, 5, 700);
        Value y = requireSame(model, x);
        byte[] w = constant("w").getRawData().toByteArray();
        byte[] zeros = constant("zw").getRawData().toByteArray();
        Value scales = scalesOf("sw");
        for (int i = 0; i < y.size(); i++) {
            int column = i % 30;
            long sum = constant("b").getInt32Data(column);
            for (int k = 0; k < 700; k++) {
                sum += (x.integer(i / 30 * 700 + k) - 140) * (w[column * 700 + k] - zeros[column]);
            }
            double exact = 0.5 * (double) 0.02f * scales.number(column) * sum;
            if (toBytes) requireNearest(y.integer(i), Math.clamp(exact / 0.5f + 100, 0, 255));
            else assertThat(y.number(i)).isCloseTo(exact, within(4e-7 * Math.abs(exact)));
        }
    }

    private static void requireNearest(long got, double exact) {
        assertThat((double) got).isBetween(exact - 0.501, exact + 0.501);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aProductBetweenPairs(boolean turned) {
        matrices(INT8, UINT8);
        zero("zx", INT8, -9);
        zero("zy", UINT8, 30);
        zero("z", INT8, 0);
        scale("sx", 0.02f);
        scale("sw", 0.004f);
        scale("sy", 0.05f);
        if (turned) bytes("w", INT8, 128, 12, 60);
        else bytes("w", INT8, 128, 60, 12);
        float[] bias = new float[12];
        for (int i = 0; i < 12; i++) bias[i] = (float) random.nextGaussian();
        graph.addInitializer(floats("b", List.of(12L), bias));
        OnnxModel model = load(
                node("DequantizeLinear", "x sx zx", "f"),
                node("DequantizeLinear", "w sw z", "fw"),
                node("Gemm", "f fw b", "c", attribute("transB", turned ? 1 : 0)),
                node("Relu", "c", "a"),
                node("QuantizeLinear", "a sy zy", "y"));
        Value x = input(ElementType.INT8, 7, 60);
        assertThat(operators(model, x)).containsExactly("neurite.RequantizedProduct");
        Value y = model.run(x);
        byte[] w = constant("w").getRawData().toByteArray();
        for (int i = 0; i < y.size(); i++) {
            long sum = 0;
            for (int k = 0; k < 60; k++) {
                sum += (x.integer(i / 12 * 60 + k) + 9) * w[turned ? i % 12 * 60 + k : k * 12 + i % 12];
            }
            double exact = Math.max(0, (double) 0.02f * 0.004f * sum + bias[i % 12]) / 0.05f;
            requireNearest(y.integer(i), Math.clamp(exact, 0, 225) + 30);
        }
    }

    /// 33,026 products of 255 and 255 are more than 32 bits hold; floats do not begin again from the least number.
    @ParameterizedTest
    @ValueSource(ints = {33_025, 33_026, 140_000})
    void productsWhoseSumsMayOverflowStayFloats(int inner) {
        matrices(UINT8, UINT8);
        zero("z", UINT8, 0);
        scale("s", 1);
        scale("sy", inner * 500f);
        byte[] all = new byte[inner];
        Arrays.fill(all, (byte) 255);
        graph.addInitializer(tensor("w", UINT8, inner, 1).setRawData(ByteString.copyFrom(all)));
        OnnxModel model = load(
                node("DequantizeLinear", "x s z", "f"),
                node("DequantizeLinear", "w s z", "fw"),
                node("MatMul", "f fw", "c"),
                node("QuantizeLinear", "c sy z", "y"));
        Value x = Value.ofUint8(Shape.of(1, inner), all);
        assertThat(operators(model, x).contains("neurite.RequantizedProduct")).isEqualTo(inner == 33_025);
        assertThat(model.run(x).integer(0)).isEqualTo(130); // 255 · 255 / 500
    }

    /// Constants that a graph has are none of those that rules add.
    @Test
    void aGraphMayHaveTheNamesOfAddedConstants() {
        matrices(UINT8, FLOAT);
        zero("z", UINT8, 100);
        zero("zw", INT8, 0);
        zero("zero of UINT8", UINT8, 7);
        scale("s", 0.1f);
        scale("sy", 3);
        bytes("w", INT8, 100, 20, 5);
        graph.addInitializer(floats("fw bytes", List.of(5L), 1, 2, 3, 4, 5));
        OnnxModel model = load(
                node("DequantizeLinear", "x s z", "f"),
                node("DequantizeLinear", "w s zw", "fw"),
                node("MatMul", "f fw", "c"),
                node("QuantizeLinear", "c sy", "q"),
                node("DequantizeLinear", "", "d").addInput("q").addInput("s").addInput("zero of UINT8"),
                node("Add", "", "y").addInput("d").addInput("fw bytes"));
        Value x = input(ElementType.UINT8, 3, 20);
        assertThat(operators(model, x)).contains("neurite.RequantizedProduct");
        Value y = model.run(x);
        Value loaded = loaded(model, x);
        for (int i = 0; i < y.size(); i++) {
            assertThat(y.number(i)).isCloseTo(loaded.number(i), within(0.101)); // the neighbor
        }
    }

    @Test
    void movedBytesStayBytes() {
        types(INT8, INT8);
        zero("z", INT8, 3);
        scale("s", 0.1f);
        OnnxModel model = load(
                node("DequantizeLinear", "x s z", "a"),
                node("Transpose", "a", "b", attribute("perm", List.of(0L, 2L, 3L, 1L))),
                node("QuantizeLinear", "b s z", "c"),
                node("DequantizeLinear", "c s z", "d"),
                node("MaxPool", "d", "e", attribute("kernel_shape", TWO), attribute("pads", PADDED)),
                node("QuantizeLinear", "e s z", "y"));
        Value x = input(ElementType.INT8, 2, 3, 6, 5);
        requireSame(model, x);
        assertThat(operators(model, x)).containsExactly("Transpose", "neurite.Center", "MaxPool", "neurite.Bytes");
    }

    /// A window that sees padding alone has the least byte.
    @Test
    void windowsOfPadding() {
        types(INT8, INT8);
        OnnxModel model = load(
                node("MaxPool", "x", "y", attribute("kernel_shape", TWO), attribute("pads", List.of(2L, 2L, 2L, 2L))));
        Value x = input(ElementType.INT8, 1, 2, 4, 3);
        Value y = requireSame(model, x);
        assertThat(y.integer(0)).isEqualTo(-128);
        assertThat(operators(model, x)).containsExactly("MaxPool");
    }

    /// Scales of which one is another: bytes cannot be moved.
    @Test
    void otherScalesStay() {
        types(UINT8, UINT8);
        zero("z", UINT8, 3);
        scale("s", 0.1f);
        scale("t", 0.2f);
        OnnxModel model = load(
                node("DequantizeLinear", "x s z", "a"),
                node("MaxPool", "a", "b", attribute("kernel_shape", TWO)),
                node("QuantizeLinear", "b t z", "y"));
        Value x = input(ElementType.UINT8, 1, 3, 6, 5);
        requireSame(model, x);
        assertThat(operators(model, x)).containsExactly("DequantizeLinear", "MaxPool", "QuantizeLinear");
    }

    @Test
    void operatorsOfOnnxruntimeBetweenConvolutions() {
        types(UINT8, UINT8);
        zero("z", UINT8, 125);
        zero("n", UINT8, 0);
        zero("i", INT8, 0);
        scale("s", 0.05f);
        scale("t", 0.004f);
        bytes("w", INT8, 100, 32, 16, 1, 1);
        bytes("v", INT8, 100, 16, 32, 3, 3);
        OnnxModel model = load(
                node("QLinearConv", "x s z w t i s z", "a"),
                node("QLinearLeakyRelu", "a s z s z", "b").setDomain("com.microsoft"),
                node("QLinearConv", "b s z v t i s z", "c", attribute("pads", PADDED)),
                node("QLinearAdd", "c s z x s z s z", "d").setDomain("com.microsoft"),
                node("QLinearConcat", "s z d s z x t n", "e", attribute("axis", 1))
                        .setDomain("com.microsoft"),
                node("QLinearGlobalAveragePool", "e s z t", "y").setDomain("com.microsoft"));
        Value x = input(ElementType.UINT8, 2, 16, 6, 5);
        Value y = requireSame(model, x);
        assertThat(y.shape()).isEqualTo(Shape.of(2, 32, 1, 1));
        assertThat(operators(model, x)).noneMatch(each -> each.contains("QLinear"));
    }
}
