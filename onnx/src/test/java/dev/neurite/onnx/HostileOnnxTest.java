package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.body;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.value;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.format.LoadedGraph;
import dev.neurite.onnx.format.OnnxReader;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.AttributeProto.AttributeType;
import dev.neurite.onnx.proto.FunctionProto;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TensorProto.DataLocation;
import dev.neurite.onnx.proto.TypeProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every way in which an ONNX file can be wrong or hostile, with the number of its row in the catalogue of bad
/// inputs.
final class HostileOnnxTest {
    private static final long FREE = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Case(int row, String what, byte[] file, String... messages) {
        @Override
        public String toString() {
            return row + " " + what;
        }
    }

    private static Case bad(int row, String what, byte[] file, String... messages) {
        return new Case(row, what, file, messages);
    }

    private static Case bad(int row, String what, ModelProto.Builder model, String... messages) {
        return new Case(row, what, model.build().toByteArray(), messages);
    }

    private static Case bad(int row, String what, GraphProto.Builder graph, String... messages) {
        return bad(row, what, model(graph), messages);
    }

    private static GraphProto.Builder good() {
        return graph(node("Relu", "x", "y"));
    }

    /// With a tensor that nobody needs.
    private static Case wrongTensor(int row, String what, TensorProto.Builder tensor, String... messages) {
        return bad(row, what, good().addInitializer(tensor.setName("w")), messages);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    // ---------------------------------------------------------------------------------------------------- the table

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(noModels());
        cases.addAll(deep());
        cases.addAll(wrongGraphs());
        cases.addAll(wrongTensors());
        cases.addAll(wrongVersions());
        cases.addAll(unsupported());
        return cases;
    }

