package dev.neurite.predict;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The steps of a time series, given as maps or records, as a table.
final class SeriesRows {
    private SeriesRows() {}

    /// @param steps maps or records, the oldest first
    /// @throws DataException for no steps, or others
    static Table table(List<?> steps, Preprocessing inputs, SeriesColumns series) {
        if (steps.isEmpty()) throw new DataException("series", "expects at least 1 step, got none");
        Set<String> columns = new LinkedHashSet<>(inputs.inputColumns());
        series.all().forEach(columns::add);
        Set<String> numbers = inputs.columns().stream()
                .filter(each -> each.encoding() instanceof ColumnEncoding.Scaled)
                .map(Preprocessing.Column::name)
                .collect(Collectors.toSet());
        numbers.add(series.target());
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Object step : steps) {
            Map<String, Object> row = switch (step) {
                case Map<?, ?> map -> new HashMap<>(RowValues.named(map));
                case Record components -> RowValues.of(components);
                case null, default ->
                    throw new DataException(
                            "series, step " + rows.size() + " (from 0)",
                            "expects a map or a record, got " + RowValues.described(step));
            };
            String where = "series, step " + rows.size() + " (from 0), column '";
            row.replaceAll((column, value) -> switch (value) {
                case TemporalAccessor time -> time.toString();
                case String text when numbers.contains(column) -> number(where + column + "'", text);
                case null, default -> value;
            });
            rows.add(row);
        }
        return Table.ofMaps(List.copyOf(columns), rows.stream());
    }

    /// A number that is given as text, as from a form; empty for a missing one.
    private static Object number(String where, String text) {
        if (text.isBlank()) return Optional.empty();
        if (NumberText.isNumber(text.strip())) return Float.valueOf(text.strip());
        throw new DataException(where, "expects a number, got '" + text + "'");
    }
}
