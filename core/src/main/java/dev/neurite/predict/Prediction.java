package dev.neurite.predict;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Tensor;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.stream.DoubleStream;

/// What a model says of one row. Each kind is a record, for a `switch`:
/// ```java
/// String text = switch (prediction) {
///     case Prediction.OneClass one -> one.label() + " " + one.probability();
///     case Prediction.Values values -> values.values().toString();
///     default -> prediction.toString();
/// };
/// ```
/// The methods of this interface are for those who know the kind: they refuse others.
public sealed interface Prediction {
    /// One class.
    /// @param label the likeliest class, or with a threshold the one it decides for
    /// @param probabilities of each class by name, in the order of labels; or its scores
    /// @param areScores whether they are scores instead, as of a network that was trained with a hinge loss
    record OneClass(String label, SequencedMap<String, Double> probabilities, boolean areScores) implements Prediction {
        public OneClass {
            probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        }

        /// The probability of the label, or its score.
        @Override
        public double probability() {
            return probabilities.getOrDefault(label, Double.NaN);
        }
    }

    /// Any number of labels.
    /// @param labels those with a probability above ½
    /// @param probabilities of each label by name
    record Labels(List<String> labels, SequencedMap<String, Double> probabilities) implements Prediction {
        public Labels {
            labels = List.copyOf(labels);
            probabilities = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(probabilities));
        }
    }

    /// A class for each step of a sequence.
    /// @param steps in the order of the sequence
    record StepClasses(List<OneClass> steps) implements Prediction {
        public StepClasses {
            steps = List.copyOf(steps);
        }

        /// The label of each step.
        public List<String> labels() {
            return steps.stream().map(OneClass::label).toList();
        }
    }

    /// Numbers in the units of the target.
    /// @param names one for each value; empty for none
    record Values(List<String> names, List<Double> values) implements Prediction {
        public Values {
            names = List.copyOf(names);
            values = List.copyOf(values);
        }
    }

    /// The steps that follow a time series.
    /// @param series the name of the series; `0` if the table is one series
    /// @param target the column that is forecast
    /// @param times of the steps, as texts; empty if the table has no times
    /// @param values of the steps, the nearest first, in the units of the series
    /// @param warnings what was noticed about the series, such as a gap; empty for nothing
    record Forecast(
            String series, String target, Optional<List<String>> times, List<Double> values, List<String> warnings)
            implements Prediction {
        public Forecast {
            times = times.map(List::copyOf);
            values = List.copyOf(values);
            warnings = List.copyOf(warnings);
        }
    }

    /// The text that follows a prompt.
    record Continuation(String prompt, String text) implements Prediction {}

    /// Numbers that the model file does not describe.
    /// @param output one row of the network's output
    record Numbers(Tensor output) implements Prediction {}

    /// The answers of a model of several outputs, by name; or the forecasts of several series, by theirs.
    record Several(SequencedMap<String, Prediction> outputs) implements Prediction {
        public Several {
            outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
        }
    }

    /// All numbers of this prediction: probabilities, scores or values, in their order.
    default DoubleStream numbers() {
        return switch (this) {
            case OneClass one -> doubles(one.probabilities.values());
            case Labels several -> doubles(several.probabilities.values());
            case StepClasses all -> all.steps.stream().flatMapToDouble(Prediction::numbers);
            case Values _, Forecast _, Numbers _ -> doubles(values());
            case Continuation _ -> DoubleStream.empty();
            case Several all -> all.outputs.values().stream().flatMapToDouble(Prediction::numbers);
        };
    }

    /// The same, if all its numbers are finite.
    /// @param where the row, for the message
    /// @throws DataException for an infinite number or NaN, as from inputs of 3e38
    default Prediction requireFinite(String where) {
        OptionalDouble wrong =
                numbers().filter(each -> !Float.isFinite((float) each)).findFirst();
        if (wrong.isEmpty()) return this;
        throw new DataException(
                where,
                "expects a finite prediction, got " + (float) wrong.getAsDouble(),
                "The row may have values far outside the range of the training data");
    }

    private static DoubleStream doubles(Collection<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue);
    }

    /// The predicted class.
    /// @throws IllegalStateException if this is no prediction of one class
    default String label() {
        return oneClass().label;
    }

    /// The probability of each class by name, or of each label.
    /// @throws IllegalStateException if this is no prediction of classes or labels
    default SequencedMap<String, Double> probabilities() {
        return this instanceof Labels several ? several.probabilities : oneClass().probabilities;
    }

    /// The probability of the predicted class, or its score.
    /// @throws IllegalStateException if this is no prediction of one class
    default double probability() {
        return oneClass().probability();
    }

    private OneClass oneClass() {
        if (this instanceof OneClass one) return one;
        throw wrong("of a class");
    }

    /// The predicted values, or those of the steps of a forecast.
    /// @throws IllegalStateException if this is no prediction of values
    default List<Double> values() {
        return switch (this) {
            case Values each -> each.values;
            case Forecast each -> each.values;
            case Numbers(Tensor output) -> Outputs.doubles(output.toArray());
            default -> throw wrong("of values");
        };
    }

    /// The first predicted value.
    /// @throws IllegalStateException if this is no prediction of values
    default double value() {
        return values().getFirst();
    }

    private IllegalStateException wrong(String expected) {
        String name = getClass().getSimpleName().toLowerCase(Locale.ROOT);
        return new IllegalStateException("this is no prediction " + expected + ", but " + name + ": " + this);
    }
}
