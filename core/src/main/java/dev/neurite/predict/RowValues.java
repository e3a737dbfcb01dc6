package dev.neurite.predict;

import dev.neurite.data.image.PixelLines;
import dev.neurite.data.table.RowEncoder;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.signature.Input;
import dev.neurite.signature.Signature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the raw value of each input in a row.
final class RowValues {
    private RowValues() {}

    /// The map itself, or a copy with the texts of its keys.
    @SuppressWarnings("unchecked") // all keys are checked
    static Map<String, Object> named(Map<?, ?> map) {
        if (map.keySet().stream().allMatch(String.class::isInstance)) return (Map<String, Object>) map;
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
    /// @param row not null
    /// @throws DataException for a missing input, or one that is there twice
    static List<Object> of(Signature signature, Object row) {
        Map<String, Object> values = switch (row) {
            case PixelLines _ -> null; // also those of a record
            case Map<?, ?> map -> named(map);
            case Record components -> of(components);
            default -> null;
        };
        if (values == null) {
            if (signature.inputs().size() == 1) return List.of(row);
            throw new DataException(
                    "row",
                    "expects a map with "
                            + Spelling.listed(List.copyOf(signature.inputs().keySet())) + ", got "
                            + described(row));
        }
        List<Object> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        signature.inputs().forEach((name, input) -> {
            Object value = of(name, input, values, signature.inputs().size() == 1);
            if (value == null) missing.add(described(name, input));
            else found.add(value);
        });
        if (missing.isEmpty()) return found;
        if (signature.inputs().size() == 1 && signature.input() instanceof Input.Numbers numbers) {
            throw new DataException(
                    "row",
                    "expects numbers " + numbers.shape() + ", as the model does not know the names of its columns, got "
                            + Spelling.listed(List.copyOf(values.keySet())),
                    "Give them as float[]; or train on rows that know their columns, as those of a Table do, and save"
                            + " the run: Predictor.of(run).save(file), or the model with its Signature");
        }
        throw new DataException(
                "row",
                "expects a value for each input, got nothing for " + String.join(", ", missing),
                "It has " + Spelling.listed(List.copyOf(values.keySet())));
    }

    /// Warns of names that the model does not take, but that resemble those of columns that it does.
    static List<String> misnamed(Signature signature, Object row) {
        Map<String, Object> values = switch (row) {
            case PixelLines _ -> Map.of();
            case Map<?, ?> map -> named(map);
            case Record components -> of(components);
            default -> Map.of();
        };
        Set<String> known = new LinkedHashSet<>(signature.inputs().keySet());
        Set<String> taken = new LinkedHashSet<>();
        for (Input each : signature.inputs().values()) {
            each.tableColumns().ifPresent(columns -> {
                taken.addAll(columns.inputColumns());
                columns.columns().forEach(column -> known.add(column.name())); // also the target
            });
            if (each instanceof Input.Text text) text.column().ifPresent(taken::add);
            if (each instanceof Input.Numbers numbers) taken.addAll(numbers.names());
        }
        known.addAll(taken);
        List<String> warnings = new ArrayList<>();
        for (String name : values.keySet()) {
            if (known.contains(name)) continue;
            String hint = Spelling.hint(name, taken);
            if (!hint.isEmpty()) warnings.add("'" + name + "' is no column of the model, and is ignored. " + hint);
        }
        return warnings;
    }

    /// @param alone whether the model has no other input; then a column counts more than the name of the input
    private static @Nullable Object of(String name, Input input, Map<String, Object> values, boolean alone) {
        Object own = values.get(name);
        return switch (input) {
            case Input.Columns(var columns) -> {
                boolean isRow = own instanceof Map || own instanceof Record || own instanceof float[];
                if (!isRow || columns.inputColumns().contains(name)) yield values;
                for (String each : columns.inputColumns()) if (values.containsKey(each)) throw twice(name, each);
                yield own;
            }
            case Input.Text text
            when text.column().isPresent() -> {
                String column = text.column().get();
                if (own == null || (alone && values.containsKey(column))) yield values.get(column);
                if (!column.equals(name) && values.containsKey(column)) throw twice(name, column);
                yield own;
            }
            case Input.Numbers numbers when own == null && !numbers.names().isEmpty() -> values;
            default -> own;
        };
    }

    private static DataException twice(String name, String column) {
        return new DataException(
                "row", "expects input '" + name + "' once, got it under its name and by its column '" + column + "'");
    }

    /// What a value is, for messages.
    static String described(@Nullable Object value) {
        return value == null ? "none" : Spelling.classOf(value);
    }

    private static String described(String name, Input input) {
        return switch (input) {
            case Input.Image image -> name + " (an image " + image.how().shape() + ")";
            case Input.Text text -> text.column().orElse(name) + " (a text)";
            default -> name;
        };
    }

    /// @throws DataException if there is none
    static float number(Map<String, ?> values, String name) {
        Object value = values.get(name) instanceof Optional<?> some ? some.orElse(null) : values.get(name);
        if (value instanceof Number number) return number.floatValue();
        throw new DataException("row, '" + name + "'", "expects a number, got " + described(value));
    }
}
