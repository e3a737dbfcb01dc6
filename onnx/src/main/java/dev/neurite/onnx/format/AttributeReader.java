package dev.neurite.onnx.format;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.proto.AttributeProto;
import dev.neurite.onnx.proto.AttributeProto.AttributeType;
import dev.neurite.onnx.proto.GraphProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the attributes of nodes.
final class AttributeReader {
    /// The types that are read; no operator that is supported has another.
    private static final Set<AttributeType> READ = Set.of(
            AttributeType.FLOAT,
            AttributeType.INT,
            AttributeType.STRING,
            AttributeType.TENSOR,
            AttributeType.GRAPH,
            AttributeType.FLOATS,
            AttributeType.INTS,
            AttributeType.STRINGS,
            AttributeType.TYPE_PROTO);

    private final TensorReader tensors;

    AttributeReader(TensorReader tensors) {
        this.tensors = tensors;
    }

    @FunctionalInterface
    interface BodyReader {
        OnnxGraph read(GraphProto proto, String where);
    }

    /// @param supported whether the node's operator is: attributes of other operators are left out if they cannot
    /// be read
    Attributes read(List<AttributeProto> protos, OnnxNode node, boolean supported, BodyReader bodies, String where) {
        Map<String, Object> all = new HashMap<>();
        for (AttributeProto each : protos) {
            String name = each.getName();
            String place = NodePlaces.of(where, "attribute", name);
            if (name.isEmpty() || name.equals(NodeCall.CAPTURED) || name.equals(NodeCall.NARROW)) {
                throw new ModelFormatException(place, "expects a name that an operator knows");
            }
            requireOneKind(each, place);
            if (!READ.contains(each.getType())) {
                if (!supported) continue;
                throw new ModelFormatException(place, "expects no attribute of type " + each.getType());
            }
            if (all.put(name, value(each, bodies, place)) != null) {
                throw new ModelFormatException(place, "expects attributes with different names, got two");
            }
        }
        return new Attributes(node.label(), all);
    }

    /// Refuses an attribute without a type, or with values of other types.
    private static void requireOneKind(AttributeProto attribute, String where) {
        if (attribute.hasRefAttrName()) {
            throw new ModelFormatException(
                    where, "expects a value, got a reference to an attribute of a function, which is not supported");
        }
        if (!attribute.hasType() || attribute.getType() == AttributeType.UNDEFINED) {
            throw new ModelFormatException(where, "expects a type that ONNX has, got none");
        }
        List<AttributeType> kinds = kinds(attribute);
        boolean fits = kinds.isEmpty() || kinds.equals(List.of(attribute.getType()));
        if (!fits) throw new ModelFormatException(where, "expects " + attribute.getType() + ", got " + kinds);
    }

    /// The types of the values that it has.
    private static List<AttributeType> kinds(AttributeProto attribute) {
        List<AttributeType> kinds = new ArrayList<>();
        if (attribute.hasF()) kinds.add(AttributeType.FLOAT);
        if (attribute.hasI()) kinds.add(AttributeType.INT);
        if (attribute.hasS()) kinds.add(AttributeType.STRING);
        if (attribute.hasT()) kinds.add(AttributeType.TENSOR);
        if (attribute.hasG()) kinds.add(AttributeType.GRAPH);
        if (attribute.hasTp()) kinds.add(AttributeType.TYPE_PROTO);
        if (attribute.getFloatsCount() > 0) kinds.add(AttributeType.FLOATS);
        if (attribute.getIntsCount() > 0) kinds.add(AttributeType.INTS);
        if (attribute.getStringsCount() > 0) kinds.add(AttributeType.STRINGS);
        return kinds;
    }

    /// The value. A number or text that is not there is 0 or empty, as writers leave such values out.
    private Object value(AttributeProto attribute, BodyReader bodies, String where) {
        return switch (attribute.getType()) {
            case FLOAT -> attribute.getF();
            case INT -> attribute.getI();
            case STRING -> ElementReader.text(attribute.getS(), where);
            case FLOATS -> floats(attribute);
            case INTS -> integers(attribute);
            case STRINGS -> ElementReader.texts(attribute.getStringsList(), where);
            case TYPE_PROTO -> attribute.getTp().getValueCase().name(); // of a value that is not there
            case TENSOR -> {
                if (!attribute.hasT()) throw new ModelFormatException(where, "expects a tensor, got none");
                yield tensors.read(attribute.getT(), where).value();
            }
            case GRAPH -> {
                if (!attribute.hasG()) throw new ModelFormatException(where, "expects a graph, got none");
                yield bodies.read(attribute.getG(), where);
            }
            default -> throw new IllegalStateException("not read: " + attribute.getType());
        };
    }

    private static float[] floats(AttributeProto attribute) {
        float[] all = new float[attribute.getFloatsCount()];
        for (int i = 0; i < all.length; i++) all[i] = attribute.getFloats(i);
        return all;
    }

    private static long[] integers(AttributeProto attribute) {
        long[] all = new long[attribute.getIntsCount()];
        for (int i = 0; i < all.length; i++) all[i] = attribute.getInts(i);
        return all;
    }
}
