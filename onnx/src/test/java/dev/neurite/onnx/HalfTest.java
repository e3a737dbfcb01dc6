package dev.neurite.onnx;

import static dev.neurite.onnx.Protos.FLOAT;
import static dev.neurite.onnx.Protos.attribute;
import static dev.neurite.onnx.Protos.model;
import static dev.neurite.onnx.Protos.node;
import static dev.neurite.onnx.Protos.opset;
import static dev.neurite.onnx.Protos.tensor;
import static dev.neurite.onnx.Protos.value;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Floats of 16 bits are infinite beyond 65504, wherever a file makes some.
class HalfTest {
    private static final int HALF = 10;
    private static final int DOUBLE = 11;
    private static final float INFINITE = Float.POSITIVE_INFINITY;
    private static final Value X = Value.of(Shape.of(4), 65504f, 65519f, 65520f, -1e9f);

    private static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x", FLOAT, 4L))
                .addOutput(value("y", FLOAT, "n"));
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        return graph;
    }

    private static float[] run(GraphProto.Builder graph) {
        var proto = model(graph).clearOpsetImport().addOpsetImport(opset("", 19));
        return OnnxModel.read(proto.build().toByteArray()).run(X).floats();
    }

    @Test
    void whereACastMakesThem() {
        GraphProto.Builder of = graph(node("Cast", "x", "y", attribute("to", HALF)));
        assertThat(run(of)).containsExactly(65504, 65504, INFINITE, -INFINITE);
        GraphProto.Builder within = graph(
                node("Neg", "x", "z"), node("Cast", "z", "cast", attribute("to", HALF)), node("Neg", "cast", "y"));
        assertThat(run(within)).containsExactly(65504, 65504, INFINITE, -INFINITE);
    }

    @Test
    void whereACastOfConstantsMakesThem() {
        GraphProto.Builder graph = graph(
                        node("Cast", "numbers", "cast", attribute("to", HALF)),
                        node("Sub", "x x", "zeros"),
                        node("Add", "zeros cast", "y"))
                .addInitializer(
                        tensor("numbers", DOUBLE, 4).addAllDoubleData(List.of(65504.0, 65519.0, 65520.0, -1e300)));
        assertThat(run(graph)).containsExactly(65504, 65504, INFINITE, -INFINITE);
    }

    @Test
    void whereTheFileHasThem() {
        byte[] raw = {(byte) 0xff, 0x7b, 0, 0x7c, 0, (byte) 0xfc, 1, 0x7e};
        List<NodeProto.Builder> all = List.of(
                node("Add", "zeros raw", "y"), node("Add", "zeros numbers", "y"), node("Add", "zeros constant", "y"));
        TensorProto.Builder constant = tensor("", HALF, 4).setRawData(ByteString.copyFrom(raw));
        for (NodeProto.Builder each : all) {
            GraphProto.Builder graph = graph(
                            node("Constant", "", "constant", attribute("value", constant)),
                            node("Sub", "x x", "zeros"),
                            each)
                    .addInitializer(tensor("raw", HALF, 4).setRawData(ByteString.copyFrom(raw)))
                    .addInitializer(
                            tensor("numbers", HALF, 4).addAllInt32Data(List.of(0x7bff, 0x7c00, 0xfc00, 0x7e01)));
            assertThat(run(graph)).containsExactly(65504, INFINITE, -INFINITE, Float.NaN);
        }
    }
}
