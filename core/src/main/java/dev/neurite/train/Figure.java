package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.metric.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// What says which of two models is better: `loss` or `accuracy` on the validation data, or a metric measured there.
/// @param name `loss`, `accuracy`, or the name of a metric of [Trainer#metrics]
/// @param higherIsBetter whether a better model has more of it
public record Figure(String name, boolean higherIsBetter) {
    /// The loss.
    public static final String LOSS = "loss";

    private static final String ACCURACY = "accuracy";

    /// The figure of this name that a training has.
    /// @param where who asks, for messages
    /// @throws ConfigException if it has none of that name, or no validation data
    public static Figure of(String where, String name, TrainingControl training) {
        if (training.validation().isEmpty()) {
            throw new ConfigException(
                    where,
                    "expects validation data, whose " + name + " it watches, got none",
                    "fit(train, validation)");
        }
        if (name.equals(LOSS)) return new Figure(LOSS, false);
        boolean classes = training.validation().get().answers().stream().anyMatch(Dataset::isLabeled);
        if (name.equals(ACCURACY) && !classes) {
            throw new ConfigException(
                    where, "expects a figure of values, such as loss, got accuracy, which classes have");
        }
        if (name.equals(ACCURACY)) return new Figure(ACCURACY, true);
        List<String> known = new ArrayList<>(List.of(LOSS, ACCURACY));
        for (Metric metric : training.metrics()) {
            if (metric.name().equals(name)) return new Figure(name, metric.higherIsBetter());
            known.add(metric.name());
        }
        throw new ConfigException(
                where,
                "expects one of the figures that are measured, " + String.join(", ", known) + ", got '" + name + "'",
                Spelling.hint(name, known));
    }

    /// Its value.
    /// @throws ConfigException if the data has none: as a metric of two classes where there are rows of one
    public double in(Evaluation evaluation) {
        if (name.equals(LOSS)) return evaluation.loss();
        OptionalDouble value = name.equals(ACCURACY)
                ? evaluation.accuracy()
                : evaluation.metrics().getOrDefault(name, OptionalDouble.empty());
        if (value.isPresent()) return value.getAsDouble();
        throw new ConfigException(name, "expects validation data that has such a figure, got data without one");
    }

    /// Whether a value is better than another by more than so much. NaN is never better, and anything better than it.
    public boolean isBetter(double value, double than, double by) {
        if (Double.isNaN(than)) return !Double.isNaN(value);
        return higherIsBetter ? value > than + by : value < than - by;
    }
}
