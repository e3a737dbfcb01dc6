package dev.neurite.io;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.model.Model;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/// A signature in the metadata of a model file (`docs/format.md`): as JSON under `signature`, and each tokenizer under
/// a name of its own, as JSON within JSON within JSON would be long.
final class SignatureText {
    static final String NAME = "signature";

    private static final String TOKENIZER = "tokenizer.";
    static final int MOST_VALUES = 2_000_000;

    private SignatureText() {}

    static void write(Signature signature, Map<String, String> metadata) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("inputs", list(signature.inputs(), each -> json(each, metadata)));
        json.put("outputs", list(signature.outputs(), SignatureText::json));
        metadata.put(NAME, new JsonObject(json).write());
    }

    private static <T> Json list(SequencedMap<String, T> named, Function<T, Map<String, Json>> json) {
        return new JsonArray(named.entrySet().stream()
                .<Json>map(each -> {
                    Map<String, Json> members = new LinkedHashMap<>();
                    members.put("name", new JsonString(each.getKey()));
                    members.putAll(json.apply(each.getValue()));
                    return new JsonObject(members);
                })
                .toList());
    }

    private static Map<String, Json> json(Input input, Map<String, String> metadata) {
        Map<String, Json> json = new LinkedHashMap<>();
        switch (input) {
            case Input.Columns(Preprocessing columns) -> {
                json.put("type", new JsonString("table"));
                json.put("preprocessing", PreprocessingText.json(columns));
            }
            case Input.Steps(Preprocessing columns) -> {
                json.put("type", new JsonString("steps"));
                json.put("preprocessing", PreprocessingText.json(columns));
            }
            case Input.Series(Preprocessing inputs, SeriesColumns columns) -> {
                json.put("type", new JsonString("series"));
                json.put("preprocessing", PreprocessingText.json(inputs));
                json.put("columns", Json.of(columns.notes()));
            }
            case Input.Image(ImageInput how) -> {
                json.put("type", new JsonString("image"));
                json.put("shape", extents(how.shape()));
                json.put("fit", new JsonString(how.note()));
            }
            case Input.Text(String tokenizer, Optional<String> column) -> {
                json.put("type", new JsonString("text"));
                json.put("tokenizer", new JsonString(textName(tokenizer, metadata)));
                column.ifPresent(name -> json.put("column", new JsonString(name)));
            }
            case Input.Numbers(Shape shape, List<String> names) -> {
                json.put("type", new JsonString("numbers"));
                json.put("shape", extents(shape));
                if (!names.isEmpty()) json.put("names", texts(names));
            }
        }
        return json;
    }

    /// Puts a long text into the metadata; equal ones once.
    private static String textName(String text, Map<String, String> metadata) {
        int number = 0;
        while (!metadata.getOrDefault(TOKENIZER + number, text).equals(text)) number++;
        metadata.put(TOKENIZER + number, text);
        return TOKENIZER + number;
    }

    private static Map<String, Json> json(Output output) {
        Map<String, Json> json = new LinkedHashMap<>();
        switch (output) {
            case Output.Classes(List<String> names, Meaning meaning, Optional<Threshold> threshold) -> {
                json.putAll(classes("classes", names, meaning));
                threshold.ifPresent(each -> json.put("threshold", json(each)));
            }
            case Output.Labels(List<String> names, Meaning meaning) -> json.putAll(classes("labels", names, meaning));
            case Output.StepClasses(List<String> names, Meaning meaning) ->
                json.putAll(classes("step-classes", names, meaning));
            case Output.Values(List<String> names, double shift, double scale) -> {
                json.put("type", new JsonString("values"));
                if (!names.isEmpty()) json.put("names", texts(names));
                json.put("shift", number(shift));
                json.put("scale", number(scale));
            }
            case Output.Forecast(String target) -> {
                json.put("type", new JsonString("forecast"));
                json.put("target", new JsonString(target));
            }
            case Output.Continuation _ -> json.put("type", new JsonString("continuation"));
            case Output.Numbers _ -> json.put("type", new JsonString("numbers"));
        }
        return json;
    }

    private static Json json(Threshold threshold) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("class", new JsonString(threshold.className()));
        json.put("value", number(threshold.value()));
        json.put("origin", new JsonString(threshold.origin()));
        return new JsonObject(json);
    }

    private static Map<String, Json> classes(String type, List<String> names, Meaning meaning) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("type", new JsonString(type));
        json.put("names", texts(names));
        json.put("meaning", new JsonString(name(meaning)));
        return json;
    }

    private static String name(Meaning meaning) {
        return meaning.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Json number(double value) {
        return new JsonNumber(Double.toString(value));
    }

    private static Json texts(List<String> texts) {
        return new JsonArray(texts.stream().<Json>map(JsonString::new).toList());
    }

    private static Json extents(Shape shape) {
        return new JsonArray(shape.extents().stream()
                .<Json>map(extent -> new JsonNumber(Integer.toString(extent)))
                .toList());
    }

    // ------------------------------------------------------------------------------------------------------ reading

    /// @throws ModelFormatException if it is invalid or does not describe the model
    static Signature read(Map<String, String> metadata, Model model, String where) {
        try {
            var json = new MemberReader(Json.read(metadata.getOrDefault(NAME, ""), MOST_VALUES), NAME);
            SequencedMap<String, Input> inputs = named(json, "inputs", each -> input(each, metadata));
            SequencedMap<String, Output> outputs = named(json, "outputs", SignatureText::output);
            json.end();
            var signature = new Signature(inputs, outputs);
            signature.check(model);
            return signature;
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(where + ", " + NAME, "is no JSON: " + e.getMessage());
        } catch (ConfigException | DataException | ShapeException | ArithmeticException e) {
            throw new ModelFormatException(where + ", " + NAME, "is invalid: " + e.getMessage());
        }
    }

    private static <T> SequencedMap<String, T> named(MemberReader json, String list, Function<MemberReader, T> read) {
        SequencedMap<String, T> named = new LinkedHashMap<>();
        for (Json each : json.items(list)) {
            var members = new MemberReader(each, list + " " + named.size());
            String name = members.text("name");
            T value = read.apply(members);
            members.end();
            if (named.put(name, value) != null) {
                throw new ConfigException(list, "expects each name once, got '" + name + "' again");
            }
        }
        return named;
    }

    private static Input input(MemberReader json, Map<String, String> metadata) {
        String type = json.text("type");
        return switch (type) {
            case "table" -> new Input.Columns(PreprocessingText.read(json.json("preprocessing")));
            case "steps" -> new Input.Steps(PreprocessingText.read(json.json("preprocessing")));
            case "series" -> {
                Preprocessing inputs = PreprocessingText.read(json.json("preprocessing"));
                SeriesColumns columns = SeriesColumns.of(strings(json.json("columns")))
                        .orElseThrow(() -> new ConfigException(json.where, "expects a column to forecast, got none"));
                yield new Input.Series(inputs, columns);
            }
            case "image" ->
                new Input.Image(
                        ImageInput.of(Shape.of(json.extents("shape")), Map.of(ImageInput.NOTE, json.text("fit"))));
            case "text" -> {
                String name = json.text("tokenizer");
                String tokenizer = name.startsWith(TOKENIZER) ? metadata.get(name) : null;
                if (tokenizer == null) throw new ConfigException(json.where, "expects a tokenizer, got none");
                yield new Input.Text(
                        tokenizer, json.has("column") ? Optional.of(json.text("column")) : Optional.empty());
            }
            case "numbers" ->
                new Input.Numbers(Shape.of(json.extents("shape")), json.has("names") ? json.texts("names") : List.of());
            default -> throw new ConfigException(json.where, "expects a known type, got '" + type + "'");
        };
    }

    private static Map<String, String> strings(Json json) {
        try {
            return json.strings();
        } catch (Json.SyntaxException e) {
            throw new ConfigException("columns", "expects texts by name: " + e.problem());
        }
    }

    private static Output output(MemberReader json) {
        String type = json.text("type");
        return switch (type) {
            case "classes" ->
                new Output.Classes(
                        json.texts("names"),
                        meaning(json),
                        json.has("threshold") ? Optional.of(threshold(json.json("threshold"))) : Optional.empty());
            case "labels" -> new Output.Labels(json.texts("names"), meaning(json));
            case "step-classes" -> new Output.StepClasses(json.texts("names"), meaning(json));
            case "values" ->
                new Output.Values(
                        json.has("names") ? json.texts("names") : List.of(),
                        json.number("shift"),
                        json.number("scale"));
            case "forecast" -> new Output.Forecast(json.text("target"));
            case "continuation" -> new Output.Continuation();
            case "numbers" -> new Output.Numbers();
            default -> throw new ConfigException(json.where, "expects a known type, got '" + type + "'");
        };
    }

    private static Threshold threshold(Json text) {
        var json = new MemberReader(text, "threshold");
        var threshold = new Threshold(json.text("class"), json.number("value"), json.text("origin"));
        json.end();
        return threshold;
    }

    private static Meaning meaning(MemberReader json) {
        String text = json.text("meaning");
        for (Meaning each : Meaning.values()) {
            if (name(each).equals(text)) return each;
        }
        throw new ConfigException(json.where, "expects a known meaning, got '" + text + "'");
    }
}
