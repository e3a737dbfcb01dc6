package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.INT64;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.floats;
import static dev.neurite.onnx.Protos.graph;
import static dev.neurite.onnx.Protos.longs;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// ONNX files that would become much larger in memory, when they are read or at the first run: each is refused at
/// once, with a message that says where, in at most twice its size of memory and 16 MB. [HostileOnnxTest] has all
/// that is wrong in other ways.
@Timeout(120)
final class OnnxBombsTest {
    private static final long FREE = 16 << 20;
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final int MANY = 1 << 19;

    /// A file, and what its refusal must say.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Bomb(String name, String message, byte[] file) {}

    // ------------------------------------------------------------------------------------- messages of few bytes each

    /// A field many times.
    private static byte[] times(int count, int field, byte[] content) {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            for (int i = 0; i < count; i++) out.writeByteArray(field, content);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] field(int number, byte[] content) {
        return times(1, number, content);
    }

    /// The good model with more: fields that come again are added.
    private static byte[] withModel(byte[] more) {
        byte[] good = model(graph(node("Relu", "x", "y"))).build().toByteArray();
        byte[] file = Arrays.copyOf(good, good.length + more.length);
        System.arraycopy(more, 0, file, good.length, more.length);
        return file;
    }

    private static byte[] withGraph(byte[] more) {
        return withModel(field(ModelProto.GRAPH_FIELD_NUMBER, more));
    }

    private static byte[] withNode(byte[] more) {
        return withGraph(field(GraphProto.NODE_FIELD_NUMBER, more));
    }

    private static byte[] withAttribute(byte[] more) {
        return withNode(field(NodeProto.ATTRIBUTE_FIELD_NUMBER, more));
    }

    private static byte[] withTensor(byte[] more) {
        return withGraph(field(GraphProto.INITIALIZER_FIELD_NUMBER, more));
    }

    private static byte[] many(int field) {
        return times(MANY, field, new byte[0]);
    }

