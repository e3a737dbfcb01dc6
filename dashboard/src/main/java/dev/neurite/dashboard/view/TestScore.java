package dev.neurite.dashboard.view;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// How good the model of a run is on the test part, measured once after the training.
/// @param rows the number of rows of the test part
/// @param score the name of the metric that says most: `acc` for classes, `r2` for values
/// @param metrics values by name, that of the score among them; NaN for one that is undefined
public record TestScore(int rows, String score, SequencedMap<String, Double> metrics) {
    public TestScore {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
        if (!metrics.containsKey(score)) {
            throw new IllegalArgumentException("expects the score among " + metrics.keySet() + ", got " + score);
        }
    }

    /// The value of the score; NaN if it is undefined.
    public double value() {
        return metrics.getOrDefault(score, Double.NaN);
    }

    /// The form of `test.json` and of the API, without a version.
    public SequencedMap<String, Object> json() {
        SequencedMap<String, Object> json = new LinkedHashMap<>();
        json.put("rows", rows);
        json.put("score", score);
        json.put("m", metrics);
        return json;
    }
}
