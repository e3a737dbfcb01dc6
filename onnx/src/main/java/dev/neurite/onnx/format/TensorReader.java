package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.proto.TensorProto;
import dev.neurite.onnx.proto.TensorProto.DataLocation;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads the tensors of a file. Type, shape and length are checked at once, the elements are read when they are
/// needed.
final class TensorReader {
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8; // of an array
    private static final String RAW = "raw_data";

    private final FileMessages outline;
    private final @Nullable Path directory;

    /// @param directory where files with further elements are; null if there are none
    TensorReader(FileMessages outline, @Nullable Path directory) {
        this.outline = outline;
        this.directory = directory;
    }

    /// @param where the tensor, for messages
    /// @throws ModelFormatException if it is not as its type and shape say, or of a type that is not supported
    Constant read(TensorProto tensor, String where) {
        ElementType type = Types.element(tensor.getDataType(), where);
        var reader = new ElementReader(type, tensor.getDataType(), shape(tensor, where), where);
        if (tensor.getDataLocation() == DataLocation.EXTERNAL) return external(tensor, reader);
        if (tensor.getExternalDataCount() > 0) {
            throw new ModelFormatException(where, "expects either its elements or external data, got both");
        }
        String field = field(tensor, reader);
        if (field.isEmpty()) return Constant.of(Value.zeros(type, reader.shape()), true);
        if (!field.equals(RAW)) return new Constant(type, reader.shape(), () -> reader.read(tensor));
        MemorySegment bytes = outline.elements(tensor.getRawData());
        long expected = reader.length();
        if (bytes.byteSize() != expected) throw wrongLength(reader, expected + " bytes", bytes.byteSize());
        return new Constant(type, reader.shape(), () -> reader.read(bytes));
    }

    private Constant external(TensorProto tensor, ElementReader reader) {
        String where = reader.where();
        Map<String, Long> fields = fields(tensor);
        if (!fields.isEmpty()) {
            throw new ModelFormatException(where, "expects external data only, got " + fields.keySet() + ", too");
        }
        if (reader.type() == ElementType.STRING) {
            throw new ModelFormatException(where, "expects texts in the model, got external data");
        }
        long bytes = reader.length();
        ExternalData data = ExternalData.of(directory, tensor.getExternalDataList(), bytes, where);
        return new Constant(reader.type(), reader.shape(), () -> reader.read(data.bytes()));
    }

    private static Shape shape(TensorProto tensor, String where) {
        List<Long> extents = tensor.getDimsList();
        Types.requireAxes(extents.size(), where);
        int[] shape = new int[extents.size()];
        long size = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            long extent = extents.get(axis);
            if (extent < 0 || extent > MOST_ELEMENTS) throw tooLarge(extents, where);
            shape[axis] = (int) extent;
            size *= extent; // less than 2⁶²
            if (size > MOST_ELEMENTS) throw tooLarge(extents, where);
        }
        return Shape.of(shape);
    }

    private static ModelFormatException tooLarge(List<Long> extents, String where) {
        return new ModelFormatException(
                where, "expects extents from 0 of at most " + MOST_ELEMENTS + " elements, got " + extents);
    }

    /// The field that has the elements; empty if there are none.
    private static String field(TensorProto tensor, ElementReader reader) {
        Map<String, Long> fields = fields(tensor);
        int size = reader.shape().size();
        if (size == 0 && fields.isEmpty()) return "";
        if (fields.size() != 1) {
            String got = fields.isEmpty() ? "none" : fields.keySet().toString();
            throw new ModelFormatException(
                    reader.where(), "expects " + size + " elements of " + reader.type() + " in one field, got " + got);
        }
        String field = fields.keySet().iterator().next();
        String own = fieldOf(reader);
        boolean raw = field.equals(RAW) && reader.type() != ElementType.STRING;
        if (!raw && !field.equals(own)) {
            throw new ModelFormatException(
                    reader.where(), "expects elements of " + reader.type() + " in " + own + ", got " + field);
        }
        long count = fields.getOrDefault(field, 0L);
        long stored = reader.type().bits() == 4 ? Math.ceilDiv(size, 2) : size;
        if (!raw && count != stored) throw wrongLength(reader, size + " elements", count);
        return field;
    }

    private static ModelFormatException wrongLength(ElementReader reader, String expected, long got) {
        return new ModelFormatException(
                reader.where(),
                "expects " + expected + " for " + reader.type() + " " + reader.shape() + ", got " + got);
    }

    /// The fields that have elements, and how many.
    private static Map<String, Long> fields(TensorProto tensor) {
        Map<String, Long> fields = new TreeMap<>();
        if (tensor.hasRawData()) fields.put(RAW, 1L);
        fields.put("float_data", (long) tensor.getFloatDataCount());
        fields.put("double_data", (long) tensor.getDoubleDataCount());
        fields.put("int32_data", (long) tensor.getInt32DataCount());
        fields.put("int64_data", (long) tensor.getInt64DataCount());
        fields.put("uint64_data", (long) tensor.getUint64DataCount());
        fields.put("string_data", (long) tensor.getStringDataCount());
        fields.values().removeIf(count -> count == 0);
        return fields;
    }

    private static String fieldOf(ElementReader reader) {
        return switch (reader.type()) {
            case FLOAT -> NarrowFloat.ofCode(reader.code()).isPresent() ? "int32_data" : "float_data";
            case DOUBLE -> "double_data";
            case INT64 -> "int64_data";
            case INT32, INT16, UINT16, INT8, UINT8, INT4, UINT4, BOOL -> "int32_data";
            case UINT64, UINT32 -> "uint64_data";
            case STRING -> "string_data";
            case SEQUENCE, MAP, OPTIONAL -> throw new IllegalStateException("no tensor of " + reader.type());
        };
    }
}
