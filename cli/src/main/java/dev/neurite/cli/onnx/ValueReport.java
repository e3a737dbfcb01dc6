package dev.neurite.cli.onnx;

import dev.neurite.cli.console.Text;
import dev.neurite.error.Escapes;
import dev.neurite.error.Spelling;
import dev.neurite.model.TextTable;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Values by name, with their shapes and first elements, for people and as JSON.
final class ValueReport {
    private static final int SHOWN = 8; // elements
    private static final int MAPS = 3; // of a sequence, with all their keys
    private static final int LONGEST = 40; // characters of a text

    private ValueReport() {}

    /// A table, a row for each value.
    static String text(Map<String, Value> values) {
        var table = new TextTable("-output", "-type", "-shape", "-first elements");
        values.forEach((name, value) -> {
            String first = first(value).stream().map(Object::toString).collect(Collectors.joining(", "));
            boolean all = value.type() == ElementType.MAP || value.size() <= shown(value);
            String shape = value.shape().toString();
            String more = all ? "" : Text.format(", … of %,d", value.size());
            table.add(Escapes.escape(name, ""), value.type().toString(), shape, Escapes.escape(first, "") + more);
        });
        return table.toString().stripTrailing();
    }

    /// @param files the files in which they are, by name; empty for none
    static List<Map<String, Object>> json(Map<String, Value> values, Map<String, String> files) {
        List<Map<String, Object>> all = new ArrayList<>();
        values.forEach((name, value) -> {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("type", value.type().toString());
            json.put("shape", value.shape().extents());
            json.put("first", first(value).stream().map(ValueReport::plain).toList());
            String file = files.get(name);
            if (file != null) json.put("file", file);
            all.add(json);
        });
        return all;
    }

    /// Type and shape of a value in its file, and the keys of maps: `float [150×3], columns 0, 1, 2`.
    static String written(String name, Value value) {
        if (!NpyValues.isMaps(value) || value.size() == 0) return value.type() + " " + value.shape();
        Value rows = NpyValues.rows(name, value);
        Value keys = value.elements().getFirst().keys();
        List<String> columns = IntStream.range(0, keys.size())
                .mapToObj(i -> shortened(one(keys, i).toString()))
                .toList();
        return rows.type() + " " + rows.shape() + ", columns " + Escapes.escape(Spelling.listed(columns), "");
    }

    /// How many elements are shown.
    private static int shown(Value value) {
        return Math.min(value.size(), NpyValues.isMaps(value) ? MAPS : SHOWN);
    }

    /// Numbers, texts, and maps as they are.
    private static List<Object> first(Value value) {
        if (value.type() == ElementType.MAP) return List.of(value);
        if (value.type() == ElementType.STRING) {
            String[] texts = value.texts();
            return IntStream.range(0, shown(value))
                    .<Object>mapToObj(i -> shortened(texts[i]))
                    .toList();
        }
        return IntStream.range(0, shown(value)).mapToObj(i -> element(value, i)).toList();
    }

    /// A map as JSON has it.
    private static Object plain(Object element) {
        if (!(element instanceof Value map)) return element;
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (int i = 0; i < map.keys().size(); i++) {
            pairs.put(one(map.keys(), i).toString(), one(map.values(), i));
        }
        return pairs;
    }

    private static Object one(Value value, int index) {
        return value.type() == ElementType.STRING ? value.texts()[index] : element(value, index);
    }

    /// An element of a value that has no texts.
    static Object element(Value value, int index) {
        return switch (value.type()) {
            case FLOAT -> (float) value.number(index);
            case DOUBLE -> value.number(index);
            case BOOL -> value.integer(index) == 1;
            case UINT64 -> Long.toUnsignedString(value.integer(index));
            case SEQUENCE, OPTIONAL -> inner(value.elements().get(index));
            case MAP -> shortened(((Value[]) value.array())[value.offset() + index].toString());
            default -> value.integer(index);
        };
    }

    /// A map is not cut off within a number.
    private static Object inner(Value value) {
        return value.type() == ElementType.MAP ? value : shortened(value.toString());
    }

    private static String shortened(String text) {
        if (text.codePointCount(0, text.length()) <= LONGEST) return text;
        return text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }
}
