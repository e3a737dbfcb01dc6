package dev.neurite.predict;

import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The steps of a time series, given as maps or records, as a table.
final class SeriesRows {
    private SeriesRows() {}

    /// @param steps maps or records, the oldest first
    /// @throws DataException for no steps, or others
    static Table table(List<?> steps, Preprocessing inputs, SeriesColumns series) {
        if (steps.isEmpty()) throw new DataException("series", "expects at least 1 step, got none");
        Set<String> columns = new LinkedHashSet<>(inputs.inputColumns());
        series.all().forEach(columns::add);
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
            row.replaceAll((_, value) -> value instanceof TemporalAccessor time ? time.toString() : value);
            rows.add(row);
        }
        return Table.ofMaps(List.copyOf(columns), rows.stream());
    }
}
