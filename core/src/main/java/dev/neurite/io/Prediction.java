package dev.neurite.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// What a model says about a row.
/// @param label the most probable class; empty where targets are values
/// @param probabilities of each class, by its name, in the order of labels; of a network that gives
/// none, its scores. Empty where targets are values
/// @param values the targets in their own units; empty where they are classes
public record Prediction(String label, SequencedMap<String, Double> probabilities, List<Double> values) {
    /// Keeps copies.
    public Prediction {
        probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        values = List.copyOf(values);
    }

    /// The probability of the label, or its score.
    /// @throws IllegalStateException where targets are values
    public double probability() {
        Double probability = probabilities.get(label);
        if (probability == null) throw new IllegalStateException("this is no prediction of a class");
        return probability;
    }

    /// The first value.
    /// @throws IllegalStateException where targets are classes
    public double value() {
        if (values.isEmpty()) throw new IllegalStateException("this is no prediction of a value");
        return values.getFirst();
    }
}
