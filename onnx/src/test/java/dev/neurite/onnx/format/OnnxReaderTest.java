package dev.neurite.onnx.format;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.body;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.AllocatedBytes;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.graph.Unsupported;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.AttributeProto.AttributeType;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TensorProto.DataLocation;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read of good files.
final class OnnxReaderTest {
    @TempDir
    private Path directory;

    private static LoadedGraph read(ModelProto.Builder model) {
        return OnnxReader.read(model.build().toByteArray(), "m.onnx");
    }

    private static Value constant(LoadedGraph loaded, String name) {
        return requireNonNull(loaded.graph().constants().get(name)).value();
    }

    @Test
    void whatAFileSaysOfItself() {
        ModelProto.Builder model = model(graph(node("Relu", "x", "y")))
                .setProducerVersion("1.2")
                .setDomain("org.example")
                .setModelVersion(3)
                .setDocString("It rectifies.")
                .addOpsetImport(opset("com.microsoft", 1));
        model.addMetadataPropsBuilder().setKey("author").setValue("somebody");
        LoadedGraph loaded = read(model);

        assertThat(loaded.info())
                .isEqualTo(new ModelInfo(
                        8, Map.of("", 17, "com.microsoft", 1), "test", "1.2", "org.example", 3, "It rectifies."));
        assertThat(loaded.metadata()).isEqualTo(Map.of("author", "somebody"));
        assertThat(loaded.graph().inputs()).hasToString("[x: float [2]]");
        assertThat(loaded.outputs()).hasToString("[y: float [2]]");
        assertThat(loaded.graph().outputs()).containsExactly("y");
        assertThat(loaded.graph().nodes()).hasToString("[y = Relu(x)]");
        assertThat(loaded.unsupported()).isEmpty();
    }

    @Test
    void extentsThatMayDiffer() {
        GraphProto.Builder graph =
                graph(node("Relu", "x", "y")).setInput(0, value("x", FLOAT, "batch", "", "7", -1L, 0L, 224L));
        graph.getOutputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
        LoadedGraph loaded = read(model(graph));
        assertThat(loaded.graph().inputs()).hasToString("[x: float [batch×?×?×?×0×224]]");
        assertThat(loaded.outputs()).hasToString("[y: float of any shape]");
    }

    /// The same elements as bytes and in the fields of their types.
    @Test
    void elementsOfEveryType() {
        var shape = Shape.of(2);
        Map<Integer, Value> expected = Map.of(
                1, Value.of(shape, 1.5f, Float.NaN),
                11, Value.of(shape, 1.5, -1e300),
                7, Value.of(shape, Long.MIN_VALUE, 3L),
                6, Value.of(shape, Integer.MIN_VALUE, 3),
                3, Value.ofInt8(shape, (byte) -128, (byte) 3),
                2, Value.ofUint8(shape, (byte) 255, (byte) 3),
                9, Value.of(shape, true, false),
                10, Value.of(shape, 1.5f, Float.NEGATIVE_INFINITY),
                16, Value.of(shape, 1.5f, -0.0f));
        GraphProto.Builder graph = graph(node("Relu", "x", "y"));
        expected.forEach((type, value) -> {
            graph.addInitializer(raw(type, value).setName("raw" + type));
            graph.addInitializer(typed(type, value).setName("typed" + type));
        });
        LoadedGraph loaded = read(model(graph));
        expected.forEach((type, value) -> {
            assertThat(constant(loaded, "raw" + type)).as("type %d", type).isEqualTo(value);
            assertThat(constant(loaded, "typed" + type)).as("type %d", type).isEqualTo(value);
        });
        assertThat(requireNonNull(loaded.graph().constants().get("raw10")).type())
                .isEqualTo(ElementType.FLOAT);
    }

