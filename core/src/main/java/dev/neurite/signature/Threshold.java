package dev.neurite.signature;

import dev.neurite.error.ConfigException;
import java.util.List;

/// The rule by which a model of two classes decides: a row is of one class if its probability is at least a threshold,
/// else of the other one. Without a rule the more probable class wins. The signature of a model file keeps it.
/// @param className the class
/// @param value from 0 to 1
/// @param origin how it was chosen, in words: `recall 0.8 on the validation part`
public record Threshold(String className, double value, String origin) {
    /// @throws ConfigException for a value that is not from 0 to 1
    public Threshold {
        if (!(value >= 0 && value <= 1)) {
            throw new ConfigException("threshold", "expects a number from 0 to 1, got " + value);
        }
    }

    /// The label of the class.
    /// @throws ConfigException unless there are two classes, of which this is one
    public int label(List<String> classNames) {
        int label = classNames.indexOf(className);
        if (classNames.size() == 2 && label >= 0) return label;
        throw new ConfigException(
                "threshold", "expects two classes, of which one is '" + className + "', got " + classNames);
    }
}