    private static List<Case> noModels() {
        byte[] good = model(good()).build().toByteArray();
        return List.of(
                bad(76, "empty", new byte[0], "expects an ONNX model, got an empty file"),
                bad(76, "HTML", bytes("\n<!DOCTYPE html><html>"), "got a web page (HTML)"),
                bad(76, "Git LFS", bytes("version https://git-lfs.github.com/spec/v1\n"), "got a Git LFS pointer"),
                bad(76, "JSON", bytes("{\"a\": 1}"), "got a text in JSON"),
                bad(76, "ZIP", bytes("PK\3\4\24\0\0\0"), "got a zip archive"),
                bad(76, "HDF5", bytes("\211HDF\r\n\32\n"), "got an HDF5 file"),
                bad(76, "pickle", bytes("\200\2}q\0."), "got what looks like a pickle"),
                bad(76, "ORT", bytes("\40\0\0\0ORTM\0\0\0\0\0\0"), "got a file in onnxruntime's own format"),
                bad(76, "random", random(1_000), "got a file that is damaged or cut short at byte "),
                bad(76, "cut", Arrays.copyOf(good, good.length - 3), "damaged or cut short at byte "),
                bad(76, "more", Arrays.copyOf(good, good.length + 1), "damaged or cut short at byte "),
                bad(76, "endless number", bytes("\10" + "\377".repeat(11)), "cut short at byte 11 of 12"),
                bad(
                        76,
                        "tensor",
                        floats("", List.of(1L), 1).clearName().build().toByteArray(),
                        "got a file without a graph"),
                bad(76, "no graph", model(good()).clearGraph(), "got a file without a graph"),
                bad(76, "no output", good().clearOutput(), "expects an output, got none"));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    private static List<Case> deep() {
        TypeProto.Builder type = TypeProto.newBuilder();
        type.getTensorTypeBuilder().setElemType(FLOAT);
        for (int i = 0; i < 200; i++) {
            TypeProto.Builder outer = TypeProto.newBuilder();
            outer.getSequenceTypeBuilder().setElemType(type);
            type = outer;
        }
        GraphProto.Builder sequences = good();
        sequences.getInputBuilder(0).setType(type);
        return List.of(
                bad(77, "17 bodies", nested(17), "expects graphs in at most 16 others"),
                bad(77, "40 bodies", nested(40), "expects messages in at most 100 others"),
                bad(77, "sequences", sequences, "expects messages in at most 100 others"));
    }

    private static GraphProto.Builder nested(int bodies) {
        GraphProto.Builder inner = body(List.of(), List.of("z"), node("Relu", "x", "z"));
        for (int i = 1; i < bodies; i++) inner = body(List.of(), List.of("z"), branches(inner, "z"));
        return graph(branches(inner, "y")).addInput(value("c", Protos.BOOL));
    }

    private static NodeProto.Builder branches(GraphProto.Builder both, String output) {
        return node(
                "If",
                "c",
                output,
                attribute("then_branch", both),
                attribute("else_branch", body(List.of(), List.of("x"))));
    }

    private static List<Case> wrongGraphs() {
        GraphProto.Builder loop = body(List.of("i", "c"), List.of("c", "z"), node("Add", "later x", "z"));
        return List.of(
                bad(
                        78,
                        "cycle",
                        graph(node("Add", "x b", "a"), node("Relu", "a", "b"), node("Relu", "b", "y")),
                        "node 'a' (Add): expects no cycle, got a node that takes its own output by way of 'b'"),
                bad(
                        78,
                        "cycle of one",
                        graph(node("Add", "x a", "a").setName("self"), node("Relu", "a", "y")),
                        "node 'self' (Add): expects no cycle, got a node that takes its own output"),
                bad(
                        78,
                        "cycle through a body",
                        graph(node("Loop", " ", "y", attribute("body", loop)), node("Relu", "y", "later")),
                        "expects no cycle, got a node that takes its own output by way of"),
                bad(
                        78,
                        "undefined input",
                        graph(node("Add", "x w", "y")),
                        "node 'y' (Add): expects values that are there, got 'w' as an input"),
                bad(
                        78,
                        "undefined output",
                        graph(node("Relu", "x", "z")),
                        "expects values that are there, got 'y' as an output"),
                bad(
                        78,
                        "undefined in a body",
                        nestedIn(body(List.of(), List.of("z"), node("Relu", "w", "z"))),
                        "node 'y' (If), attribute 'then_branch', node 'z' (Relu): expects values that are there, got"
                                + " 'w'"),
                bad(
                        78,
                        "body's value outside",
                        graph(
                                        branches(body(List.of(), List.of("z"), node("Relu", "x", "z")), "a"),
                                        node("Relu", "z", "y"))
                                .addInput(value("c", Protos.BOOL)),
                        "got 'z' as an input"),
                bad(
                        78,
                        "two outputs of a name",
                        graph(node("Relu", "x", "y"), node("Abs", "x", "y")),
                        "node 'y' (Abs): expects each value once, got a second one of name 'y'"),
                bad(
                        78,
                        "an input as output",
                        graph(node("Relu", "x", "x"), node("Abs", "x", "y")),
                        "a second one of name 'x'"),
                bad(78, "two inputs", good().addInput(value("x", FLOAT)), "a second one of name 'x'"),
                bad(78, "an output twice", good().addOutput(value("y", FLOAT)), "a second one of name 'y'"),
                bad(
                        78,
                        "two constants",
                        good().addInitializer(floats("w", List.of(), 1)).addInitializer(floats("w", List.of(), 1)),
                        "a second one of name 'w'"),
                bad(
                        78,
                        "a constant as output",
                        graph(node("Relu", "x", "w"), node("Relu", "w", "y")).addInitializer(floats("w", List.of(), 1)),
                        "a second one of name 'w'"),
                bad(
                        78,
                        "a body's constant input",
                        nestedIn(body(List.of("w"), List.of("z"), node("Relu", "w", "z"))
                                .addInitializer(floats("w", List.of(), 1))),
                        "a second one of name 'w'"),
                bad(
                        78,
                        "two nodes of a name",
                        graph(
                                node("Relu", "x", "a").setName("n"),
                                node("Relu", "a", "y").setName("n")),
                        "node 'n' (Relu): expects nodes with different names, got two"),
                bad(
                        78,
                        "input without a name",
                        good().addInput(value("", FLOAT)),
                        "expects inputs with a name, got none"),
                bad(
                        78,
                        "constant without a name",
                        good().addInitializer(floats("", List.of(), 1)),
                        "expects constants with a name, got none"),
                bad(
                        78,
                        "node without outputs",
                        graph(node("Relu", "x", "y"), node("Relu", "x", "").addOutput("")),
                        "expects an output, got none"),
                bad(78, "node without operator", graph(node("", "x", "y")), "expects an operator, got none"),
                bad(
                        79,
                        "unsupported operators",
                        model(graph(
                                        node("Foo", "x", "a"),
                                        node("Foo", "a", "b"),
                                        node("Bar", "b", "y")
                                                .setDomain("com.acme")
                                                .setName("x")))
                                .addOpsetImport(opset("com.acme", 1)),
                        "2 × Foo (nodes 'a', 'b'), 1 × com.acme.Bar (node 'x')"),
                bad(
                        79,
                        "our own operator",
                        model(graph(node("Relu", "x", "y").setDomain("neurite")))
                                .addOpsetImport(opset("neurite", 1)),
                        "1 × neurite.Relu (node 'y')"),
                bad(
                        79,
                        "unknown domain",
                        graph(node("Gelu", "x", "y").setDomain("com.microsoft")),
                        "expects a domain that the model imports, got 'com.microsoft'"));
    }

    private static GraphProto.Builder nestedIn(GraphProto.Builder body) {
        return graph(branches(body, "y")).addInput(value("c", Protos.BOOL));
    }

    private static List<Case> wrongTensors() {
        return List.of(
                wrongTensor(
                        82,
                        "raw_data too short",
                        floats("", List.of(3L), 1, 2),
                        "tensor 'w': expects 12 bytes for float [3], got 8"),
                wrongTensor(
                        82, "raw_data too long", floats("", List.of(1L), 1, 2), "expects 4 bytes for float [1], got 8"),
                wrongTensor(
                        82, "raw_data for nothing", floats("", List.of(0L), 1), "expects 0 bytes for float [0], got 4"),
                wrongTensor(
                        82,
                        "no elements",
                        Protos.tensor("", FLOAT, 2),
                        "expects 2 elements of float in one field, got none"),
                wrongTensor(
                        82,
                        "two fields",
                        floats("", List.of(1L), 1).addFloatData(1),
                        "in one field, got [float_data, raw_data]"),
                wrongTensor(
                        82,
                        "two fields for nothing",
                        Protos.tensor("", FLOAT, 0).addFloatData(1).addInt64Data(1),
                        "in one field, got [float_data, int64_data]"),
                wrongTensor(
                        82,
                        "another type's field",
                        Protos.tensor("", FLOAT, 1).addDoubleData(1),
                        "expects elements of float in float_data, got double_data"),
                wrongTensor(
                        82,
                        "unsigned field",
                        Protos.tensor("", Protos.INT64, 1).addUint64Data(1),
                        "expects elements of int64 in int64_data, got uint64_data"),
                wrongTensor(82, "too few", longs("", 1, 2).setDims(0, 3), "expects 3 elements for int64 [3], got 2"),
                wrongTensor(82, "too many", longs("", 1, 2).setDims(0, 1), "expects 1 elements for int64 [1], got 2"),
                wrongTensor(
                        82,
                        "raw texts",
                        Protos.tensor("", 8, 1).setRawData(ByteString.copyFromUtf8("a")),
                        "expects elements of string in string_data, got raw_data"),
                wrongTensor(
                        82,
                        "no UTF-8",
                        Protos.tensor("", 8, 1).addStringData(ByteString.copyFrom(new byte[] {-1})),
                        "expects a text in UTF-8"),
                wrongTensor(
                        82, "bool of 2", Protos.tensor("", 9, 1).addInt32Data(2), "expects elements of 0 or 1, got 2"),
                wrongTensor(
                        82,
                        "raw bool of 2",
                        Protos.tensor("", 9, 1).setRawData(ByteString.copyFrom(new byte[] {2})),
                        "expects elements of 0 or 1, got 2"),
                wrongTensor(
                        82,
                        "int8 of 128",
                        Protos.tensor("", 3, 1).addInt32Data(128),
                        "expects elements of -128 to 127, got 128"),
                wrongTensor(
                        82,
                        "uint8 of −1",
                        Protos.tensor("", 2, 1).addInt32Data(-1),
                        "expects elements of 0 to 255, got -1"),
                wrongTensor(
                        82,
                        "float16 of 2¹⁶",
                        Protos.tensor("", 10, 1).addInt32Data(1 << 16),
                        "expects elements of 0 to 65535, got 65536"),
                wrongTensor(
                        82,
                        "negative extent",
                        Protos.tensor("", FLOAT, -1),
                        "expects extents from 0 of at most 2147483639 elements, got [-1]"),
                wrongTensor(
                        82,
                        "extents whose product is 0 in 64 bits",
                        Protos.tensor("", FLOAT, 1L << 22, 1L << 21, 1L << 21),
                        "expects extents from 0 of at most"),
                wrongTensor(
                        82,
                        "an extent of 2⁶³−1",
                        Protos.tensor("", FLOAT, Long.MAX_VALUE),
                        "expects extents from 0 of at most"),
                wrongTensor(
                        82,
                        "gigabytes that are not there",
                        Protos.tensor("", FLOAT, 2_000_000_000).setRawData(ByteString.EMPTY),
                        "expects 8000000000 bytes for float [2000000000], got 0"),
                wrongTensor(82, "65 axes", Protos.tensor("", FLOAT, new long[65]), "expects at most 64 axes, got 65"),
                wrongTensor(
                        82,
                        "external as well",
                        external("w.bin").addFloatData(1),
                        "expects external data only, got [float_data], too"),
                wrongTensor(
                        82,
                        "elements and external data",
                        external("w.bin").clearDataLocation().addFloatData(1),
                        "expects either its elements or external data, got both"),
                wrongTensor(
                        80,
                        "external data of no file",
                        external("w.bin"),
                        "expects its elements in the model, got external data. Load the model from its file"));
    }

    private static List<Case> wrongVersions() {
        return List.of(
                bad(
                        83,
                        "no opset",
                        model(good()).clearOpsetImport(),
                        "expects opset 1 to 22 of ONNX's operators, got none"),
                bad(
                        83,
                        "opset of others",
                        model(good()).setOpsetImport(0, opset("ai.onnx.ml", 2)),
                        "expects a domain that the model imports, got ''"),
                bad(
                        83,
                        "opset 23",
                        model(good()).setOpsetImport(0, opset("", 23)),
                        "got 23. Export the model with another opset"),
                bad(
                        83,
                        "opset 99",
                        model(good()).setOpsetImport(0, opset("ai.onnx", 99)),
                        "expects opset 1 to 22 of ONNX's operators, got 99"),
                bad(83, "opset −1", model(good()).setOpsetImport(0, opset("", -1)), "expects an opset from 1, got -1"),
                bad(
                        83,
                        "opset 2³²+17",
                        model(good()).setOpsetImport(0, opset("", (1L << 32) + 17)),
                        "expects an opset from 1, got 4294967313"),
                bad(
                        83,
                        "two opsets",
                        model(good()).addOpsetImport(opset("ai.onnx", 18)),
                        "expects one opset of ONNX's operators, got 17 and 18"),
                bad(83, "IR 2", model(good()).setIrVersion(2), "expects version 3 to 13 of the format (IR), got 2"),
                bad(83, "IR 14", model(good()).setIrVersion(14), "expects version 3 to 13 of the format (IR), got 14"),
                bad(83, "IR 2³²+8", model(good()).setIrVersion((1L << 32) + 8), "of the format (IR), got 4294967304"),
                bad(
                        83,
                        "no IR",
                        model(good()).clearIrVersion(),
                        "expects version 3 to 13 of the format (IR), got none"),
                bad(
                        84,
                        "extent of −2",
                        good().setInput(0, value("x", FLOAT, -2L)),
                        "input 'x': expects extents from 0 to 2³¹−1, got -2"),
                bad(84, "extent of 2³¹", good().setInput(0, value("x", FLOAT, 1L << 31)), "got 2147483648"),
                bad(
                        84,
                        "65 axes",
                        good().setInput(0, value("x", FLOAT, new Object[] {1L, 1L}))
                                .setOutput(0, value("y", FLOAT, axes(65))),
                        "output 'y': expects at most 64 axes, got 65"));
    }

    private static Object[] axes(int count) {
        Object[] axes = new Object[count];
        Arrays.fill(axes, "n");
        return axes;
    }

    private static List<Case> unsupported() {
        List<Case> cases = new ArrayList<>(List.of(
                bad(
                        85,
                        "functions",
                        model(good()).addFunctions(FunctionProto.newBuilder().setName("f")),
                        "expects a model without functions, got 1: f"),
                bad(
                        85,
                        "other type",
                        typed(TypeProto.newBuilder()),
                        "expects a tensor, a sequence, a map or an optional value, got another type"),
                bad(
                        85,
                        "untyped output",
                        good().setOutput(0, value("y", FLOAT).toBuilder().clearType()),
                        "output 'y': expects a tensor, a sequence, a map or an optional value, got no type"),
                bad(85, "sparse constant", sparse(), "expects dense constants, got a sparse one, 's'"),
                wrongAttribute(
                        "a reference",
                        attribute("a", 1).toBuilder().setRefAttrName("b"),
                        "got a reference to an attribute of a function"),
                wrongAttribute(
                        "no type", attribute("a", 1).toBuilder().clearType(), "expects a type that ONNX has, got none"),
                wrongAttribute("two values", attribute("a", 1).toBuilder().setF(1), "expects INT, got [FLOAT, INT]"),
                wrongAttribute(
                        "another value",
                        attribute("a", 1).toBuilder().setType(AttributeType.FLOATS),
                        "expects FLOATS, got [INT]"),
                wrongAttribute(
                        "no tensor",
                        attribute("a", 1).toBuilder().clearI().setType(AttributeType.TENSOR),
                        "expects a tensor, got none"),
                wrongAttribute(
                        "no graph",
                        attribute("a", 1).toBuilder().clearI().setType(AttributeType.GRAPH),
                        "expects a graph, got none"),
                wrongAttribute(
                        "tensors",
                        attribute("a", 1).toBuilder().clearI().setType(AttributeType.TENSORS),
                        "expects no attribute of type TENSORS"),
                wrongAttribute(
                        "no UTF-8",
                        attribute("a", "").toBuilder().setS(ByteString.copyFrom(new byte[] {-1})),
                        "attribute 'a': expects a text in UTF-8"),
                wrongAttribute(
                        "an inner name",
                        attribute("captured", "x").toBuilder(),
                        "expects a name that an operator knows"),
                bad(
                        85,
                        "an attribute twice",
                        graph(node("Relu", "x", "y", attribute("a", 1), attribute("a", 2))),
                        "attribute 'a': expects attributes with different names, got two")));
        String[] names = {
            "no type", "complex64", "complex128", "float4e2m1", "the unknown type 99", "the unknown type -1"
        };
        int[] codes = {0, 14, 15, 23, 99, -1};
        for (int i = 0; i < codes.length; i++) {
            cases.add(wrongTensor(
                    86,
                    "tensor of " + names[i],
                    Protos.tensor("", codes[i], 0),
                    "tensor 'w': expects elements of float, ",
                    "or string, got " + names[i]));
            cases.add(bad(
                    86,
                    "input of " + names[i],
                    good().setInput(0, value("x", codes[i], 1L)),
                    "input 'x'",
                    "got " + names[i]));
        }
        return cases;
    }

    private static Case wrongAttribute(String what, AttributeProto.Builder attribute, String message) {
        return bad(
                85,
                "attribute with " + what,
                graph(node("Relu", "x", "y", attribute.build())),
                "node 'y' (Relu), attribute '",
                message);
    }

    private static GraphProto.Builder typed(TypeProto.Builder type) {
        GraphProto.Builder graph = good();
        graph.getInputBuilder(0).setType(type);
        return graph;
    }

    private static GraphProto.Builder sparse() {
        GraphProto.Builder graph = good();
        graph.addSparseInitializerBuilder().setValues(floats("s", List.of(1L), 1));
        return graph;
    }

    // ------------------------------------------------------------------------------------------------------ the tests

    /// Loads a file, with all its constants.
    private static void load(Path file) {
        LoadedGraph loaded = OnnxReader.read(file);
        loaded.requireSupported(file.toString());
        for (Constant each : loaded.graph().constants().values()) each.value();
    }

    private static void load(byte[] file) {
        LoadedGraph loaded = OnnxReader.read(file, "m.onnx");
        loaded.requireSupported("m.onnx");
        for (Constant each : loaded.graph().constants().values()) each.value();
    }

    private Path write(byte[] bytes) {
        try {
            return Files.write(directory.resolve("m.onnx"), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path write(GraphProto.Builder graph) {
        return write(model(graph).build().toByteArray());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aBadFileIsRefusedByNameInBoundedMemory(Case bad) {
        long start = System.nanoTime();
        long before = AllocatedBytes.soFar();
        Throwable thrown = catchThrowable(() -> load(bad.file));
        assertThat(AllocatedBytes.soFar() - before).isLessThan(2L * bad.file.length + FREE);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);
        assertThat(thrown).isInstanceOf(ModelFormatException.class).hasMessageStartingWith("m.onnx");
        assertThat(thrown).hasMessageContainingAll(bad.messages);
    }

    @Test
    void theGoodGraphOfTheTableIsRead() {
        load(model(good()).build().toByteArray());
        load(model(nested(16)).build().toByteArray());
        for (int version = 3; version <= 13; version++)
            load(model(good()).setIrVersion(version).build().toByteArray());
        for (int version = 6; version <= 22; version++) {
            load(model(good()).setOpsetImport(0, opset("", version)).build().toByteArray());
        }
    }

    @Test
    void everyCutIsRefusedOrRead() {
        byte[] good = model(nested(2).addInitializer(floats("w", List.of(2L), 1, 2)))
                .build()
                .toByteArray();
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThat(catchThrowable(() -> load(cut))).as("%d bytes", length).isInstanceOf(ModelFormatException.class);
        }
    }

    @Test
    void whatIsNoFileIsNoModel() throws IOException {
        assertThat(catchThrowable(() -> load(directory.resolve("none.onnx"))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("none.onnx: expects an ONNX model, got nothing: it does not exist");
        assertThat(catchThrowable(() -> load(directory)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a file, got a directory");
        assumeTrue(Files.exists(Path.of("/dev/zero")));
        assertThat(catchThrowable(() -> load(Path.of("/dev/zero"))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a regular file");
    }

    @Test
    void aFileOfTwoGigabytesIsRefused() throws IOException {
        Path file = directory.resolve("large.onnx");
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(1L << 31);
        }
        assertThat(catchThrowable(() -> load(file)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects a file of at most 2,147,483,647 bytes (2 GB − 1), got 2,147,483,648");
    }

    /// Nodes of twelve bytes, fewer than a file has that somebody means.
    @Test
    @Tag("thorough")
    @Timeout(60)
    void aMillionAndOneNodesAreRefused() throws IOException {
        byte[] node = node("LogSoftmax", "", "").build().toByteArray();
        var nodes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(nodes);
        for (int i = 0; i <= 1_000_000; i++) out.writeByteArray(GraphProto.NODE_FIELD_NUMBER, node);
        out.flush();
        var file = new ByteArrayOutputStream();
        CodedOutputStream model = CodedOutputStream.newInstance(file);
        model.writeRawBytes(model(good()).build().toByteArray());
        model.writeByteArray(ModelProto.GRAPH_FIELD_NUMBER, nodes.toByteArray());
        model.flush();
        assertThat(catchThrowable(() -> load(file.toByteArray())))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("expects at most 1000000 nodes");
    }

    /// What would take quadratic time with the wrong data structures.
    @Test
    @Timeout(60)
    void manyNodesAndLongNamesTakeLittleTime() {
        int count = 50_000;
        NodeProto.Builder[] backwards = new NodeProto.Builder[count];
        for (int i = 0; i < count; i++)
            backwards[i] = node("Relu", i == count - 1 ? "x" : "v" + (i + 1), i == 0 ? "y" : "v" + i);
        load(model(graph(backwards)).build().toByteArray());

        NodeProto.Builder same = node("Relu", "x", "y").setName("n".repeat(1 << 20));
        for (int i = 0; i < count; i++) same.addAttribute(attribute("a" + i, 1));
        load(model(graph(same)).build().toByteArray());

        GraphProto.Builder outputs = good();
        for (int i = 0; i < count; i++) outputs.addNode(node("Relu", "x", "z").setName("node " + i));
        assertThat(catchThrowable(() -> load(model(outputs).build().toByteArray())))
                .hasMessageContaining("a second one of name 'z'");
    }

    /// Escape sequences of terminals in names are shown, not sent.
    @Test
    void namesAreEscaped() {
        GraphProto.Builder graph = graph(node("Add", "x w", "y").setName("\33[2J"));
        assertThat(catchThrowable(() -> load(model(graph).build().toByteArray())))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageNotContaining("\33");
    }

    // -------------------------------------------------------------------------------------------------- external data

    private static TensorProto.Builder external(String location) {
        TensorProto.Builder tensor = Protos.tensor("w", FLOAT, 2).setDataLocation(DataLocation.EXTERNAL);
        tensor.addExternalDataBuilder().setKey("location").setValue(location);
        return tensor;
    }

    private static TensorProto.Builder external(String location, String key, String value) {
        TensorProto.Builder tensor = external(location);
        tensor.addExternalDataBuilder().setKey(key).setValue(value);
        return tensor;
    }

    private void refusesExternal(TensorProto.Builder tensor, String message) {
        Path file = write(good().addInitializer(tensor));
        assertThat(catchThrowable(() -> load(file)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("m.onnx, tensor 'w': expects ", message);
    }

    @Test
    void externalDataIsOneFileOfTheModelsDirectory() throws IOException {
        directory = Files.createDirectory(directory.resolve("model"));
        Path outside = directory.resolveSibling("secret.bin");
        Files.write(outside, new byte[8]);
        Files.write(directory.resolve("w.bin"), new byte[8]);
        load(write(good().addInitializer(external("w.bin"))));
        load(write(good().addInitializer(external("./w.bin", "length", "8"))));

        for (String each : List.of(
                "../secret.bin",
                "a/../../secret.bin",
                outside.toString(),
                "\\w.bin",
                "C:w.bin",
                "",
                " ",
                "w\0.bin",
                "..")) {
            refusesExternal(
                    external(each), "external data in a file in the model's directory, as a path from there, got '");
        }
        refusesExternal(external("none.bin"), "external data in a file beside the model, got no file 'none.bin'");
        refusesExternal(external("."), "external data in a file, got '.', which is none");
        refusesExternal(external("w.bin").clearExternalData(), "external data in a file in the model's directory");
    }

    @Test
    void externalDataHasNoLinks() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.write(outside.resolve("secret.bin"), new byte[8]);
        directory = Files.createDirectory(directory.resolve("model"));
        Files.write(directory.resolve("w.bin"), new byte[8]);
        Files.createSymbolicLink(directory.resolve("link.bin"), outside.resolve("secret.bin"));
        Files.createSymbolicLink(directory.resolve("inner.bin"), Path.of("w.bin"));
        Files.createSymbolicLink(directory.resolve("folder"), outside);
        Files.createSymbolicLink(directory.resolve("here"), directory);
        for (String each : List.of("link.bin", "inner.bin", "folder/secret.bin", "here/w.bin")) {
            refusesExternal(external(each), "external data in a file without links, got a link at '" + each + "'");
        }
        Files.createLink(directory.resolve("hard.bin"), outside.resolve("secret.bin"));
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView("posix"));
        refusesExternal(
                external("hard.bin"), "external data in a file with one name, got 'hard.bin' with 2 hard links");
    }

    /// The directory itself may be reached over a link.
    @Test
    void theModelsDirectoryMayBeALink() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        directory = link;
        Files.write(real.resolve("w.bin"), new byte[8]);
        load(write(good().addInitializer(external("w.bin"))));
    }

    @Test
    void externalDataIsWithinItsFile() throws IOException {
        Files.write(directory.resolve("w.bin"), new byte[16]);
        load(write(good().addInitializer(external("w.bin", "offset", "8"))));
        for (String each : List.of("-1", "eight", "", "0x8", "1e3", "９", "9999999999999999999", " 8")) {
            refusesExternal(external("w.bin", "offset", each), "the offset of external data in digits, got '" + each);
            refusesExternal(external("w.bin", "length", each), "the length of external data in digits, got '" + each);
        }
        for (String each : List.of("9", "999999999999999999")) {
            refusesExternal(
                    external("w.bin", "offset", each),
                    "a file of 8 bytes from " + each + ", got 'w.bin' with 16 bytes");
        }
        refusesExternal(external("w.bin", "length", "16"), "external data of 8 bytes, got 16");
        refusesExternal(external("w.bin", "location", "w.bin"), "'location' of external data once");
        refusesExternal(external("w.bin").setDims(0, 5), "a file of 20 bytes from 0, got 'w.bin' with 16 bytes");
        refusesExternal(external("w.bin").setDataType(8), "texts in the model, got external data");
    }

    /// A file that is exchanged after the model has been loaded is not read either.
    @Test
    void externalDataIsCheckedAgainWhenItIsRead() throws IOException {
        Path weights = Files.write(directory.resolve("w.bin"), new byte[8]);
        Path other = Files.write(directory.resolve("other.bin"), new byte[8]);
        LoadedGraph loaded = OnnxReader.read(write(good().addInitializer(external("w.bin"))));
        Files.delete(weights);
        Files.createSymbolicLink(weights, other);
        assertThat(catchThrowable(() ->
                        requireNonNull(loaded.graph().constants().get("w")).value()))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("got a link at 'w.bin'");
    }
}
