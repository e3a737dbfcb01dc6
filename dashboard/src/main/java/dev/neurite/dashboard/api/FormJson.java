package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Drawing;
import dev.neurite.dashboard.view.Form;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Forms as the API sends them.
final class FormJson {
    private FormJson() {}

    /// @param name of the input
    static Map<String, Object> of(String name, Form form) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        switch (form) {
            case Form.OfImage(Drawing drawing) -> {
                json.put("kind", "image");
                json.put("width", drawing.form().width());
                json.put("height", drawing.form().height());
                json.put("channels", drawing.form().channels());
                json.put("inverted", drawing.inverted());
                json.put("preprocessing", drawing.name());
            }
            case Form.OfTable(List<Form.Field> fields, Map<String, String> example) -> {
                json.put("kind", "table");
                json.put("fields", fields(fields));
                json.put("example", example);
            }
            case Form.OfText(Optional<String> column, String example) -> {
                json.put("kind", "text");
                json.put("column", JsonValues.orNull(column));
                json.put("example", example);
            }
            case Form.OfPrompt(String example) -> {
                json.put("kind", "prompt");
                json.put("example", example);
            }
            case Form.OfSeries series -> {
                json.put("kind", "series");
                json.put("target", series.target());
                json.put("columns", series.columns());
                json.put("steps", series.steps());
                json.put("horizon", series.horizon());
                json.put(
                        "series",
                        series.known().stream()
                                .map(each -> Map.of("name", each.name(), "first", each.first(), "last", each.last()))
                                .toList());
            }
            case Form.OfSteps(List<Form.Field> fields, int steps, List<Map<String, String>> example) -> {
                json.put("kind", "steps");
                json.put("fields", fields(fields));
                json.put("steps", JsonValues.known(steps));
                json.put("example", example);
            }
            case Form.OfNumbers numbers -> {
                json.put("kind", "numbers");
                json.put("count", numbers.shape().isKnown() ? numbers.shape().size() : JsonValues.NULL);
                json.put("shape", numbers.shape().extents());
                json.put("example", JsonValues.list(numbers.example()));
            }
        }
        return json;
    }

    private static List<Map<String, Object>> fields(List<Form.Field> fields) {
        return fields.stream().map(FormJson::field).toList();
    }

    private static Map<String, Object> field(Form.Field field) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", field.name());
        json.put("type", field.type());
        json.put("min", JsonValues.known(field.min()));
        json.put("max", JsonValues.known(field.max()));
        json.put("usual", field.usual());
        json.put("values", field.values());
        json.put("optional", field.optional());
        return json;
    }
}
