package dev.neurite.predict;

import dev.neurite.predict.Prediction.OneClass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Predictions as values of JSON, in one form for the command line, the page and the server. `kind` says which:
///
/// | `kind` | members |
/// |---|---|
/// | `class` | `label`, and `probabilities` by class, the likeliest first, or `scores` |
/// | `labels` | `labels`, and `probabilities` by label |
/// | `steps` | `steps`: a `label` with its `probability`, or `score`, for each |
/// | `values` | `values`, and their `names` where they have some |
/// | `forecast` | `series`, `target`, `values`, `times` where they are known, and `warnings` if there are some |
/// | `text` | `prompt`, `text` |
/// | `numbers` | `shape`, `values` |
/// | `several` | `outputs`, by name |
public final class PredictionJson {
    private PredictionJson() {}

    /// The members of a prediction, for [dev.neurite.io.json.Json#of(Object)].
    public static SequencedMap<String, Object> of(Prediction prediction) {
        return of(prediction, 0);
    }

    /// The members of a prediction.
    /// @param top how many classes of one class are named, the likeliest first; 0 for all
    public static SequencedMap<String, Object> of(Prediction prediction, int top) {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("kind", kind(prediction));
        switch (prediction) {
            case OneClass one -> {
                json.put("label", one.label());
                json.put(one.areScores() ? "scores" : "probabilities", ranked(one, top));
            }
            case Prediction.Labels labels -> {
                json.put("labels", labels.labels());
                Map<String, Float> probabilities = new LinkedHashMap<>();
                labels.probabilities().forEach((name, p) -> probabilities.put(name, p.floatValue()));
                json.put("probabilities", probabilities);
            }
            case Prediction.StepClasses steps ->
                json.put(
                        "steps",
                        steps.steps().stream().map(PredictionJson::step).toList());
            case Prediction.Values values -> {
                if (!values.names().isEmpty()) json.put("names", values.names());
                json.put("values", floats(values.values()));
            }
            case Prediction.Forecast forecast -> {
                json.put("series", forecast.series());
                json.put("target", forecast.target());
                forecast.times().ifPresent(times -> json.put("times", times));
                json.put("values", floats(forecast.values()));
                if (!forecast.warnings().isEmpty()) json.put("warnings", forecast.warnings());
            }
            case Prediction.Continuation text -> {
                json.put("prompt", text.prompt());
                json.put("text", text.text());
            }
            case Prediction.Numbers numbers -> {
                json.put("shape", numbers.output().shape().extents());
                json.put("values", floats(numbers.values()));
            }
            case Prediction.Several several -> {
                Map<String, Object> outputs = new LinkedHashMap<>();
                several.outputs().forEach((name, each) -> outputs.put(name, of(each, top)));
                json.put("outputs", outputs);
            }
        }
        return json;
    }

    private static String kind(Prediction prediction) {
        return switch (prediction) {
            case OneClass _ -> "class";
            case Prediction.Labels _ -> "labels";
            case Prediction.StepClasses _ -> "steps";
            case Prediction.Values _ -> "values";
            case Prediction.Forecast _ -> "forecast";
            case Prediction.Continuation _ -> "text";
            case Prediction.Numbers _ -> "numbers";
            case Prediction.Several _ -> "several";
        };
    }

    private static Map<String, Object> step(OneClass step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("label", step.label());
        json.put(step.areScores() ? "score" : "probability", (float) step.probability());
        return json;
    }

    private static Map<String, Float> ranked(OneClass one, int top) {
        Map<String, Float> ranked = new LinkedHashMap<>();
        for (var each : PredictionCsv.ranked(one, top))
            ranked.put(each.getKey(), each.getValue().floatValue());
        return ranked;
    }

    private static List<Float> floats(List<Double> values) {
        return values.stream().map(Double::floatValue).toList();
    }
}
