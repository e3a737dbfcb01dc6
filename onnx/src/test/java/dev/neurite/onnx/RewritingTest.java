package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.plan.Stage;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Graphs at the edges of what rules rewrite: each stage gives the same results.
class RewritingTest {
    private static float[] wave(int count) {
        float[] wave = new float[count];
        for (int i = 0; i < count; i++) wave[i] = (float) Math.sin(1.7 * i) / 2;
        return wave;
    }

    private static Value ramp(int... extents) {
        Shape shape = Shape.of(extents);
        return Value.of(shape, wave(shape.size()));
    }

    private static GraphProto.Builder graph(List<Object> in, List<Object> out, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x", FLOAT, in.toArray()))
                .addOutput(value("y", FLOAT, out.toArray()));
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        return graph;
    }

    private static OnnxModel load(GraphProto.Builder graph, long version) {
        var proto = model(graph).clearOpsetImport().addOpsetImport(opset("", version));
        return OnnxModel.read(proto.build().toByteArray());
    }

    /// Runs all stages of a model.
    /// @return the result of the plan
    private static Value allStages(OnnxModel model, Value x) {
        Value y = model.run(x);
        for (Stage stage : model.stages(Map.of("x", x))) {
            Value own = model.run(stage, Map.of("x", x), (_, _, _) -> {})
                    .values()
                    .iterator()
                    .next();
            assertThat(own.shape()).as(stage.name()).isEqualTo(y.shape());
            float[] wanted = y.floats();
            float[] got = own.floats();
            for (int i = 0; i < wanted.length; i++) {
                assertThat(got[i])
                        .as("%s, element %d", stage.name(), i)
                        .isCloseTo(wanted[i], within(1e-5f * Math.max(1, Math.abs(wanted[i]))));
            }
        }
        return y;
    }

    /// A convolution to 16 channels, whose result may be in blocks, and a node after it.
    private static GraphProto.Builder afterConvolution(NodeProto.Builder after) {
        return graph(
                        List.of("n", 16L, "h", "w"),
                        List.of("n", 16L, "a", "b"),
                        node("Conv", "x weights", "c", attribute("pads", List.of(1L, 1L, 1L, 1L))),
                        after)
                .addInitializer(floats("weights", List.of(16L, 16L, 3L, 3L), wave(16 * 16 * 9)))
                .addInitializer(floats("scale", List.of(1L, 16L, 1L, 1L), wave(16)))
                .addInitializer(floats("numbers", List.of(16L), 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7))
                .addInitializer(tensor("doubles", 11, 16).addAllDoubleData(doubles()));
    }

    private static List<Double> doubles() {
        return IntStream.range(0, 16).mapToObj(i -> 1 + i / 16.0).toList();
    }

    @Test
    void whatHasNoKernelForBlocksGetsRows() {
        List<Long> two = List.of(2L, 2L);
        List<NodeProto.Builder> all = List.of(
                node("AveragePool", "c", "y", attribute("kernel_shape", two), attribute("dilations", two)),
                node("AveragePool", "c", "y", attribute("kernel_shape", two), attribute("strides", two)),
                node("MaxPool", "c", "y", attribute("kernel_shape", two), attribute("dilations", two)),
                node("MaxPool", "c", "y", attribute("kernel_shape", two), attribute("pads", List.of(1L, 1L, 1L, 1L))),
                node("BatchNormalization", "c numbers numbers numbers numbers", "y"),
                node("BatchNormalization", "c numbers numbers doubles doubles", "y"),
                node("BatchNormalization", "c numbers numbers numbers numbers", "y", attribute("training_mode", 1)),
                node("Clip", "c", "y"),
                node("Elu", "c", "y"),
                node("Softplus", "c", "y"),
                node("LeakyRelu", "c", "y"),
                node("Mul", "c scale", "y"),
                node("Add", "scale c", "y"));
        for (NodeProto.Builder each : all) {
            OnnxModel model = load(afterConvolution(each), 19);
            Value y = allStages(model, ramp(2, 16, 12, 12));
            assertThat(y.floats()).as("%s", each).doesNotContain(Float.NaN);
        }
    }

    @Test
    void noRowsGiveNoRows() {
        OnnxModel model = load(afterConvolution(node("Mul", "c scale", "y")), 17);
        assertThat(model.run(ramp(0, 16, 5, 4)).shape()).isEqualTo(Shape.of(0, 16, 5, 4));
    }

