package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Errors;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.ForecastCurve;
import dev.neurite.dashboard.view.HealthFinding;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.dashboard.view.Word;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.signature.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// JSON values that several resources have in common.
final class JsonValues {
    static final Json NULL = new JsonNull();

    private JsonValues() {}

    static List<Double> list(double[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    static List<List<Double>> lists(double[][] numbers) {
        return Arrays.stream(numbers).map(JsonValues::list).toList();
    }

    static List<Float> list(float[] numbers) {
        List<Float> list = new ArrayList<>(numbers.length);
        for (float each : numbers) list.add(each);
        return list;
    }

    static List<List<Float>> lists(float[][] numbers) {
        return Arrays.stream(numbers).map(JsonValues::list).toList();
    }

    /// A value, or null.
    static Object orNull(Optional<?> value) {
        return value.isPresent() ? value.get() : NULL;
    }

    static Object orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : NULL;
    }

    /// A number that is not known as null.
    static Object known(long number) {
        return number < 0 ? NULL : number;
    }

    static Object known(double number) {
        return Double.isNaN(number) ? NULL : number;
    }

    static Object picture(Optional<Picture> picture) {
        return picture.isPresent() ? picture.get().json() : NULL;
    }

    static Map<String, Object> finding(HealthFinding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("level", finding.level().toString());
        json.put("title", finding.title());
        json.put("text", finding.text());
        json.put("layer", finding.layer().isEmpty() ? NULL : finding.layer());
        json.put("command", finding.command().isEmpty() ? NULL : finding.command());
        return json;
    }

    static List<Map<String, Object>> findings(List<HealthFinding> findings) {
        return findings.stream().map(JsonValues::finding).toList();
    }

    static Map<String, Object> example(Example example) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", example.row());
        json.put("position", known(example.position()));
        json.put("truth", example.truth());
        json.put("predicted", example.predicted());
        json.put("confidence", known(example.confidence()));
        json.put("loss", example.loss());
        json.put("image", picture(example.image()));
        json.put("images", example.images().size() < 2 ? NULL : pictures(example.images()));
        json.put("values", example.values().isEmpty() ? NULL : example.values());
        json.put("words", orNone(words(example.words())));
        json.put("steps", orNone(example.steps().stream().map(JsonValues::step).toList()));
        json.put("curve", example.curve().isPresent() ? curve(example.curve().get()) : NULL);
        return json;
    }

    private static Map<String, Object> step(Example.Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("position", step.position());
        json.put("text", step.text());
        json.put("truth", step.truth());
        json.put("predicted", step.predicted());
        return json;
    }

    static List<Map<String, Object>> pictures(Map<String, Picture> pictures) {
        List<Map<String, Object>> list = new ArrayList<>();
        pictures.forEach((name, picture) -> {
            Map<String, Object> json = new LinkedHashMap<>(Map.of("input", name));
            json.putAll(picture.json());
            list.add(json);
        });
        return list;
    }

    static List<Map<String, Object>> words(List<Word> words) {
        return words.stream()
                .<Map<String, Object>>map(each -> Map.of("text", each.text(), "weight", each.weight()))
                .toList();
    }

    static Map<String, Object> curve(ForecastCurve curve) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("series", curve.series());
        json.put("begin", curve.begin());
        json.put("past", curve.past());
        json.put("forecast", curve.forecast());
        json.put("truth", curve.truth());
        json.put("naive", curve.naive());
        json.put("seasonal", curve.seasonal());
        json.put("season", curve.season());
        json.put("times", curve.times());
        return json;
    }

    /// A list, or null for an empty one.
    static Object orNone(List<?> list) {
        return list.isEmpty() ? NULL : list;
    }

    static List<Map<String, Object>> examples(List<Example> examples) {
        return examples.stream().map(JsonValues::example).toList();
    }

    static Map<String, Object> histogram(Errors.Histogram histogram) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("min", histogram.min());
        json.put("max", histogram.max());
        json.put("counts", histogram.counts());
        return json;
    }

    /// The kind of prediction that an output gives, as in [dev.neurite.predict.PredictionJson].
    static String says(Output output) {
        return switch (output) {
            case Output.Classes _ -> "class";
            case Output.Labels _ -> "labels";
            case Output.StepClasses _ -> "steps";
            case Output.Values _ -> "values";
            case Output.Forecast _ -> "forecast";
            case Output.Continuation _ -> "text";
            case Output.Numbers _ -> "numbers";
        };
    }

    /// The threshold by which an output decides, or null.
    static Object threshold(Output output) {
        return output.decision()
                .<Object>map(each -> Map.of("class", each.className(), "value", each.value(), "origin", each.origin()))
                .orElse(NULL);
    }
}
