package dev.neurite.onnx.format;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.neurite.io.AtomicFile;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.AttributeProto.AttributeType;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.OperatorSetIdProto;
import dev.neurite.onnx.proto.StringStringEntryProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.TreeMap;

/// Writes ONNX files. Constants of 2 GB and more in all, which no message holds, go into a file beside the model, whose
/// name ends with `.data`. It is replaced before the model: between the two, or if the model then cannot be written, an
/// old model of that name reads new constants.
public final class OnnxWriter {
    /// Who wrote a file, as it says.
    public static final String PRODUCER = "neurite";

    /// The bytes of constants that a file holds itself.
    private static final long MOST_WITHIN = 2_000_000_000;

    private static final long LEAST_BESIDE = 1024; // bytes of a constant that is written beside
    private static final int ALIGNMENT = 64;

    /// The version of the format for each opset from 17 on.
    private static final List<Integer> IR_VERSIONS = List.of(8, 8, 9, 9, 10, 10);

    private static final int FIRST_OPSET = 17;

    private final OnnxContent content;
    private final String beside; // the name of the file with constants; empty if there is none
    private long end; // of what is in that file
    private final List<Constant> apart = new ArrayList<>(); // the constants there, in their order

    private OnnxWriter(OnnxContent content, String beside) {
        this.content = content;
        this.beside = beside;
    }

    /// The bytes of a model that has all its constants itself.
    /// @throws IllegalArgumentException for constants of 2 GB or more
    public static byte[] bytes(OnnxContent content) {
        if (size(content.graph()) > MOST_WITHIN) throw new IllegalArgumentException("expects less than 2 GB");
        return new OnnxWriter(content, "").model().toByteArray();
    }

    /// Writes a model as a whole, or leaves an old file as it is; that is not so for two files, see above.
    /// @return the names of the files that were written
    /// @throws dev.neurite.error.ResourceException if they cannot be written
    public static List<String> write(OnnxContent content, Path file) {
        return write(content, file, MOST_WITHIN);
    }

    /// [#write(OnnxContent, Path)] with another limit.
    static List<String> write(OnnxContent content, Path file, long mostWithin) {
        String name = String.valueOf(file.getFileName());
        boolean large = size(content.graph()) > mostWithin;
        var writer = new OnnxWriter(content, large ? name + ".data" : "");
        ModelProto model = writer.model();
        if (large) AtomicFile.write(file.resolveSibling(writer.beside), writer::writeConstants);
        AtomicFile.write(file, channel -> {
            CodedOutputStream out = CodedOutputStream.newInstance(Channels.newOutputStream(channel));
            model.writeTo(out);
            out.flush();
        });
        return large ? List.of(name, writer.beside) : List.of(name);
    }

    private static long size(OnnxGraph graph) {
        return graph.constants().values().stream().mapToLong(OnnxWriter::size).sum();
    }

    private static long size(Constant constant) {
        return (long) constant.type().bytes() * constant.shape().size();
    }

    private void writeConstants(FileChannel channel) throws IOException {
        long at = 0;
        for (Constant each : apart) {
            ByteBuffer bytes = ByteBuffer.wrap(elements(each.value()));
            channel.position(at);
            while (bytes.hasRemaining()) channel.write(bytes);
            at = aligned(at + size(each));
        }
    }

    private static long aligned(long at) {
        return Math.ceilDiv(at, ALIGNMENT) * ALIGNMENT;
    }

    // ------------------------------------------------------------------------------------------------------ messages