    @Test
    void weightsOfOneShapeAreNotThoseOfAnother() {
        GraphProto.Builder graph = graph(
                        List.of("n", 16L, "h", "w"),
                        List.of("n", 16L, "h", "w"),
                        node("Shape", "x", "shape"),
                        node("Gather", "shape two", "height"),
                        node("Cast", "height", "number", attribute("to", 1)),
                        node("Mul", "numbers number", "s"),
                        node("Conv", "x weights", "c"),
                        node("BatchNormalization", "c s numbers numbers numbers", "y"))
                .addInitializer(floats("weights", List.of(16L, 16L, 1L, 1L), wave(256)))
                .addInitializer(floats("numbers", List.of(16L), 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7))
                .addInitializer(longs("two", 2));
        OnnxModel model = load(graph, 17);
        allStages(model, ramp(1, 16, 8, 3));
        allStages(model, ramp(1, 16, 4, 3));
        allStages(model, ramp(1, 16, 8, 3));
    }

    @Test
    void numbersOfMoreAxesAddAxes() {
        assertThat(allStages(load(gelu(), 17), ramp(2, 3)).shape()).isEqualTo(Shape.of(1, 2, 3));
    }

    /// GELU as PyTorch exports it, of x `[2 × 3]`.
    static GraphProto.Builder gelu() {
        return graph(
                        List.of(2L, 3L),
                        List.of(1L, 2L, 3L),
                        node("Div", "x root", "s"),
                        node("Erf", "s", "e"),
                        node("Add", "e one", "p"),
                        node("Mul", "x p", "m"),
                        node("Mul", "m half", "y"))
                .addInitializer(floats("root", List.of(), (float) Math.sqrt(2)))
                .addInitializer(floats("one", List.of(), 1))
                .addInitializer(floats("half", List.of(1L, 1L, 1L), 0.5f));
    }

    /// Attention of heads [rows × time × 4 × 8].
    static GraphProto.Builder attention() {
        return graph(
                        List.of("n", "t", 32L),
                        List.of("n", "t", 32L),
                        node("Shape", "x", "shape"),
                        node("Slice", "shape zero two", "leading"),
                        node("Concat", "leading heads", "apart", attribute("axis", 0)),
                        node("Reshape", "x apart", "h", attribute("allowzero", 1)),
                        node("Transpose", "h", "q", attribute("perm", List.of(0L, 2L, 1L, 3L))),
                        node("Transpose", "h", "k", attribute("perm", List.of(0L, 2L, 3L, 1L))),
                        node("MatMul", "q k", "scores"),
                        node("Softmax", "scores", "p", attribute("axis", -1)),
                        node("MatMul", "p q", "z"),
                        node("Transpose", "z", "back", attribute("perm", List.of(0L, 2L, 1L, 3L))),
                        node("Reshape", "back shape", "y", attribute("allowzero", 1)))
                .addInitializer(longs("zero", 0))
                .addInitializer(longs("two", 2))
                .addInitializer(longs("heads", 4, 8));
    }

    @Test
    void attentionToNothing() {
        OnnxModel model = load(attention(), 17);
        assertThat(model.plan(Map.of("x", ramp(2, 5, 32))).toString()).contains("neurite.Attention");
        allStages(model, ramp(2, 5, 32));
        assertThat(model.run(ramp(2, 0, 32)).shape()).isEqualTo(Shape.of(2, 0, 32));
        assertThat(model.run(ramp(0, 3, 32)).shape()).isEqualTo(Shape.of(0, 3, 32));
    }

    @Test
    void productsOverNothingAreZeros() {
        GraphProto.Builder one = graph(List.of("n", "k"), List.of("n", 4L), node("MatMul", "x w", "y"))
                .addInitializer(floats("w", List.of(0L, 4L)));
        assertThat(load(one, 17).run(ramp(3, 0)).floats()).isEqualTo(new float[12]);
        GraphProto.Builder gemm = graph(List.of("n", "k"), List.of("n", 4L), node("Gemm", "x w b", "y"))
                .addInitializer(floats("w", List.of(0L, 4L)))
                .addInitializer(floats("b", List.of(4L), 1, 2, 3, 4));
        assertThat(load(gemm, 17).run(ramp(1, 0)).floats()).containsExactly(1, 2, 3, 4);
        GraphProto.Builder two = graph(
                List.of("n", "m", "k"),
                List.of("n", "m", "m"),
                node("Transpose", "x", "t", attribute("perm", List.of(0L, 2L, 1L))),
                node("MatMul", "x t", "y"));
        assertThat(load(two, 17).run(ramp(2, 3, 0)).floats()).isEqualTo(new float[18]);
    }

