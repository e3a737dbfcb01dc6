package dev.neurite.cli.onnx;

import dev.neurite.cli.console.Text;
import dev.neurite.error.Escapes;
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
    private static final int LONGEST = 40; // characters of a text

    private ValueReport() {}

    /// A table, a row for each value.
    static String text(Map<String, Value> values) {
        var table = new TextTable("-output", "-type", "-shape", "-first elements");
        values.forEach((name, value) -> {
            String first = first(value).stream().map(Object::toString).collect(Collectors.joining(", "));
            boolean all = value.size() <= SHOWN;
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
            json.put("first", first(value));
            String file = files.get(name);
            if (file != null) json.put("file", file);
            all.add(json);
        });
        return all;
    }

    private static List<Object> first(Value value) {
        if (value.type() == ElementType.STRING) {
            String[] texts = value.texts();
            return IntStream.range(0, Math.min(SHOWN, texts.length))
                    .<Object>mapToObj(i -> shortened(texts[i]))
                    .toList();
        }
        return IntStream.range(0, Math.min(SHOWN, value.size()))
                .mapToObj(i -> element(value, i))
                .toList();
    }

    /// An element of a value that has no texts.
    static Object element(Value value, int index) {
        return switch (value.type()) {
            case FLOAT -> (float) value.number(index);
            case DOUBLE -> value.number(index);
            case BOOL -> value.integer(index) == 1;
            case UINT64 -> Long.toUnsignedString(value.integer(index));
            case SEQUENCE, MAP, OPTIONAL -> shortened(((Value[]) value.array())[value.offset() + index].toString());
            default -> value.integer(index);
        };
    }

    private static String shortened(String text) {
        if (text.codePointCount(0, text.length()) <= LONGEST) return text;
        return text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
    }
}