    private ModelProto model() {
        int opset = content.opsets().getOrDefault("", 0);
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSIONS.get(opset - FIRST_OPSET))
                .setProducerName(PRODUCER)
                .setGraph(graph());
        content.opsets()
                .forEach((domain, version) -> model.addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(version)));
        content.metadata().forEach((key, text) -> model.addMetadataProps(entry(key, text)));
        return model.build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private GraphProto graph() {
        OnnxGraph graph = content.graph();
        GraphProto.Builder proto = GraphProto.newBuilder().setName(graph.name());
        SequencedSet<String> taken = new LinkedHashSet<>();
        for (OnnxNode each : graph.nodes()) {
            proto.addNode(node(each));
            taken.addAll(each.inputs());
        }
        taken.addAll(graph.outputs());
        Map<String, Constant> constants = graph.constants();
        for (String each : taken) {
            Constant constant = constants.get(each);
            if (constant != null) proto.addInitializer(tensor(each, constant));
        }
        for (ValueInfo each : graph.inputs()) proto.addInput(info(each));
        for (ValueInfo each : content.outputs()) proto.addOutput(info(each));
        return proto.build();
    }

    private static NodeProto node(OnnxNode node) {
        NodeProto.Builder proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.op())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs());
        if (!node.domain().isEmpty()) proto.setDomain(node.domain());
        new TreeMap<>(node.attributes().all()).forEach((name, value) -> proto.addAttribute(attribute(name, value)));
        return proto.build();
    }

    private static AttributeProto attribute(String name, Object value) {
        AttributeProto.Builder proto = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Long number -> proto.setType(AttributeType.INT).setI(number);
            case Float number -> proto.setType(AttributeType.FLOAT).setF(number);
            case String text -> proto.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
            case Value tensor -> proto.setType(AttributeType.TENSOR).setT(within("", tensor));
            case List<?> list
            when list.getFirst() instanceof Long -> {
                proto.setType(AttributeType.INTS);
                for (Object each : list) proto.addInts((Long) each);
            }
            case List<?> list
            when list.getFirst() instanceof Float -> {
                proto.setType(AttributeType.FLOATS);
                for (Object each : list) proto.addFloats((Float) each);
            }
            case List<?> list -> {
                proto.setType(AttributeType.STRINGS);
                for (Object each : list) proto.addStrings(ByteString.copyFromUtf8((String) each));
            }
            default -> throw new IllegalArgumentException("attribute '" + name + "' of " + value.getClass());
        }
        return proto.build();
    }

    private TensorProto tensor(String name, Constant constant) {
        if (beside.isEmpty() || size(constant) < LEAST_BESIDE)
            return within(name, constant.value()).build();
        TensorProto.Builder proto = header(
                        name, constant.type().code(), constant.shape().extents())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", beside))
                .addExternalData(entry("offset", Long.toString(end)))
                .addExternalData(entry("length", Long.toString(size(constant))));
        apart.add(constant);
        end = aligned(end + size(constant));
        return proto.build();
    }

    private static TensorProto.Builder header(String name, int type, List<Integer> extents) {
        TensorProto.Builder proto = TensorProto.newBuilder().setDataType(type);
        if (!name.isEmpty()) proto.setName(name);
        for (int each : extents) proto.addDims(each);
        return proto;
    }

    private static TensorProto.Builder within(String name, Value value) {
        TensorProto.Builder proto =
                header(name, value.type().code(), value.shape().extents());
        if (value.array() instanceof String[]) {
            for (String each : value.texts()) proto.addStringData(ByteString.copyFrom(each, StandardCharsets.UTF_8));
            return proto;
        }
        return proto.setRawData(UnsafeByteOperations.unsafeWrap(elements(value)));
    }

    /// The elements of numbers or truth values as in `raw_data`.
    private static byte[] elements(Value value) {
        int size = value.size();
        int from = value.offset();
        ByteBuffer bytes = ByteBuffer.allocate(size * value.type().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (value.array()) {
            case float[] array -> bytes.asFloatBuffer().put(array, from, size);
            case double[] array -> bytes.asDoubleBuffer().put(array, from, size);
            case long[] array -> bytes.asLongBuffer().put(array, from, size);
            case int[] array -> bytes.asIntBuffer().put(array, from, size);
            case byte[] array -> bytes.put(array, from, size);
            case boolean[] array -> {
                for (int i = 0; i < size; i++) bytes.put((byte) (array[from + i] ? 1 : 0));
            }
            default -> throw new IllegalArgumentException("elements of " + value.type());
        }
        return bytes.array();
    }

    private static ValueInfoProto info(ValueInfo info) {
        TypeProto.Builder type = TypeProto.newBuilder();
        TypeProto.Tensor.Builder tensor =
                type.getTensorTypeBuilder().setElemType(info.type().code());
        for (String each : info.extents()) {
            if (ValueInfo.isFixed(each))
                tensor.getShapeBuilder().addDimBuilder().setDimValue(Long.parseLong(each));
            else tensor.getShapeBuilder().addDimBuilder().setDimParam(each);
        }
        if (info.extents().isEmpty()) tensor.getShapeBuilder(); // a number
        return ValueInfoProto.newBuilder().setName(info.name()).setType(type).build();
    }
}
