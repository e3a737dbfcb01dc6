package dev.neurite.serve.api;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.error.DataException;
import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.signature.Input;
import dev.neurite.signature.Signature;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Rows of CSV with a header, as a `Predictor` takes them. Of a series or a sequence all lines are one row.
final class CsvRows {
    private static final String WHERE = "CSV";

    private CsvRows() {}

    /// Whether columns make all inputs of a model.
    static boolean fits(Signature signature) {
        return signature.inputs().values().stream().allMatch(Input::isOfColumns) || isSequence(signature);
    }

    private static boolean isSequence(Signature signature) {
        return signature.inputs().size() == 1
                && (signature.input() instanceof Input.Series || signature.input() instanceof Input.Steps);
    }

    /// @throws HttpProblem 400 for what is no table, lacks columns or has wrong cells, 413 for too many rows
    static GivenRows of(Signature signature, byte[] content) {
        GivenRows rows = of(options(signature), content);
        return isSequence(signature) ? GivenRows.one(rows.raws()) : rows;
    }

    /// Each line as a map by column, with an empty optional for an empty cell.
    /// @throws HttpProblem as the other method
    static GivenRows of(ReadOptions options, byte[] content) {
        try (Table table = Csv.read(WHERE, new ByteArrayInputStream(content), options)) {
            GivenRows.requireCount(table.rows());
            List<Object> rows = new ArrayList<>();
            List<String> places = new ArrayList<>();
            for (int row = 0; row < table.rows(); row++) {
                rows.add(row(table, row));
                places.add(table.place(row));
            }
            return new GivenRows(rows, false, places::get);
        } catch (DataException e) {
            throw new HttpProblem(400, "data", e.where(), String.valueOf(e.getMessage()));
        }
    }

    /// A value of a row of [#of] as one of JSON.
    static Json json(Object cell) {
        return cell instanceof Optional<?> ? new JsonNull() : Json.of(cell);
    }

    private static ReadOptions options(Signature signature) {
        ReadOptions options = ReadOptions.USUAL.withHeader(Header.YES);
        for (Input each : signature.inputs().values()) {
            if (each.tableColumns().isPresent()) {
                ReadOptions own = options.like(each.tableColumns().get(), false);
                options = options.withMissing(own.missing());
                for (Known known : own.known()) options = options.withKnown(known);
            }
            List<Known> more = switch (each) {
                case Input.Text text ->
                    text.column().map(name -> new Known(name, Kind.CATEGORICAL, false)).stream()
                            .toList();
                case Input.Numbers numbers ->
                    numbers.names().stream()
                            .map(name -> new Known(name, Kind.NUMERIC, false))
                            .toList();
                case Input.Series series -> texts(series);
                case Input.Columns _, Input.Steps _, Input.Image _ -> List.of();
            };
            for (Known known : more) options = options.withKnown(known);
        }
        return options;
    }

    private static List<Known> texts(Input.Series series) {
        return Stream.concat(series.columns().time().stream(), series.columns().series().stream())
                .map(name -> new Known(name, Kind.CATEGORICAL, false))
                .toList();
    }

    /// Numbers and texts by column, an empty optional for a missing value.
    private static Map<String, Object> row(Table table, int row) {
        Map<String, Object> values = new LinkedHashMap<>();
        IntStream.range(0, table.columns().size()).forEach(i -> {
            Table.Column column = table.columns().get(i);
            if (column.kind() == Kind.SKIPPED) return;
            float value = table.value(row, i);
            if (Float.isNaN(value)) values.put(column.name(), Optional.empty());
            else values.put(column.name(), column.kind() == Kind.NUMERIC ? (Object) value : column.text(value));
        });
        return values;
    }
}
