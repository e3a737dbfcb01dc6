package dev.neurite.predict;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.signature.Input;
import dev.neurite.signature.Signature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Rows of a table as values by column, for a model of texts, or of several inputs.
final class TableRows {
    private TableRows() {}

    /// @throws ConfigException for a model with an input that is no column
    /// @throws DataException for missing columns
    static List<Map<String, Object>> of(Signature signature, Table table, String where) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> texts = new HashSet<>();
        signature.inputs().forEach((name, input) -> {
            if (!input.isOfColumns()) {
                throw new ConfigException(
                        where,
                        "expects inputs that columns of a table make, got input '" + name + "': " + input.kind());
            }
            input.tableColumns().ifPresent(columns -> names.addAll(columns.inputColumns()));
            if (input instanceof Input.Text text) text.column().ifPresent(texts::add);
            if (input instanceof Input.Numbers numbers) names.addAll(numbers.names());
        });
        names.addAll(texts);
        Set<String> known =
                table.columns().stream().map(Table.Column::name).collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> missing =
                names.stream().filter(name -> !known.contains(name)).toList();
        if (!missing.isEmpty()) {
            known.removeAll(names);
            throw new DataException(
                    "table",
                    "expects columns that are missing: " + Spelling.listed(missing),
                    Spelling.misnamed(missing, known));
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int row = 0; row < table.rows(); row++) {
            Map<String, Object> values = new HashMap<>();
            for (String name : names) values.put(name, value(table, row, table.column(name), texts.contains(name)));
            rows.add(values);
        }
        return rows;
    }

    /// A number, a text, or an empty optional for a missing value.
    private static Object value(Table table, int row, int column, boolean text) {
        float value = table.value(row, column);
        if (Float.isNaN(value)) return Optional.empty();
        Table.Column of = table.columns().get(column);
        return text || of.kind() == Kind.CATEGORICAL ? of.text(value) : (Object) value;
    }
}
