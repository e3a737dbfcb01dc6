package dev.neurite.serve.api;

import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.KnownElements;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.serve.model.ColumnTensors;
import dev.neurite.serve.model.ColumnTensors.Columns;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Schemas of what ONNX models take: tensors as [TensorJson] reads them, and rows as [TensorRows] does. Examples have
/// elements that the model knows.
final class TensorSchemas {
    private static final int MOST_ELEMENTS = 10_000; // of a tensor in an example
    private static final int MOST_SHOWN = 20; // known elements
    private static final BigDecimal MOST_EXTENT = BigDecimal.valueOf(Integer.MAX_VALUE);

    private TensorSchemas() {}

    /// All inputs by name.
    static Schema of(OnnxModel model) {
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        for (ValueInfo each : model.inputs()) members.put(each.name(), tensor(each, model.known(each.name())));
        return Schema.object(members);
    }

    /// Whether all inputs have an example: large ones have an empty list instead.
    static boolean hasExample(OnnxModel model) {
        return model.inputs().stream().allMatch(TensorSchemas::hasExample);
    }

    private static boolean hasExample(ValueInfo input) {
        double size = 1;
        for (String each : input.extents()) if (ValueInfo.isFixed(each)) size *= Double.parseDouble(each);
        return size <= MOST_ELEMENTS;
    }

    private static Schema tensor(ValueInfo input, KnownElements known) {
        if (input.anyRank()) return Schema.of(List.of(), "description", input.toString());
        Schema schema = Schema.of(0, "type", type(input.type()));
        for (String extent : input.extents().reversed()) {
            int size = size(extent);
            boolean fixed = ValueInfo.isFixed(extent);
            schema = schema.list(fixed ? size : 0, fixed ? size : Bodies.MOST_VALUES, 0);
        }
        Object example = hasExample(input) ? example(input, 0, known, new int[1]) : List.of();
        return new Schema(schema.json(), example).described(input.toString());
    }

    private static int size(String extent) {
        return ValueInfo.isFixed(extent)
                ? new BigDecimal(extent).min(MOST_EXTENT).intValue()
                : 1;
    }

    /// @param next the index of the next element
    private static Object example(ValueInfo input, int axis, KnownElements known, int[] next) {
        if (axis == input.extents().size()) return element(input.type(), known, next[0]++);
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < size(input.extents().get(axis)); i++) list.add(example(input, axis + 1, known, next));
        return list;
    }

    private static String type(ElementType type) {
        return switch (type) {
            case STRING -> "string";
            case BOOL -> "boolean";
            default -> type.isInteger() ? "integer" : "number";
        };
    }

    private static Object element(ElementType type, KnownElements known, int index) {
        Object usual = switch (type) {
            case STRING -> "";
            case BOOL -> true;
            default -> 0;
        };
        return known.first(index)
                .filter(each -> each instanceof String == usual instanceof String && type != ElementType.BOOL)
                .orElse(usual);
    }

    // ----------------------------------------------------------------------------------------------------------- rows

    /// A row: an object of values by column; of numbers in one input also a list of them.
    static Schema row(ColumnTensors of) {
        SequencedMap<String, Schema> members = new LinkedHashMap<>();
        for (Columns each : of.inputs()) {
            for (int i = 0; i < each.names().size(); i++)
                members.put(each.names().get(i), column(each, i));
        }
        return Schema.object(members);
    }

    private static Schema column(Columns of, int index) {
        ElementType type = of.info().type();
        Object example = element(type, of.known(), index);
        if (of.areDates()) {
            return Schema.of("2026-01-31", "type", List.of("string", "number", "null"))
                    .described("a date, as 2026-11-30, or a time; or days since the beginning of 1970");
        }
        boolean optional = type.isFloating() || type == ElementType.STRING;
        Schema schema = Schema.of(example, "type", optional ? List.of(type(type), "null") : type(type));
        List<Object> known = of.known().of(index).stream().limit(MOST_SHOWN).toList();
        if (!known.isEmpty()) schema.json().put("examples", known);
        return schema;
    }
}
