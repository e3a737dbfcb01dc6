package dev.neurite.serve.api;

import static dev.neurite.serve.api.Schema.json;
import static dev.neurite.serve.api.Schema.type;

import dev.neurite.signature.Output;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Schemas of answers, as `PredictionJson` writes them.
final class AnswerSchemas {
    private static final int MOST_NAMES = 1_000; // classes that a schema names

    private AnswerSchemas() {}

    /// The answer for a row.
    /// @param outputs of the model, by name
    static Map<String, Object> of(SequencedMap<String, Output> outputs) {
        if (outputs.size() == 1) return output(outputs.firstEntry().getValue(), true);
        SequencedMap<String, Object> all = new LinkedHashMap<>();
        outputs.forEach((name, each) -> all.put(name, output(each, false)));
        return object("several", true, json("outputs", closed(all, List.copyOf(all.keySet()))));
    }

    /// @param whole whether it is the whole answer, which may have warnings
    private static Map<String, Object> output(Output output, boolean whole) {
        return switch (output) {
            case Output.Classes classes -> {
                boolean scores = classes.meaning() == Output.Meaning.SCORES;
                yield object(
                        "class",
                        whole,
                        json(
                                "label",
                                name(classes.names()),
                                scores ? "scores" : "probabilities",
                                numbersByName(!scores)));
            }
            case Output.Labels labels ->
                object(
                        "labels",
                        whole,
                        json("labels", list(name(labels.names())), "probabilities", numbersByName(true)));
            case Output.StepClasses steps -> {
                boolean scores = steps.meaning() == Output.Meaning.SCORES;
                SequencedMap<String, Object> step =
                        json("label", name(steps.names()), scores ? "score" : "probability", type("number"));
                yield object("steps", whole, json("steps", list(closed(step, List.copyOf(step.keySet())))));
            }
            case Output.Values values ->
                values.names().isEmpty()
                        ? object("values", whole, json("values", list(type("number"))))
                        : object(
                                "values",
                                whole,
                                json("names", json("const", values.names()), "values", list(type("number"))));
            case Output.Forecast _ -> forecasts();
            case Output.Continuation _ -> object("text", whole, json("prompt", type("string"), "text", type("string")));
            case Output.Numbers _ -> numbers(whole);
        };
    }

    private static Map<String, Object> numbers(boolean whole) {
        return object("numbers", whole, json("shape", list(type("integer")), "values", list(type("number"))));
    }

    /// The forecast of one series, or of several by their names.
    private static Map<String, Object> forecasts() {
        SequencedMap<String, Object> properties = json(
                "kind", json("const", "forecast"),
                "series", type("string"),
                "target", type("string"),
                "times", list(type("string")),
                "values", list(type("number")),
                "warnings", list(type("string")));
        Map<String, Object> one = closed(properties, List.of("kind", "series", "target", "values"));
        Map<String, Object> several = json("type", "object", "additionalProperties", one);
        return json("anyOf", List.of(one, object("several", false, json("outputs", several))));
    }

    /// The answer of an ONNX model.
    static Map<String, Object> tensors(List<String> outputs) {
        SequencedMap<String, Object> tensors = new LinkedHashMap<>();
        for (String each : outputs) tensors.put(each, json("description", "lists in lists"));
        return object("tensors", false, json("outputs", closed(tensors, outputs)));
    }

    static Map<String, Object> vector() {
        return object("vector", false, json("vector", list(type("number")), "tokens", type("integer")));
    }

    private static Map<String, Object> object(String kind, boolean warns, SequencedMap<String, Object> members) {
        SequencedMap<String, Object> properties = json("kind", json("const", kind));
        properties.putAll(members);
        List<String> required = List.copyOf(properties.keySet());
        if (warns) {
            properties.put(
                    "warnings",
                    Schema.json(
                            "type", "array", "items", type("string"), "description", "what is unusual about the row"));
        }
        return closed(properties, required);
    }

    /// An object with these members and no others.
    static Map<String, Object> closed(SequencedMap<String, Object> properties, List<String> required) {
        return json("type", "object", "required", required, "properties", properties, "additionalProperties", false);
    }

    static Map<String, Object> list(Object items) {
        return json("type", "array", "items", items);
    }

    private static Map<String, Object> name(List<String> names) {
        if (names.isEmpty() || names.size() > MOST_NAMES) return type("string");
        return json("enum", new ArrayList<>(names));
    }

    private static Map<String, Object> numbersByName(boolean probabilities) {
        Map<String, Object> number =
                probabilities ? json("type", "number", "minimum", 0, "maximum", 1) : type("number");
        return json("type", "object", "additionalProperties", number);
    }
}