    private static TensorProto.Builder raw(int type, Value value) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 2; i++) {
            switch (type) {
                case 1 -> bytes.putFloat((float) value.number(i));
                case 11 -> bytes.putDouble(value.number(i));
                case 7 -> bytes.putLong(value.integer(i));
                case 6 -> bytes.putInt((int) value.integer(i));
                case 10, 16 -> bytes.putShort(half(type, value, i));
                default -> bytes.put((byte) value.integer(i));
            }
        }
        return tensor("", type, 2).setRawData(ByteString.copyFrom(bytes.flip()));
    }

    private static TensorProto.Builder typed(int type, Value value) {
        TensorProto.Builder tensor = tensor("", type, 2);
        for (int i = 0; i < 2; i++) {
            switch (type) {
                case 1 -> tensor.addFloatData((float) value.number(i));
                case 11 -> tensor.addDoubleData(value.number(i));
                case 7 -> tensor.addInt64Data(value.integer(i));
                case 10, 16 -> tensor.addInt32Data(half(type, value, i) & 0xffff);
                default -> tensor.addInt32Data((int) value.integer(i));
            }
        }
        return tensor;
    }

    private static short half(int type, Value value, int index) {
        float number = (float) value.number(index);
        return type == 10 ? Float.floatToFloat16(number) : (short) (Float.floatToRawIntBits(number) >>> 16);
    }

    @Test
    void textsScalarsAndEmptyTensors() {
        GraphProto.Builder graph = graph(node("Relu", "x", "y"))
                .addInitializer(tensor("texts", 8, 2)
                        .addStringData(ByteString.copyFromUtf8("é"))
                        .addStringData(ByteString.EMPTY))
                .addInitializer(floats("scalar", List.of(), 7))
                .addInitializer(tensor("empty", FLOAT, 3, 0))
                .addInitializer(floats("empty raw", List.of(0L)));
        LoadedGraph loaded = read(model(graph));
        assertThat(constant(loaded, "texts")).isEqualTo(Value.of(Shape.of(2), "é", ""));
        assertThat(constant(loaded, "scalar")).isEqualTo(Value.of(Shape.SCALAR, 7f));
        assertThat(constant(loaded, "empty")).isEqualTo(Value.of(Shape.of(3, 0), new float[0]));
        assertThat(constant(loaded, "empty raw")).isEqualTo(Value.of(Shape.of(0), new float[0]));
    }

    @Test
    void attributesOfEveryType() {
        AttributeProto floats = AttributeProto.newBuilder()
                .setName("floats")
                .setType(AttributeType.FLOATS)
                .addFloats(1)
                .addFloats(2)
                .build();
        AttributeProto texts = AttributeProto.newBuilder()
                .setName("texts")
                .setType(AttributeType.STRINGS)
                .addStrings(ByteString.copyFromUtf8("a"))
                .build();
        AttributeProto zero = AttributeProto.newBuilder()
                .setName("zero")
                .setType(AttributeType.INT)
                .build();
        OnnxNode node = read(model(graph(node(
                        "Relu",
                        "x",
                        "y",
                        attribute("int", 1L << 40),
                        attribute("float", 0.5f),
                        attribute("text", "é"),
                        attribute("ints", List.of(1L, -1L)),
                        attribute("tensor", longs("", 4)),
                        floats,
                        texts,
                        zero))))
                .graph()
                .nodes()
                .getFirst();
        Attributes all = node.attributes();
        assertThat(all.all()).hasSize(8);
        assertThat(all.integer("int", 0)).isEqualTo(1L << 40);
        assertThat(all.integer("zero", 5)).isZero();
        assertThat(all.real("float", 0)).isEqualTo(0.5f);
        assertThat(all.text("text", "")).isEqualTo("é");
        assertThat(all.integers("ints"))
                .hasValueSatisfying(each -> assertThat(each).containsExactly(1, -1));
        assertThat(all.reals("floats"))
                .hasValueSatisfying(each -> assertThat(each).containsExactly(1, 2));
        assertThat(all.value("tensor")).contains(Value.of(Shape.of(1), 4L));
        assertThat(all.texts("texts")).contains(List.of("a"));
    }

    @Test
    void aConstantIsNoInput() {
        LoadedGraph loaded = read(model(graph(node("Add", "x w", "y"))
                .addInput(value("w", FLOAT, 2L))
                .addInitializer(floats("w", List.of(2L), 1, 2))));
        assertThat(loaded.graph().inputs()).hasToString("[x: float [2]]");
        assertThat(constant(loaded, "w")).isEqualTo(Value.of(Shape.of(2), 1f, 2f));
    }

    @Test
    void nodesAreSortedAndOtherwiseInTheOrderOfTheFile() {
        LoadedGraph loaded = read(model(graph(
                node("Add", "c d", "y"),
                node("Relu", "x", "a"),
                node("Relu", "b", "d"),
                node("Relu", "x", "b"),
                node("Relu", "a", "c"))));
        assertThat(loaded.graph().nodes().stream().map(OnnxNode::name)).containsExactly("a", "b", "d", "c", "y");
    }

    @Test
    void nodesWithoutANameHaveThatOfTheirFirstOutput() {
        LoadedGraph loaded = read(model(graph(
                node("Relu", "x", "a").setName("b"),
                node("Split", "a", "").addOutput("").addOutput("b"),
                node("Relu", "b", "y"))));
        assertThat(loaded.graph().nodes().stream().map(OnnxNode::name)).containsExactly("b", "b_2", "y");
        assertThat(loaded.graph().nodes().get(1).outputs()).containsExactly("", "b");
    }

    @Test
    void bodiesTakeValuesOfTheGraphsAroundThem() {
        GraphProto.Builder inner =
                body(List.of(), List.of("out"), node("Add", "x late", "sum"), node("Mul", "sum w", "out"));
        GraphProto.Builder middle = body(
                List.of(),
                List.of("z"),
                node(
                        "If",
                        "c",
                        "z",
                        attribute("then_branch", inner),
                        attribute("else_branch", body(List.of(), List.of("x")))));
        LoadedGraph loaded = read(model(graph(
                        node(
                                "If",
                                "c",
                                "y",
                                attribute("then_branch", middle),
                                attribute("else_branch", body(List.of(), List.of("x")))),
                        node("Relu", "x", "late"))
                .addInput(value("c", 9))
                .addInitializer(floats("w", List.of(2L), 1, 2))));

        assertThat(loaded.graph().nodes().stream().map(OnnxNode::name)).containsExactly("late", "y");
        OnnxNode outer = loaded.graph().nodes().get(1);
        assertThat(outer.inputs()).containsExactly("c", "x", "c", "late", "w");
        assertThat(outer.attributes().texts(NodeCall.CAPTURED)).contains(List.of("x", "c", "late", "w"));
        OnnxGraph then = outer.attributes().graph("then_branch");
        assertThat(then.nodes().getFirst().inputs()).containsExactly("c", "x", "late", "w");
        assertThat(loaded.graph().captured()).isEmpty();
    }

    /// The name of a value in a body hides that of the graph around it, also before its node.
    @Test
    void aBodysOwnValuesHideOthers() {
        GraphProto.Builder own =
                body(List.of("i", "c"), List.of("c", "z"), node("Add", "x i", "z"), node("Relu", "w", "x"));
        LoadedGraph loaded = read(model(graph(node("Loop", "n", "y", attribute("body", own)))
                .addInput(value("n", 7))
                .addInitializer(floats("w", List.of(2L), 1, 2))));
        OnnxNode loop = loaded.graph().nodes().getFirst();
        assertThat(loop.inputs()).containsExactly("n", "w");
        assertThat(loop.attributes().graph("body").nodes().stream().map(OnnxNode::name))
                .containsExactly("x", "z");
    }

    @Test
    void unsupportedOperatorsAreCounted() {
        LoadedGraph loaded = read(model(graph(
                        node("Foo", "x", "a").setName("f"),
                        node("Foo", "a", "b"),
                        node("Bar", "b", "c").setDomain("com.acme"),
                        node("Relu", "c", "d").setDomain("neurite"),
                        node("Relu", "d", "y").setDomain("ai.onnx")))
                .addOpsetImport(opset("com.acme", 2))
                .addOpsetImport(opset("neurite", 1)));
        assertThat(loaded.unsupported())
                .containsExactly(
                        new Unsupported("Foo", List.of("f", "b")),
                        new Unsupported("com.acme.Bar", List.of("c")),
                        new Unsupported("neurite.Relu", List.of("d")));
        assertThatThrownBy(() -> loaded.requireSupported("m.onnx"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage("m.onnx: expects operators that are supported, got 2 × Foo (nodes 'f', 'b'), "
                        + "1 × com.acme.Bar (node 'c'), 1 × neurite.Relu (node 'd')");
        assertThat(loaded.graph().nodes().get(2).version()).isEqualTo(2);
    }

    @Test
    void externalDataIsReadWhereItBegins() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putDouble(1)
                .putFloat(2)
                .putFloat(3);
        Files.createDirectory(directory.resolve("weights"));
        Files.write(directory.resolve("weights/w.bin"), bytes.array());
        TensorProto.Builder tensor = tensor("w", FLOAT, 2).setDataLocation(DataLocation.EXTERNAL);
        tensor.addExternalDataBuilder().setKey("location").setValue("./weights/w.bin");
        tensor.addExternalDataBuilder().setKey("offset").setValue("8");
        Path file = directory.resolve("m.onnx");
        Files.write(
                file,
                model(graph(node("Add", "x w", "y")).addInitializer(tensor))
                        .build()
                        .toByteArray());
        assertThat(constant(OnnxReader.read(file), "w")).isEqualTo(Value.of(Shape.of(2), 2f, 3f));
    }

    /// A model of a gigabyte is loaded without reading its weights.
    @Test
    void weightsAreNotReadBeforeTheyAreNeeded() throws IOException {
        int elements = 1 << 28;
        Path file = directory.resolve("large.onnx");
        byte[] start = modelThatEndsInZeros(elements);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(start);
            out.setLength(start.length + 4L * elements);
        }
        long before = AllocatedBytes.soFar();
        LoadedGraph loaded = OnnxReader.read(file);
        assertThat(AllocatedBytes.soFar() - before).isLessThan(1 << 20);
        assertThat(requireNonNull(loaded.graph().constants().get("w")).shape()).isEqualTo(Shape.of(elements));
    }

    /// The beginning of a file whose last part are the elements of a tensor.
    private static byte[] modelThatEndsInZeros(int elements) throws IOException {
        byte[] tensor = prefixed(
                tensor("w", FLOAT, elements).build().toByteArray(), TensorProto.RAW_DATA_FIELD_NUMBER, 4L * elements);
        GraphProto graph = graph(node("Relu", "x", "y")).build();
        byte[] inGraph =
                prefixed(graph.toByteArray(), GraphProto.INITIALIZER_FIELD_NUMBER, tensor.length + 4L * elements);
        ModelProto model = model(GraphProto.newBuilder()).clearGraph().build();
        byte[] inModel = prefixed(
                model.toByteArray(), ModelProto.GRAPH_FIELD_NUMBER, inGraph.length + tensor.length + 4L * elements);
        var all = new ByteArrayOutputStream();
        all.writeBytes(inModel);
        all.writeBytes(inGraph);
        all.writeBytes(tensor);
        return all.toByteArray();
    }

    /// Fields with the tag and length of a further one.
    private static byte[] prefixed(byte[] fields, int number, long length) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeRawBytes(fields);
        out.writeTag(number, 2);
        out.writeUInt64NoTag(length);
        out.flush();
        return bytes.toByteArray();
    }
}
