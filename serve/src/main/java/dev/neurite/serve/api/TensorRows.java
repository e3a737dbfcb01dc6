package dev.neurite.serve.api;

import dev.neurite.data.table.DateTime;
import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.http.HttpProblem;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.serve.model.ColumnTensors;
import dev.neurite.serve.model.ColumnTensors.Columns;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rows of an ONNX model of columns, as a run of a table takes them: objects of values by column, and lists of
/// numbers where one input has all columns; or CSV. `null`, an empty cell, is NaN or an empty text.
final class TensorRows {
    private static final double SECONDS = 86_400; // of a day

    private final List<Columns> inputs;

    /// A row: each input with a first extent of 1.
    record Row(Map<String, Value> values) {}

    TensorRows(ColumnTensors columns) {
        this.inputs = columns.inputs();
    }

    /// Whether a body is rows, not tensors by name: lists in lists.
    boolean areRows(Json body) {
        return switch (body) {
            case JsonObject(Map<String, Json> members) ->
                inputs.stream().noneMatch(each -> members.get(each.info().name()) instanceof JsonArray);
            case JsonArray(List<Json> items) ->
                !items.isEmpty()
                        && (items.getFirst() instanceof JsonObject
                                || (isWide() && NestedList.depth(body) <= 2)); // numbers of a row, or of several
            default -> false;
        };
    }

    private boolean isWide() {
        return inputs.size() == 1 && inputs.getFirst().names().size() > 1;
    }

    /// The rows of a body.
    /// @throws HttpProblem 400 for values of another form
    GivenRows of(Json body) {
        boolean alone = !(body instanceof JsonArray) || (NestedList.depth(body) == 1 && !hasObjects(body));
        return alone ? GivenRows.one(row(body, "")) : list(((JsonArray) body).list());
    }

    private static boolean hasObjects(Json body) {
        return NestedList.first(body) instanceof JsonObject;
    }

    /// Rows, also if the list could be one.
    /// @throws HttpProblem 400 for values of another form
    GivenRows list(List<Json> items) {
        GivenRows.requireCount(items.size());
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) rows.add(row(items.get(i), "[" + i + "]"));
        return GivenRows.list(rows);
    }

    /// The lines of CSV.
    /// @throws HttpProblem 400 for what is no table, lacks columns or has wrong cells, 413 for too many rows
    GivenRows csv(byte[] content) {
        ReadOptions options = ReadOptions.USUAL.withHeader(Header.YES);
        for (Columns each : inputs) {
            for (String name : each.names()) options = options.withKnown(new Known(name, Kind.CATEGORICAL, false));
        }
        GivenRows lines = CsvRows.of(options, content);
        List<Object> rows = new ArrayList<>();
        for (Object each : lines.raws()) {
            Map<String, Json> cells = new LinkedHashMap<>();
            ((Map<?, ?>) each).forEach((name, cell) -> cells.put(name.toString(), CsvRows.json(cell)));
            rows.add(row(new JsonObject(cells), lines.places().apply(rows.size())));
        }
        return new GivenRows(rows, false, lines.places());
    }

    private Row row(Json json, String path) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Columns each : inputs) {
            Object array = each.info().type().newArray(each.names().size());
            for (int i = 0; i < each.names().size(); i++) {
                switch (json) {
                    case JsonObject(Map<String, Json> members) -> {
                        String name = each.names().get(i);
                        String at = JsonPaths.member(path, name);
                        Json cell = members.get(name);
                        if (cell == null) throw HttpProblem.bad(at, "expects a value, got none");
                        put(each, cell, at, array, i);
                    }
                    case JsonArray(List<Json> cells)
                    when isWide() && cells.size() == each.names().size() ->
                        put(each, cells.get(i), path + "[" + i + "]", array, i);
                    default ->
                        throw HttpProblem.bad(
                                path,
                                "expects an object of values by column, "
                                        + (isWide() ? "or " + each.names().size() + " numbers, " : "")
                                        + "got " + JsonPaths.described(json));
                }
            }
            values.put(each.info().name(), Value.view(each.info().type(), each.row(), array, 0));
        }
        return new Row(values);
    }

    private static void put(Columns of, Json cell, String path, Object array, int i) {
        boolean missing = cell instanceof JsonNull || cell.equals(new JsonString(""));
        switch (array) {
            case float[] floats when missing -> floats[i] = Float.NaN;
            case double[] doubles when missing -> doubles[i] = Double.NaN;
            case String[] texts when missing -> texts[i] = "";
            default -> TensorJson.put(of.info().type(), read(of, cell, i), () -> path, array, i);
        }
    }

    /// A cell as its column has it: texts may stand for numbers and numbers for texts.
    private static Json read(Columns of, Json cell, int i) {
        ElementType type = of.info().type();
        return switch (cell) {
            case JsonNumber(String literal) when type == ElementType.STRING -> new JsonString(category(of, i, literal));
            case JsonBoolean(boolean truth) when type == ElementType.STRING -> new JsonString(Boolean.toString(truth));
            case JsonString(String text)
            when type == ElementType.BOOL && (text.equals("true") || text.equals("false")) ->
                new JsonBoolean(Boolean.parseBoolean(text));
            case JsonString(String text)
            when type != ElementType.STRING && NumberText.isNumber(text.strip()) -> new JsonNumber(text.strip());
            case JsonString(String text)
            when of.areDates() ->
                DateTime.parse(text)
                        .<Json>map(each -> new JsonNumber(
                                Double.toString((each.seconds() + each.offset()) / SECONDS))) // the time of its place
                        .orElse(cell);
            default -> cell;
        };
    }

    /// The category that a number stands for, however both are written; if there is none, the number as it is.
    private static String category(Columns of, int i, String number) {
        int at = of.categories().get(i).of(Float.parseFloat(number));
        return at < 0 ? number : of.known().of(i).get(at).toString();
    }
}
