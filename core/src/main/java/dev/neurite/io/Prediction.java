package dev.neurite.io;

import dev.neurite.error.DataException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// The prediction of a model for one row.
/// @param label the most probable class; empty for a regression
/// @param probabilities the probability of each class by name, in the order of labels,
/// or scores, see [Predictor#givesScores]. Empty for a regression
/// @param values the predicted values in the units of the target column; empty for a classification
public record Prediction(String label, SequencedMap<String, Double> probabilities, List<Double> values) {
    /// Keeps copies.
    public Prediction {
        probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        values = List.copyOf(values);
    }

    /// The same, if all its numbers are finite.
    /// @param where the row, for the message
    /// @throws DataException for an infinite number or NaN, as from inputs of 3e38
    public Prediction requireFinite(String where) {
        Stream.concat(values.stream(), probabilities.values().stream())
                .filter(value -> !Double.isFinite(value))
                .findFirst()
                .ifPresent(value -> {
                    throw new DataException(
                            where,
                            "expects a finite prediction, got " + value,
                            "The row may have values far outside the range of the training data");
                });
        return this;
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
