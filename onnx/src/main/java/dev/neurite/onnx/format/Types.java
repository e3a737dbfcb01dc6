package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.proto.TensorShapeProto.Dimension;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;

/// The types of values in files.
final class Types {
    static final int MOST_AXES = 64;

    /// By their codes.
    private static final List<String> NAMES = List.of(
            "no type",
            "float",
            "uint8",
            "int8",
            "uint16",
            "int16",
            "int32",
            "int64",
            "string",
            "bool",
            "float16",
            "double",
            "uint32",
            "uint64",
            "complex64",
            "complex128",
            "bfloat16",
            "float8e4m3fn",
            "float8e4m3fnuz",
            "float8e5m2",
            "float8e5m2fnuz",
            "uint4",
            "int4",
            "float4e2m1",
            "float8e8m0",
            "uint2",
            "int2");

    private Types() {}

    /// @throws ModelFormatException for one that is not supported, with its name
    static ElementType element(int code, String where) {
        return ElementType.ofCode(code).orElseThrow(() -> {
            String name = code >= 0 && code < NAMES.size() ? NAMES.get(code) : "the unknown type " + code;
            return new ModelFormatException(
                    where,
                    "expects elements of float, double, float16, bfloat16, a float of 8 bits, integers of 4 to 64"
                            + " bits, bool or string, got " + name);
        });
    }

    /// What a model says of an input or output.
    /// @throws ModelFormatException for another type than those that are supported
    static ValueInfo info(ValueInfoProto proto, String where) {
        TypeProto type = proto.getType();
        return switch (type.getValueCase()) {
            case TENSOR_TYPE -> tensor(proto.getName(), type.getTensorType(), where);
            case SEQUENCE_TYPE ->
                values(proto, ElementType.SEQUENCE, type.getSequenceType().getElemType(), ValueInfo.NAMELESS);
            case MAP_TYPE -> values(proto, ElementType.MAP, type.getMapType().getValueType(), "2");
            case OPTIONAL_TYPE ->
                values(proto, ElementType.OPTIONAL, type.getOptionalType().getElemType(), ValueInfo.NAMELESS);
            case VALUE_NOT_SET ->
                throw new ModelFormatException(
                        where,
                        "expects a tensor, a sequence, a map or an optional value, got "
                                + (proto.hasType() ? "another type" : "no type"));
        };
    }

    private static ValueInfo values(ValueInfoProto proto, ElementType type, TypeProto content, String extent) {
        ElementType of = switch (content.getValueCase()) {
            case TENSOR_TYPE ->
                ElementType.ofCode(content.getTensorType().getElemType()).orElse(type);
            case SEQUENCE_TYPE -> ElementType.SEQUENCE;
            case MAP_TYPE -> ElementType.MAP;
            case OPTIONAL_TYPE -> ElementType.OPTIONAL;
            case VALUE_NOT_SET -> type;
        };
        return new ValueInfo(proto.getName(), type, of, List.of(extent), false);
    }

    /// What a body says of an input. It need not have a type; it is then given as floats of any shape.
    static ValueInfo bodyInfo(ValueInfoProto proto, String where) {
        TypeProto type = proto.getType();
        boolean unknown = type.getValueCase() == TypeProto.ValueCase.VALUE_NOT_SET
                || (type.hasTensorType() && type.getTensorType().getElemType() == 0);
        return unknown ? new ValueInfo(proto.getName(), ElementType.FLOAT, List.of(), true) : info(proto, where);
    }

    private static ValueInfo tensor(String name, TypeProto.Tensor tensor, String where) {
        ElementType type = element(tensor.getElemType(), where);
        if (!tensor.hasShape()) return new ValueInfo(name, type, List.of(), true);
        List<Dimension> axes = tensor.getShape().getDimList();
        requireAxes(axes.size(), where);
        return new ValueInfo(
                name, type, axes.stream().map(each -> extent(each, where)).toList(), false);
    }

    /// Refuses more axes than any model has.
    static void requireAxes(int axes, String where) {
        if (axes > MOST_AXES) {
            throw new ModelFormatException(where, "expects at most " + MOST_AXES + " axes, got " + axes);
        }
    }

    /// A number, a name or `?`. Some exporters write −1 for an extent that is not known.
    private static String extent(Dimension axis, String where) {
        if (axis.hasDimParam()) {
            String name = axis.getDimParam();
            return name.isBlank() || name.matches("-?\\d+") ? ValueInfo.NAMELESS : name;
        }
        if (!axis.hasDimValue() || axis.getDimValue() == -1) return ValueInfo.NAMELESS;
        long extent = axis.getDimValue();
        if (extent >= 0 && extent <= Integer.MAX_VALUE) return Long.toString(extent);
        throw new ModelFormatException(where, "expects extents from 0 to 2³¹−1, got " + extent);
    }
}
