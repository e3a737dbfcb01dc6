package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.Errors;
import dev.neurite.dashboard.view.Example;
import dev.neurite.dashboard.view.Finding;
import dev.neurite.dashboard.view.Picture;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.predict.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// JSON values that several resources have in common.
final class JsonValues {
    static final Json NULL = new JsonNull();

    private static final int MOST_CLASSES = 100; // of a prediction

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

    static Map<String, Object> finding(Finding finding) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("level", finding.level().toString());
        json.put("title", finding.title());
        json.put("text", finding.text());
        json.put("layer", finding.layer().isEmpty() ? NULL : finding.layer());
        json.put("command", finding.command().isEmpty() ? NULL : finding.command());
        return json;
    }

    static List<Map<String, Object>> findings(List<Finding> findings) {
        return findings.stream().map(JsonValues::finding).toList();
    }

    static Map<String, Object> example(Example example) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("row", example.row());
        json.put("truth", example.truth());
        json.put("predicted", example.predicted());
        json.put("confidence", known(example.confidence()));
        json.put("loss", example.loss());
        json.put("image", picture(example.image()));
        json.put("values", example.values().isEmpty() ? NULL : example.values());
        return json;
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

    /// A prediction: the predicted class, all classes with the most probable first, and the value of a regression.
    static Map<String, Object> prediction(Prediction prediction) {
        Map<String, Double> probabilities = prediction.isClass() ? prediction.probabilities() : Map.of();
        List<Map<String, Object>> classes = probabilities.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, Double> each) -> -each.getValue()))
                .limit(MOST_CLASSES)
                .map(each -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("name", each.getKey());
                    json.put("p", each.getValue());
                    return json;
                })
                .toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", prediction.label().isEmpty() ? NULL : prediction.label());
        json.put("classes", classes);
        json.put("value", prediction.isClass() ? NULL : prediction.value());
        return json;
    }
}
