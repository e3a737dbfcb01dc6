package dev.neurite.onnx;

import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.NodeProto;
import dev.neurite.onnx.proto.OptionalProto;
import dev.neurite.onnx.proto.SequenceProto;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// One of ONNX's backend tests: a model, inputs, and the outputs that it should have.
/// @param directory with `model.onnx` and `test_data_set_0/input_0.pb`, `output_0.pb` and so on
record BackendCase(Path directory, ModelProto model) {
    private static final double RELATIVE = 1e-3;
    private static final double ABSOLUTE = 1e-7;
    private static final double ABSOLUTE_OF_DFT = 1e-6;

    /// What became of a test: an answer that is right, an error of the library, a wrong answer, or another
    /// exception.
    enum Outcome {
        PASSED,
        REFUSED,
        WRONG,
        BROKEN
    }

    /// @param detail the error, or where the answer is wrong
    record Result(BackendCase test, Outcome outcome, String detail) {
        @Override
        public String toString() {
            return test.name() + ": " + outcome + " " + detail;
        }
    }

    static BackendCase read(Path directory) {
        try {
            return new BackendCase(
                    directory, ModelProto.parseFrom(Files.readAllBytes(directory.resolve("model.onnx"))));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name();
    }

    String name() {
        return directory.getFileName().toString();
    }

    /// The operators of the model, also those in bodies.
    Set<String> operators() {
        return operators(model);
    }

    /// The operators of a model, also those in bodies.
    static Set<String> operators(ModelProto model) {
        Set<String> all = new TreeSet<>();
        collect(model.getGraph(), all);
        return all;
    }

    /// Whether all inputs and outputs are tensors of types that values of a graph still have: that floats are of 8 bits
    /// only the file knows, and that they are of 16 bits only for CastLike.
    boolean hasPlainTensors() {
        boolean castLike = operators().contains("CastLike");
        GraphProto graph = model.getGraph();
        return Stream.concat(graph.getInputList().stream(), graph.getOutputList().stream())
                .allMatch(each -> each.getType().hasTensorType()
                        && NarrowFloat.ofCode(each.getType().getTensorType().getElemType())
                                .filter(type -> castLike || type.bytes() == 1)
                                .isEmpty());
    }

    /// Whether its answer is random.
    boolean isRandom() {
        return BackendTest.RANDOM.contains(name());
    }

    /// The model with each of its sets of data.
    List<GraphCase> graphs() {
        List<GraphCase> all = new ArrayList<>();
        for (int set = 0; Files.exists(data(set)); set++) {
            try {
                all.add(new GraphCase(
                        name(),
                        model,
                        tensors(data(set), "input", model.getGraph().getInputList())));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return all;
    }

    private static void collect(GraphProto graph, Set<String> all) {
        for (NodeProto node : graph.getNodeList()) {
            boolean own = node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx");
            all.add((own ? "" : node.getDomain() + ".") + node.getOpType());
            for (AttributeProto each : node.getAttributeList()) if (each.hasG()) collect(each.getG(), all);
        }
    }

    /// Whether the model is of an opset that is read: a few tests are older.
    boolean hasKnownOpset() {
        return model.getOpsetImportList().stream()
                .filter(each -> each.getDomain().isEmpty())
                .allMatch(each -> each.getVersion() >= 1 && each.getVersion() <= 22);
    }

    /// The inputs of its first set of data.
    Map<String, Value> inputs() {
        try {
            return values(data(0), "input", model.getGraph().getInputList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// Runs all its sets of data, at ONNX's own tolerance, which is another one for DFT (its
    /// test_backend_reference.py).
    Result run() {
        return run(RELATIVE, name().startsWith("test_dft") ? ABSOLUTE_OF_DFT : ABSOLUTE);
    }

    /// Runs all its sets of data.
    Result run(double relative, double absolute) {
        boolean random = isRandom();
        try {
            OnnxModel loaded = OnnxModel.load(directory.resolve("model.onnx"));
            for (int set = 0; Files.exists(data(set)); set++) {
                Map<String, Value> expected =
                        values(data(set), "output", model.getGraph().getOutputList());
                Map<String, Value> got =
                        loaded.run(values(data(set), "input", model.getGraph().getInputList()));
                for (Map.Entry<String, Value> each : expected.entrySet()) {
                    String problem = difference(each.getValue(), got.get(each.getKey()), relative, absolute, random);
                    if (!problem.isEmpty()) return new Result(this, Outcome.WRONG, each.getKey() + ": " + problem);
                }
            }
            return new Result(this, Outcome.PASSED, "");
        } catch (NeuriteException e) {
            return new Result(this, Outcome.REFUSED, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException | Error e) {
            StackTraceElement[] trace = e.getStackTrace();
            return new Result(this, Outcome.BROKEN, e + (trace.length == 0 ? "" : " at " + trace[0]));
        }
    }

    private Path data(int set) {
        return directory.resolve("test_data_set_" + set);
    }

    private static Map<String, Value> values(Path data, String kind, List<ValueInfoProto> infos) throws IOException {
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < infos.size(); i++) {
            Path file = data.resolve(kind + "_" + i + ".pb");
            if (!Files.exists(file)) continue;
            values.put(
                    infos.get(i).getName(),
                    value(Files.readAllBytes(file), infos.get(i).getType()));
        }
        return values;
    }

    private static Map<String, TensorProto> tensors(Path data, String kind, List<ValueInfoProto> infos)
            throws IOException {
        Map<String, TensorProto> tensors = new LinkedHashMap<>();
        for (int i = 0; i < infos.size(); i++) {
            Path file = data.resolve(kind + "_" + i + ".pb");
            if (!Files.exists(file)) continue;
            tensors.put(infos.get(i).getName(), TensorProto.parseFrom(Files.readAllBytes(file)));
        }
        return tensors;
    }

    /// What differs; empty if nothing does.
    private static String difference(
            Value expected,
            @org.jspecify.annotations.Nullable Value got,
            double relative,
            double absolute,
            boolean random) {
        if (got == null) return "expects " + expected + ", got nothing";
        if (got.type() != expected.type() || !got.shape().equals(expected.shape())) {
            return "expects " + expected + ", got " + got;
        }
        if (expected.type().hasValues()) {
            Value[] wanted = (Value[]) expected.array();
            Value[] own = (Value[]) got.copy().array();
            for (int i = 0; i < wanted.length; i++) {
                String problem = difference(wanted[i], own[i], relative, absolute, random);
                if (!problem.isEmpty()) return "value " + i + ", " + problem;
            }
            return "";
        }
        if (random) return "";
        if (!expected.type().isFloating()) return got.equals(expected) ? "" : "expects " + expected + ", got " + got;
        for (int i = 0; i < expected.size(); i++) {
            double right = expected.number(i);
            double own = got.copy().number(i);
            boolean close = right == own
                    || (Double.isNaN(right) && Double.isNaN(own))
                    || (Math.abs(right - own) <= absolute + relative * Math.abs(right) && !Double.isInfinite(right));
            if (!close) return "element " + i + ": expects " + right + ", got " + own;
        }
        return "";
    }

    // --------------------------------------------------------------------------------------------------------- tensors

    private static Value value(byte[] bytes, TypeProto type) throws IOException {
        return switch (type.getValueCase()) {
            case TENSOR_TYPE ->
                value(TensorProto.parseFrom(bytes), type.getTensorType().getElemType());
            case SEQUENCE_TYPE -> sequence(SequenceProto.parseFrom(bytes));
            case OPTIONAL_TYPE -> optional(OptionalProto.parseFrom(bytes));
            default -> throw new IllegalStateException("no value of " + type);
        };
    }

    private static Value sequence(SequenceProto sequence) {
        return Value.sequence(sequence.getTensorValuesList().stream()
                .map(each -> value(each, each.getDataType()))
                .toList());
    }

    private static Value optional(OptionalProto optional) {
        if (optional.hasSequenceValue()) return Value.optional(sequence(optional.getSequenceValue()));
        if (!optional.hasTensorValue()) return Value.none();
        TensorProto tensor = optional.getTensorValue();
        return Value.optional(value(tensor, tensor.getDataType()));
    }

    /// The elements of a tensor, read in another way than the library does.
    /// @param info has their type: the tensor itself has bfloat16 as uint16
    static Value value(TensorProto tensor, ValueInfoProto info) {
        return value(tensor, info.getType().getTensorType().getElemType());
    }

    private static Value value(TensorProto tensor, int code) {
        int[] extents = new int[tensor.getDimsCount()];
        for (int i = 0; i < extents.length; i++) extents[i] = Math.toIntExact(tensor.getDims(i));
        Shape shape = Shape.of(extents);
        ElementType type = ElementType.ofCode(code).orElseThrow();
        Object array = type.newArray(shape.size());
        ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        boolean isRaw = tensor.hasRawData();
        for (int i = 0; i < shape.size(); i++) {
            switch (array) {
                case float[] x -> x[i] = number(tensor, code, raw, i);
                case double[] x -> x[i] = isRaw ? raw.getDouble() : tensor.getDoubleData(i);
                case long[] x when !isRaw && type == ElementType.UINT64 -> x[i] = tensor.getUint64Data(i);
                case long[] x -> x[i] = isRaw ? raw.getLong() : tensor.getInt64Data(i);
                case int[] x when !isRaw && type == ElementType.UINT32 -> x[i] = (int) tensor.getUint64Data(i);
                case int[] x -> x[i] = isRaw ? raw.getInt() : tensor.getInt32Data(i);
                case short[] x -> x[i] = isRaw ? raw.getShort() : (short) tensor.getInt32Data(i);
                case byte[] x
                when type == ElementType.INT4 || type == ElementType.UINT4 -> {
                    int two = isRaw ? raw.get(i / 2) : tensor.getInt32Data(i / 2);
                    int one = i % 2 == 0 ? two & 15 : two >> 4 & 15;
                    x[i] = (byte) (type == ElementType.INT4 && one > 7 ? one - 16 : one);
                }
                case byte[] x -> x[i] = isRaw ? raw.get() : (byte) tensor.getInt32Data(i);
                case boolean[] x -> x[i] = (isRaw ? raw.get() : tensor.getInt32Data(i)) != 0;
                case String[] x -> x[i] = tensor.getStringData(i).toStringUtf8();
                default -> throw new IllegalStateException("no array of " + type);
            }
        }
        return Value.view(type, shape, array, 0);
    }

    private static float number(TensorProto tensor, int code, ByteBuffer raw, int index) {
        if (code == ElementType.FLOAT.code()) {
            return tensor.hasRawData() ? raw.getFloat() : tensor.getFloatData(index);
        }
        boolean small = code >= 17; // floats of 8 bits
        int bits = !tensor.hasRawData() ? tensor.getInt32Data(index) : small ? raw.get() & 0xff : raw.getShort();
        return switch (code) {
            case 10 -> Float.float16ToFloat((short) bits);
            case 16 -> Float.intBitsToFloat(bits << 16);
            case 17 -> (bits & 0x7f) == 0x7f ? Float.NaN : eight(bits, 3, 7);
            case 18 -> bits == 0x80 ? Float.NaN : eight(bits, 3, 8);
            case 19 -> Float.float16ToFloat((short) (bits << 8)); // its upper half
            default -> bits == 0x80 ? Float.NaN : eight(bits, 2, 16);
        };
    }

    private static float eight(int bits, int fractionBits, int bias) {
        int exponent = (bits & 0x7f) >> fractionBits;
        float fraction = (bits & ((1 << fractionBits) - 1)) / (float) (1 << fractionBits);
        float size = exponent == 0 ? Math.scalb(fraction, 1 - bias) : Math.scalb(1 + fraction, exponent - bias);
        return bits >= 0x80 ? -size : size;
    }
}