    @Test
    void resultsAreTheCallersOwn() {
        GraphProto.Builder graph = graph(
                        List.of("n"),
                        List.of("m"),
                        node("NonZero", "x", "places"),
                        node("Shape", "places", "count"),
                        node("Gather", "count one", "number"),
                        node("Mul", "number zero", "nothing"),
                        node("Add", "nothing three", "shape"),
                        node("Reshape", "w shape", "y"))
                .addInitializer(longs("one", 1))
                .addInitializer(longs("zero", 0))
                .addInitializer(longs("three", 3))
                .addInitializer(floats("w", List.of(3L, 1L), 1, 2, 3));
        OnnxModel model = load(graph, 17);
        Value y = model.run(ramp(4));
        ((float[]) y.array())[y.offset()] = 99;
        assertThat(model.run(ramp(4)).floats()).containsExactly(1, 2, 3);
    }

    @Test
    void nodesWithoutInputsThatTheyNeedAreRefused() {
        for (String op : List.of("Add", "MatMul", "Gemm", "Conv", "BatchNormalization", "Gather")) {
            GraphProto.Builder graph = graph(List.of("n"), List.of("m"), node("NonZero", "x", "z"), node(op, "z", "y"));
            assertThatThrownBy(() -> load(graph, 17))
                    .as(op)
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("inputs, got 1");
        }
        GraphProto.Builder none = graph(List.of("n"), List.of("m"), node("Softmax", "", "y"));
        assertThatThrownBy(() -> load(none, 17)).isInstanceOf(ModelFormatException.class);
    }

    /// Outputs without a name are not wanted, the last ones and others.
    @Test
    void outputsThatNobodyWants() {
        for (String each : List.of("y_", "y", "_y")) {
            String outputs = each.startsWith("_") ? "mask y" : "y mask";
            NodeProto.Builder dropout = node("Dropout", "x", outputs);
            if (each.equals("y_")) dropout.setOutput(1, "");
            if (each.equals("_y")) dropout.setOutput(0, "");
            int type = each.equals("_y") ? Protos.BOOL : FLOAT;
            GraphProto.Builder graph =
                    graph(List.of("n"), List.of("n"), dropout).setOutput(0, value("y", type, "n"));
            assertThat(load(graph, 17).run(ramp(3)).size()).isEqualTo(3);
        }
        NodeProto.Builder pool = node("MaxPool", "x", "y places", attribute("kernel_shape", List.of(2L, 2L)));
        pool.setOutput(1, "");
        GraphProto.Builder graph = graph(List.of(1L, 1L, 3L, 3L), List.of(1L, 1L, 2L, 2L), pool);
        assertThat(load(graph, 17).run(ramp(1, 1, 3, 3)).size()).isEqualTo(4);
    }