    private static List<Bomb> dense() {
        String most = "ONNX model: expects messages that take at most";
        byte[] zeros = new byte[MANY];
        return List.of(
                new Bomb("half a million nodes", most, withGraph(many(GraphProto.NODE_FIELD_NUMBER))),
                new Bomb("half a million constants", most, withGraph(many(GraphProto.INITIALIZER_FIELD_NUMBER))),
                new Bomb("half a million inputs", most, withGraph(many(GraphProto.INPUT_FIELD_NUMBER))),
                new Bomb("half a million outputs", most, withGraph(many(GraphProto.OUTPUT_FIELD_NUMBER))),
                new Bomb("half a million sparse", most, withGraph(many(GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER))),
                new Bomb("half a million graphs", most, withModel(many(ModelProto.GRAPH_FIELD_NUMBER))),
                new Bomb("half a million opsets", most, withModel(many(ModelProto.OPSET_IMPORT_FIELD_NUMBER))),
                new Bomb("half a million functions", most, withModel(many(ModelProto.FUNCTIONS_FIELD_NUMBER))),
                new Bomb("half a million notes", most, withModel(many(ModelProto.METADATA_PROPS_FIELD_NUMBER))),
                new Bomb("half a million attributes", most, withNode(many(NodeProto.ATTRIBUTE_FIELD_NUMBER))),
                new Bomb("half a million names of inputs", most, withNode(many(NodeProto.INPUT_FIELD_NUMBER))),
                new Bomb("half a million names of outputs", most, withNode(many(NodeProto.OUTPUT_FIELD_NUMBER))),
                new Bomb("half a million texts", most, withAttribute(many(AttributeProto.STRINGS_FIELD_NUMBER))),
                new Bomb(
                        "half a million texts of a tensor",
                        most,
                        withTensor(many(TensorProto.STRING_DATA_FIELD_NUMBER))),
                new Bomb("half a million places", most, withTensor(many(TensorProto.EXTERNAL_DATA_FIELD_NUMBER))),
                new Bomb(
                        "a name of nothing, again and again",
                        most,
                        withNode(times(MANY, NodeProto.NAME_FIELD_NUMBER, new byte[0]))),
                new Bomb(
                        "half a million axes",
                        "expects constants with a name",
                        withTensor(field(TensorProto.DIMS_FIELD_NUMBER, zeros))),
                new Bomb("a field without a number", "damaged or cut short", withModel(new byte[] {0, 0})),
                new Bomb("a group", "damaged or cut short", withModel(new byte[] {0x0b, 0x0c})),
                new Bomb("groups in half a million others", "damaged or cut short", withModel(filled(0x0b))),
                new Bomb("a field of 2⁶³ bytes", "damaged or cut short", withModel(huge(Long.MIN_VALUE))),
                new Bomb("a field of 2⁶⁴ − 1 bytes", "damaged or cut short", withModel(huge(-1))),
                new Bomb("a field of 2 GB", "damaged or cut short", withModel(huge(Integer.MAX_VALUE))));
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[MANY];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] huge(long length) {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            out.writeTag(ModelProto.GRAPH_FIELD_NUMBER, 2);
            out.writeUInt64NoTag(length);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    // ------------------------------------------------------------------------------------------- at the first run

    private static Bomb runs(String name, String message, GraphProto.Builder graph) {
        return new Bomb(name, message, model(graph).build().toByteArray());
    }

    private static Bomb runs(String name, NodeProto.Builder node, TensorProto.Builder... constants) {
        GraphProto.Builder graph = graph(node);
        for (TensorProto.Builder each : constants) graph.addInitializer(each);
        return runs(name, "'y'", graph);
    }

    private static List<Bomb> firstRuns() {
        TensorProto.Builder pads = longs("p", 0, 1L << 40);
        return List.of(
                runs("ConstantOfShape of 2⁶²", node("ConstantOfShape", "s", "y"), longs("s", 1L << 31, 1L << 31)),
                runs("ConstantOfShape of −1", node("ConstantOfShape", "s", "y"), longs("s", -1)),
                runs("Expand to 2⁶²", node("Expand", "x s", "y"), longs("s", 1L << 31, 1L << 30, 2)),
                runs("Tile 2⁶³ − 1 times", node("Tile", "x s", "y"), longs("s", Long.MAX_VALUE)),
                runs("Tile 2⁴⁰ times", node("Tile", "x s", "y"), longs("s", 1L << 40)),
                runs(
                        "Range to 2⁶³ − 1",
                        node("Range", "a b c", "y"),
                        whole("a", 0),
                        whole("b", Long.MAX_VALUE),
                        whole("c", 1)),
                runs("Range by 0", node("Range", "a b c", "y"), whole("a", 0), whole("b", 9), whole("c", 0)),
                runs(
                        "OneHot of 2⁴⁰",
                        node("OneHot", "i d v", "y"),
                        longs("i", 1),
                        whole("d", 1L << 40),
                        longs("v", 0, 1)),
                runs("Pad by 2⁴⁰", node("Pad", "x p", "y"), pads),
                runs("Reshape to 2⁶²", node("Reshape", "x s", "y"), longs("s", 1L << 31, 1L << 31)),
                runs("Reshape to two open axes", node("Reshape", "x s", "y"), longs("s", -1, -1)),
                runs("Resize by 1e30", node("Resize", "x e r", "y"), empty("e"), floats("r", List.of(1L), 1e30f)),
                runs("Resize to 2⁶²", node("Resize", "x e e s", "y"), empty("e"), longs("s", 1L << 62)),
                runs("TopK of 2⁴⁰", node("TopK", "x k", "y i"), longs("k", 1L << 40)),
                runs("Unsqueeze at 2⁴⁰", node("Unsqueeze", "x a", "y"), longs("a", 1L << 40)),
                runs("Gather at 2⁴⁰", node("Gather", "x i", "y"), longs("i", 1L << 40)),
                runs("Split into 2⁶²", node("Split", "x s", "y z"), longs("s", 1L << 62, 1L << 62)),
                runs("EyeLike of nothing", node("EyeLike", "x", "y")),
                runs("Transpose by one axis twice", node("Transpose", "x", "y", attribute("perm", List.of(0L, 0L)))),
                runs("Concat at axis 2⁴⁰", node("Concat", "x x", "y", attribute("axis", 1L << 40))),
                runs(
                        "RandomNormal of 2⁶²",
                        node("RandomNormal", "", "y", attribute("shape", List.of(1L << 31, 1L << 31)))),
                runs(
                        "a Constant of 2⁴⁰",
                        node("Constant", "", "y", attribute("value", Protos.tensor("t", INT64, 1L << 40)))));
    }

    private static TensorProto.Builder empty(String name) {
        return Protos.tensor(name, Protos.FLOAT, 0).setRawData(ByteString.EMPTY);
    }

    private static TensorProto.Builder whole(String name, long value) {
        return longs(name, value).clearDims();
    }

    // ---------------------------------------------------------------------------------------------------- the judge

    @TestFactory
    List<DynamicTest> eachIsRefusedWithAMessageInLittleMemory() {
        List<Bomb> all = new ArrayList<>(dense());
        all.addAll(firstRuns());
        return all.stream()
                .map(each -> DynamicTest.dynamicTest(each.name, () -> refused(each)))
                .toList();
    }

    private static void refused(Bomb bomb) {
        long start = System.nanoTime();
        long before = AllocatedBytes.soFar();
        Throwable thrown = catchThrowable(() -> run(bomb.file));
        long taken = AllocatedBytes.soFar() - before;
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as(bomb.name).isLessThan(LONGEST);
        assertThat(thrown).as(bomb.name).isInstanceOf(NeuriteException.class).hasMessageContaining(bomb.message);
        assertThat(thrown.getMessage()).as(bomb.name).contains("expects").hasSizeLessThan(4_100);
        assertThat(taken).as(bomb.name).isLessThan(2L * bomb.file.length + FREE);
    }

    private static void run(byte[] file) {
        OnnxModel.read(file).run(Value.zeros(ElementType.FLOAT, Shape.of(2)));
    }
}
