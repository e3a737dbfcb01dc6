package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Entered;
import dev.neurite.dashboard.view.Form;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.JsonFields;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// What a person has entered, as a client sends it: `{"inputs": {name: value}}`; of a model of one
/// input its value alone. A value is an object with `pixels`, `width` and `height`, with `values`,
/// `text`, `rows`, `numbers`, or with `series`, `end` and perhaps `values`.
final class EnteredJson {
    private static final int LONGEST_SIDE = 32_768; // pixels of a drawing
    private static final int MOST_BYTES = 3 << 20; // what a JSON body of 4 MB holds in base64
    private static final int MOST_NUMBERS = 1 << 20;
    private static final int MOST_COLUMNS = 10_000;
    private static final int MOST_ROWS = 20_000;
    private static final int MOST_TEXT = 100_000; // characters
    private static final String INPUTS = "inputs";

    private EnteredJson() {}

    static Map<String, Entered> of(JsonFields body, SequencedMap<String, Form> forms) {
        String only = forms.firstEntry().getKey();
        if (!body.has(INPUTS)) {
            if (forms.size() > 1) throw HttpProblem.bad(INPUTS, "expects a value for each of " + forms.keySet());
            return Map.of(only, one(body, forms.firstEntry().getValue()));
        }
        body.only(INPUTS);
        if (body.value(INPUTS) instanceof JsonArray) {
            if (forms.size() > 1) throw HttpProblem.bad(INPUTS, "expects an object with " + forms.keySet());
            return Map.of(only, new Entered.Numbers(numbers(body, INPUTS)));
        }
        JsonFields inputs = body.object(INPUTS);
        Map<String, Entered> entered = new LinkedHashMap<>();
        for (String name : inputs.keys()) {
            Form form = forms.get(name);
            if (form == null) {
                throw inputs.problem(name, "is no input of this model; it has " + String.join(", ", forms.keySet()));
            }
            entered.put(name, one(inputs.object(name), form));
        }
        return entered;
    }

    private static Entered one(JsonFields value, Form form) {
        if (value.has("pixels")) return new Entered.Drawn(picture(value.only("pixels", "width", "height")));
        if (value.has("text")) return new Entered.Passage(value.only("text").text("text", MOST_TEXT));
        if (value.has("numbers")) return new Entered.Numbers(numbers(value.only("numbers"), "numbers"));
        if (value.has("rows")) {
            List<Map<String, String>> rows = value.only("rows").objects("rows", MOST_ROWS).stream()
                    .map(EnteredJson::values)
                    .toList();
            return new Entered.Rows(rows);
        }
        if (value.has("end")) {
            value.only("series", "end", "values");
            double[] values = value.has("values") ? value.numbers("values", MOST_ROWS) : new double[0];
            return new Entered.Moment(
                    value.text("series"), value.integer("end", 0, Integer.MAX_VALUE), JsonValues.list(values));
        }
        if (value.has("values"))
            return new Entered.Values(values(value.only("values").object("values")));
        String expected = switch (form) {
            case Form.OfImage _ -> "pixels, width and height";
            case Form.OfTable _ -> "values";
            case Form.OfText _, Form.OfPrompt _ -> "text";
            case Form.OfSeries _ -> "series and end, or rows";
            case Form.OfSteps _ -> "rows";
            case Form.OfNumbers _ -> "numbers";
        };
        throw value.problem("", "expects " + expected);
    }

    /// What was entered, as a client sends it.
    static Map<String, Object> json(Entered entered) {
        return switch (entered) {
            case Entered.Drawn(Picture picture) -> {
                Map<String, Object> json = picture.json();
                json.remove("channels");
                yield json;
            }
            case Entered.Values(Map<String, String> values) -> Map.of("values", values);
            case Entered.Passage(String text) -> Map.of("text", text);
            case Entered.Rows(List<Map<String, String>> rows) -> Map.of("rows", rows);
            case Entered.Numbers(float[] numbers) -> Map.of("numbers", JsonValues.list(numbers));
            case Entered.Moment moment ->
                Map.of("series", moment.series(), "end", moment.end(), "values", moment.values());
        };
    }

    private static float[] numbers(JsonFields of, String key) {
        double[] numbers = of.numbers(key, MOST_NUMBERS);
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
            if (Float.isInfinite(floats[i])) {
                throw of.problem(key + "[" + i + "]", "expects a number of float32, got " + numbers[i]);
            }
        }
        return floats;
    }

    private static Picture picture(JsonFields body) {
        int width = body.integer("width", 1, LONGEST_SIDE);
        int height = body.integer("height", 1, LONGEST_SIDE);
        byte[] pixels = body.base64("pixels", MOST_BYTES);
        long size = (long) width * height;
        int channels = pixels.length == 3 * size ? 3 : 1;
        if (pixels.length != channels * size) {
            throw body.problem(
                    "pixels", "expects " + size + " bytes, or three times as many for colors, got " + pixels.length);
        }
        return new Picture(width, height, channels, pixels);
    }

    private static Map<String, String> values(JsonFields body) {
        if (body.keys().size() > MOST_COLUMNS) {
            throw body.problem("", "expects at most " + MOST_COLUMNS + " columns");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String name : body.keys()) values.put(name, text(body, name));
        return values;
    }

    /// A text; a number as text; nothing as an empty text.
    private static String text(JsonFields body, String name) {
        if (!body.has(name)) return "";
        return body.value(name) instanceof JsonNumber(String literal) ? literal : body.text(name);
    }
}