    /// What is longer than windows reach has its zeros at the end.
    @Test
    void aTransposedConvolutionBeginsWithItsFirstElement() {
        for (String each : List.of("SAME_UPPER", "SAME_LOWER")) {
            GraphProto.Builder graph = graph(
                            List.of(1L, 1L, 2L),
                            List.of(1L, 1L, 4L),
                            node(
                                    "ConvTranspose",
                                    "x w",
                                    "y",
                                    attribute("strides", List.of(2L)),
                                    attribute("auto_pad", each)))
                    .addInitializer(floats("w", List.of(1L, 1L, 1L), 1));
            Value x = Value.of(Shape.of(1, 1, 2), 5f, 7f);
            assertThat(load(graph, 17).run(x).floats()).containsExactly(5, 0, 7, 0);
        }
        GraphProto.Builder wrong = graph(
                        List.of(1L, 1L, 2L, 2L),
                        List.of(1L, 1L, "h", "w"),
                        node("ConvTranspose", "x w", "y", attribute("output_shape", List.of(5L))))
                .addInitializer(floats("w", List.of(1L, 1L, 1L, 1L), 1));
        assertThatThrownBy(() -> load(wrong, 17).run(ramp(1, 1, 2, 2)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("output_shape of 2 numbers, got [5]");
    }

    @Test
    void moreWindowsThanAnIntAreRefused() {
        long pad = 1L << 30;
        GraphProto.Builder graph = graph(
                        List.of(1L, 1L, 1L, 1L),
                        List.of(1L, 1L, "h", "w"),
                        node("Conv", "x w", "y", attribute("pads", List.of(pad, pad, pad, pad))))
                .addInitializer(floats("w", List.of(1L, 1L, 1L, 1L), 1));
        OnnxModel model = load(graph, 17);
        assertThatThrownBy(() -> model.run(ramp(1, 1, 1, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2³¹");
    }

    private static GraphProto.Builder recurrent(List<Object> out, NodeProto.Builder... nodes) {
        return graph(List.of("a", "b", "c"), out, nodes)
                .addInitializer(floats("w", List.of(1L, 5L, 3L), wave(15)))
                .addInitializer(floats("r", List.of(1L, 5L, 5L), wave(25)))
                .addInitializer(floats("more", List.of(1L, 5L, 5L), wave(25)))
                .addInitializer(longs("one", 1))
                .addInitializer(longs("flat", -1))
                .addInitializer(longs("apart", 4, 3, 5));
    }

    private static NodeProto.Builder swap(String x, String y) {
        return node("Transpose", x, y, attribute("perm", List.of(1L, 0L, 2L)));
    }

    private static NodeProto.Builder rnn(String inputs, String outputs) {
        return node("RNN", inputs, outputs, attribute("hidden_size", 5));
    }

    private static Value sameBits(OnnxModel model, Value x) {
        Value y = model.run(x);
        for (Stage stage : model.stages(Map.of("x", x))) {
            Value own = model.run(stage, Map.of("x", x), (_, _, _) -> {})
                    .values()
                    .iterator()
                    .next();
            assertThat(own.shape()).as(stage.name()).isEqualTo(y.shape());
            assertThat(own.floats()).as(stage.name()).isEqualTo(y.floats());
        }
        return y;
    }

    private static String last(OnnxModel model, Value x) {
        return model.stages(Map.of("x", x)).getLast().graph().toString();
    }

    /// What else takes the steps of a recurrent node gets them in its order.
    @Test
    void stepsOfARecurrentNodeThatOthersTakeStayAsTheyAre() {
        GraphProto.Builder graph = recurrent(
                List.of("n"),
                swap("x", "t"),
                rnn("t w r", "steps"),
                node("Squeeze", "steps one", "s"),
                swap("s", "back"),
                node("Reshape", "steps flat", "all"),
                node("Reshape", "back flat", "turned"),
                node("Add", "all turned", "y"));
        OnnxModel model = load(graph, 17);
        sameBits(model, ramp(4, 3, 3));
        assertThat(last(model, ramp(4, 3, 3)))
                .contains("x_batch_first=1")
                .doesNotContain("y_batch_first")
                .contains("Transpose");
    }

    /// One transpose for two nodes, one after the other, and a result that is no transpose's.
    @Test
    void recurrentNodesShareWhatTheyTake() {
        GraphProto.Builder graph = recurrent(
                List.of("b", "t", 5L),
                swap("x", "t"),
                rnn("t w r", "steps"),
                node("Squeeze", "steps one", "s"),
                rnn("s more r", "after"),
                rnn("t w r", "other state"),
                node("Squeeze", "after one", "last"),
                swap("last", "back"),
                node("Squeeze", "state none", "ofRow"),
                node("Unsqueeze", "ofRow one", "rows"),
                node("Add", "back rows", "y"));
        graph.addInitializer(longs("none", 0));
        OnnxModel model = load(graph, 17);
        assertThat(sameBits(model, ramp(4, 3, 3)).shape()).isEqualTo(Shape.of(4, 3, 5));
        assertThat(last(model, ramp(4, 3, 3))).doesNotContain("Transpose");
        sameBits(model, ramp(1, 3, 3));
        sameBits(model, ramp(4, 1, 3));
        sameBits(model, ramp(0, 3, 3));
    }

    /// A reshape that puts steps of other rows together is no transpose.
    @Test
    void stepsInAnotherOrderAreCopied() {
        GraphProto.Builder graph = recurrent(
                List.of("a", "b", "c"),
                rnn("x w r", "steps"),
                node("Reshape", "steps apart", "mixed"),
                swap("mixed", "t"),
                rnn("t more r", "after state"),
                node("Transpose", "after", "y", attribute("perm", List.of(3L, 2L, 1L, 0L))));
        OnnxModel model = load(graph, 17);
        sameBits(model, ramp(3, 4, 3));
        assertThat(last(model, ramp(3, 4, 3))).doesNotContain("y_batch_first").contains("Transpose");
    }

    /// Attention of PyTorch, whose weights are in a product and a sum that others take, too.
    @Test
    void projectionsThatOthersTakeKeepTheirOrder() {
        GraphProto.Builder graph = graph(
                        List.of("rows", "time", 8L),
                        List.of("time", "rows", 8L),
                        swap("x", "t"),
                        node("MatMul", "t w", "p"),
                        node("Add", "b p", "q"),
                        node("Reshape", "q split", "parts"),
                        node("Transpose", "parts", "heads", attribute("perm", List.of(1L, 0L, 2L))),
                        node("Transpose", "parts", "turned", attribute("perm", List.of(1L, 2L, 0L))),
                        node("MatMul", "heads turned", "scores"),
                        node("Softmax", "scores", "weights"),
                        node("MatMul", "weights heads", "values"),
                        swap("values", "back"),
                        node("Reshape", "back flat", "joined"),
                        node("Reshape", "joined whole", "after"),
                        node("Add", "after q", "y"))
                .addInitializer(floats("w", List.of(8L, 8L), wave(64)))
                .addInitializer(floats("b", List.of(8L), wave(8)))
                .addInitializer(longs("split", 0, -1, 4))
                .addInitializer(longs("flat", -1, 8))
                .addInitializer(longs("whole", 5, 3, 8));
        OnnxModel model = load(graph, 17);
        allStages(model, ramp(3, 5, 8));
        assertThat(last(model, ramp(3, 5, 8))).contains("neurite.Attention");
    }

    /// x·W as onnxruntime quantizes it dynamically: bytes of x, sums of integers, floats of them, a bias.
    /// @param scales of W, one or one for each of 8 columns
    /// @param zeros of W
    private static void quantizedProduct(
            GraphProto.Builder to, String name, int code, String zeroPoint, List<Float> scales, List<Integer> zeros) {
        to.addNode(node("MatMulInteger", "q w" + name + " zero " + zeroPoint, "i" + name))
                .addNode(node("Cast", "i" + name, "f" + name, attribute("to", FLOAT)))
                .addNode(node("Mul", "scale s" + name, "b" + name))
                .addNode(node("Mul", "f" + name + " b" + name, "m" + name))
                .addNode(node("Add", "bias" + name + " m" + name, "p" + name))
                .addInitializer(floats("bias" + name, List.of(8L), wave(8)))
                .addInitializer(tensor("s" + name, FLOAT, scales.size() == 1 ? new long[0] : new long[] {8})
                        .addAllFloatData(scales));
        if (!zeroPoint.isEmpty()) {
            to.addInitializer(tensor(zeroPoint, code, zeros.size() == 1 ? new long[0] : new long[] {8})
                    .addAllInt32Data(zeros));
        }
        var w = tensor("w" + name, code, 16, 8);
        for (int i = 0; i < 128; i++) w.addInt32Data(code == UINT8 ? i * 37 % 256 : i * 37 % 255 - 127);
        to.addInitializer(w);
    }

    private static final int UINT8 = ElementType.UINT8.code();
    private static final int INT8 = ElementType.INT8.code();

    private static GraphProto.Builder quantized(List<Object> in, List<Object> out) {
        return graph(in, out, node("DynamicQuantizeLinear", "x", "q scale zero"));
    }

    /// A product of bytes with a bias and an activation.
    static GraphProto.Builder quantizedDense() {
        GraphProto.Builder graph = quantized(List.of("n", 16L), List.of("n", 8L));
        quantizedProduct(graph, "1", INT8, "", List.of(0.02f), List.of());
        return graph.addNode(node("Relu", "p1", "y"));
    }

    @Test
    void productsOfBytesAreOneStepWithTheSameBits() {
        List<Float> each = List.of(0.01f, 0.02f, 0.03f, 0.04f, 0.05f, 0.06f, 0.07f, 0.08f);
        List<Integer> zeros = List.of(120, 121, 122, 123, 130, 131, 132, 133);
        for (int way = 0; way < 3; way++) {
            GraphProto.Builder graph = quantized(List.of("n", 16L), List.of("n", 8L));
            if (way == 0) quantizedProduct(graph, "1", INT8, "", List.of(0.02f), List.of());
            if (way == 1) quantizedProduct(graph, "1", INT8, "z", each, List.of(0, 0, 0, 0, 0, 0, 0, 0));
            if (way == 2) quantizedProduct(graph, "1", UINT8, "z", each, zeros);
            graph.addNode(node("Relu", "p1", "y"));
            OnnxModel model = load(graph, 17);
            for (int rows : new int[] {1, 3, 70}) {
                Value x = ramp(rows, 16);
                Value y = allStages(model, x);
                Stage loaded = model.stages(Map.of("x", x)).getFirst();
                Value plain = model.run(loaded, Map.of("x", x), (_, _, _) -> {})
                        .values()
                        .iterator()
                        .next();
                assertThat(y.floats()).as("way %d, %d rows", way, rows).containsExactly(plain.floats());
                assertThat(last(model, x))
                        .contains("neurite.QuantizedDense")
                        .doesNotContain("MatMulInteger", "Cast", "Relu", "Add");
            }
        }
    }

    /// Two products have the same weights, with scales that have the same hash code.
    @Test
    void productsOfTheSameBytesHaveTheirOwnScales() {
        int bits = 1 << 20;
        float fifth = Float.intBitsToFloat(Float.floatToIntBits(0.01f) + bits);
        float sixth = Float.intBitsToFloat(Float.floatToIntBits(0.08f) - 31 * bits);
        List<Float> one = List.of(0.01f, 0.02f, 0.03f, 0.04f, 0.01f, 0.08f, 0.07f, 0.08f);
        List<Float> other = List.of(0.01f, 0.02f, 0.03f, 0.04f, fifth, sixth, 0.07f, 0.08f);
        assertThat(one).hasSameHashCodeAs(other);
        GraphProto.Builder graph = quantized(List.of("n", 16L), List.of("n", 8L));
        quantizedProduct(graph, "1", INT8, "", one, List.of());
        graph.addNode(node("MatMulInteger", "q w1 zero", "i2"))
                .addNode(node("Cast", "i2", "f2", attribute("to", FLOAT)))
                .addNode(node("Mul", "scale s2", "b2"))
                .addNode(node("Mul", "f2 b2", "m2"))
                .addInitializer(tensor("s2", FLOAT, 8).addAllFloatData(other))
                .addNode(node("Sub", "p1 m2", "y"));
        OnnxModel model = load(graph, 17);
        allStages(model, ramp(3, 16));
        assertThat(last(model, ramp(3, 16)).split("neurite.QuantizedDense", -1)).hasSize(3);
    }

    /// Queries, keys and values of the same bytes.
    @Test
    void projectionsOfBytesAreOneProduct() {
        GraphProto.Builder graph = quantized(List.of("rows", "time", 16L), List.of("rows", "time", 8L));
        for (String each : List.of("1", "2", "3")) {
            quantizedProduct(graph, each, INT8, "", List.of(0.01f * Integer.parseInt(each)), List.of());
            graph.addNode(node("Reshape", "p" + each + " split", "h" + each));
        }
        for (int i : new int[] {1, 3}) {
            graph.addNode(node("Transpose", "h" + i, "t" + i, attribute("perm", List.of(0L, 2L, 1L, 3L))));
        }
        graph.addNode(node("Transpose", "h2", "t2", attribute("perm", List.of(0L, 2L, 3L, 1L))))
                .addNode(node("MatMul", "t1 t2", "scores"))
                .addNode(node("Softmax", "scores", "weights", attribute("axis", -1)))
                .addNode(node("MatMul", "weights t3", "values"))
                .addNode(node("Transpose", "values", "back", attribute("perm", List.of(0L, 2L, 1L, 3L))))
                .addNode(node("Reshape", "back whole", "y"))
                .addInitializer(longs("split", 0, 0, 2, 4))
                .addInitializer(longs("whole", 0, 0, 8));
        OnnxModel model = load(graph, 17);
        Value x = ramp(2, 5, 16);
        allStages(model, x);
        assertThat(last(model, x).split("neurite.QuantizedDense", -1)).hasSize(2);
    }
}
