package dev.neurite.predict;

import dev.neurite.data.table.RowEncoder;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.signature.Input;
import dev.neurite.signature.Signature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the raw value of each input in a row.
final class RowValues {
    private RowValues() {}

    /// A map with the texts of its keys.
    static Map<String, Object> named(Map<?, ?> map) {
        Map<String, Object> named = new LinkedHashMap<>();
        map.forEach((key, value) -> named.put(String.valueOf(key), value));
        return named;
    }

    /// The components of a record by name.
    static Map<String, Object> of(Record row) {
        return RowEncoder.values(row);
    }

    /// The raw value of each input, in the order of the signature. The only input is the row itself, unless the row
    /// has it by name. Several inputs are in a map or record: under their names, or columns of tables and of
    /// texts under the names of the columns.
    /// @throws DataException for a missing input, or one that is there twice
    static List<Object> of(Signature signature, Object row) {
        Map<String, Object> values = switch (row) {
            case Map<?, ?> map -> named(map);
            case Record components -> of(components);
            default -> null;
        };
        if (values == null) {
            if (signature.inputs().size() == 1) return List.of(row);
            throw new DataException(
                    "row",
                    "expects a map with "
                            + Spelling.listed(List.copyOf(signature.inputs().keySet())) + ", got a "
                            + row.getClass().getSimpleName());
        }
        List<Object> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        signature.inputs().forEach((name, input) -> {
            Object value = of(name, input, values, signature.inputs().size() == 1 ? row : values);
            if (value == null) missing.add(described(name, input));
            else found.add(value);
        });
        if (missing.isEmpty()) return found;
        throw new DataException(
                "row",
                "expects a value for each input, got nothing for " + String.join(", ", missing),
                "It has " + Spelling.listed(List.copyOf(values.keySet())));
    }

    private static @Nullable Object of(String name, Input input, Map<String, Object> values, Object row) {
        Object own = values.get(name);
        return switch (input) {
            case Input.Columns(var columns) -> {
                boolean isColumn = columns.inputColumns().contains(name);
                if (own != null && !isColumn) {
                    for (String each : columns.inputColumns()) if (values.containsKey(each)) throw twice(name, each);
                    yield own;
                }
                yield row;
            }
            case Input.Text text
            when text.column().isPresent() -> {
                String column = text.column().get();
                if (!column.equals(name) && own != null && values.containsKey(column)) throw twice(name, column);
                yield own != null ? own : values.get(column);
            }
            case Input.Numbers numbers when own == null && !numbers.names().isEmpty() -> row;
            default -> own;
        };
    }

    private static DataException twice(String name, String column) {
        return new DataException(
                "row", "expects input '" + name + "' once, got it under its name and by its column '" + column + "'");
    }

    private static String described(String name, Input input) {
        return switch (input) {
            case Input.Image image -> name + " (an image " + image.how().shape() + ")";
            case Input.Text text -> text.column().orElse(name) + " (a text)";
            default -> name;
        };
    }

    /// A number of a row.
    /// @throws DataException if there is none
    static float number(Map<String, ?> values, String name) {
        Object value = values.get(name);
        if (value instanceof Number number) return number.floatValue();
        throw new DataException(
                "row, '" + name + "'",
                "expects a number, got "
                        + (value == null ? "nothing" : "a " + value.getClass().getSimpleName()));
    }
}
