package dev.neurite.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The prediction of a model for one row.
/// @param label the most probable class, or that which a [Threshold] decides; empty for a regression
/// @param probabilities the probability of each class by name, in the order of labels,
/// or scores, see [Predictor#givesScores]. Empty for a regression
/// @param values the predicted values in the units of the target column; empty for a classification
public record Prediction(String label, SequencedMap<String, Double> probabilities, List<Double> values) {
    /// Keeps copies.
    public Prediction {
        probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        values = List.copyOf(values);
    }

    /// The probability of the label, or its score.
    /// @throws IllegalStateException for a regression
    public double probability() {
        Double probability = probabilities.get(label);
        if (probability == null) throw new IllegalStateException("this is no prediction of a class");
        return probability;
    }

    /// The first predicted value.
    /// @throws IllegalStateException for a classification
    public double value() {
        if (values.isEmpty()) throw new IllegalStateException("this is no prediction of a value");
        return values.getFirst();
    }
}
