package dev.neurite.onnx;

import com.google.protobuf.ByteString;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.AttributeProto.AttributeType;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.OperatorSetIdProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TensorShapeProto;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Builds ONNX files.
public final class Protos {
    public static final int FLOAT = 1;
    public static final int INT64 = 7;
    public static final int BOOL = 9;

    private Protos() {}

    /// A model with opset 17.
    public static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("test")
                .addOpsetImport(opset("", 17))
                .setGraph(graph);
    }

    public static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    /// From `x: float [2]` to `y: float [2]` by these nodes.
    public static GraphProto.Builder graph(NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(value("x", FLOAT, 2L))
                .addOutput(value("y", FLOAT, 2L));
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        return graph;
    }

    /// A graph that is a node's attribute.
    public static GraphProto.Builder body(List<String> inputs, List<String> outputs, NodeProto.Builder... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("body");
        for (String each : inputs) graph.addInput(ValueInfoProto.newBuilder().setName(each));
        for (String each : outputs) graph.addOutput(ValueInfoProto.newBuilder().setName(each));
        for (NodeProto.Builder each : nodes) graph.addNode(each);
        return graph;
    }

    /// A node without a name.
    /// @param inputs separated by blanks; so are outputs
    public static NodeProto.Builder node(String op, String inputs, String outputs, AttributeProto... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(op);
        if (!inputs.isEmpty()) node.addAllInput(List.of(inputs.split(" ")));
        if (!outputs.isEmpty()) node.addAllOutput(List.of(outputs.split(" ")));
        return node.addAllAttribute(List.of(attributes));
    }

    /// An input or output.
    /// @param extents `Long` or `String`
    public static ValueInfoProto value(String name, int type, Object... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object each : extents) {
            if (each instanceof Long extent) shape.addDimBuilder().setDimValue(extent);
            else shape.addDimBuilder().setDimParam((String) each);
        }
        TypeProto.Builder proto = TypeProto.newBuilder();
        proto.getTensorTypeBuilder().setElemType(type).setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setType(proto).build();
    }

    /// A tensor without elements.
    public static TensorProto.Builder tensor(String name, int type, long... extents) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
        for (long each : extents) tensor.addDims(each);
        return tensor;
    }

    /// A vector or matrix of floats, as `raw_data`.
    public static TensorProto.Builder floats(String name, List<Long> extents, float... elements) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * elements.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(elements);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(FLOAT)
                .addAllDims(extents)
                .setRawData(ByteString.copyFrom(bytes));
    }

    /// A vector of integers, as `int64_data`.
    public static TensorProto.Builder longs(String name, long... elements) {
        TensorProto.Builder tensor = tensor(name, INT64, elements.length);
        for (long each : elements) tensor.addInt64Data(each);
        return tensor;
    }

    public static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(value)
                .build();
    }

    public static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    public static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    public static AttributeProto attribute(String name, List<Long> values) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INTS)
                .addAllInts(values)
                .build();
    }

    public static AttributeProto attribute(String name, TensorProto.Builder value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.TENSOR)
                .setT(value)
                .build();
    }

    public static AttributeProto attribute(String name, GraphProto.Builder value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.GRAPH)
                .setG(value)
                .build();
    }
}
