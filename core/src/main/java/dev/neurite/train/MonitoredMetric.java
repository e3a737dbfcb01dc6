package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.metric.Metric;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// A metric by which epochs are compared: by [EarlyStopping], by [dev.neurite.io.Checkpoints#best], or
/// by a schedule, see [Trainer#monitor].
/// @param name `loss`, `accuracy`, or the name of a metric of [Trainer#metrics], all on the validation
/// data; or `train_loss`, `train_accuracy`, on the training data
/// @param higherIsBetter whether a better model has a higher value
public record MonitoredMetric(String name, boolean higherIsBetter) {
    /// The loss on the validation data.
    public static final String LOSS = "loss";

    /// The loss on the training data.
    public static final String TRAIN_LOSS = "train_loss";

    private static final String ACCURACY = "accuracy";
    private static final String TRAIN_ACCURACY = "train_accuracy";

    /// The metric of this name in a training.
    /// @param where who asks, for messages
    /// @throws ConfigException for an unknown name, or without the validation data that the metric
    /// needs
    public static MonitoredMetric of(String where, String name, TrainingControl training) {
        boolean onTraining = name.equals(TRAIN_LOSS) || name.equals(TRAIN_ACCURACY);
        if (!onTraining && training.validation().isEmpty()) {
            throw new ConfigException(
                    where,
                    "expects validation data, whose " + name + " it watches, got none",
                    "Call fit(train, validation)");
        }
        if (name.equals(LOSS) || name.equals(TRAIN_LOSS)) return new MonitoredMetric(name, false);
        if (name.equals(ACCURACY) || name.equals(TRAIN_ACCURACY)) {
            if (training.classifies()) return new MonitoredMetric(name, true);
            throw new ConfigException(
                    where, "expects a metric of values, such as loss, got " + name + ", a metric of classes");
        }
        List<String> known = new ArrayList<>(List.of(LOSS, ACCURACY));
        for (Metric metric : training.metrics()) {
            if (metric.name().equals(name)) return new MonitoredMetric(name, metric.higherIsBetter());
            known.add(metric.name());
        }
        throw new ConfigException(
                where,
                "expects one of the metrics that are measured, " + String.join(", ", known) + ", got '" + name + "'",
                Spelling.hint(name, known));
    }

    /// The value in an epoch.
    /// @throws ConfigException if it is undefined there, as a metric of two classes is on rows of one
    public double in(EpochResult epoch) {
        OptionalDouble value = switch (name) {
            case TRAIN_LOSS -> OptionalDouble.of(epoch.loss());
            case TRAIN_ACCURACY -> epoch.accuracy();
            default -> in(epoch.validation().orElseThrow());
        };
        if (value.isPresent()) return value.getAsDouble();
        throw new ConfigException(name, "is undefined on this data");
    }

    private OptionalDouble in(Evaluation evaluation) {
        return switch (name) {
            case LOSS -> OptionalDouble.of(evaluation.loss());
            case ACCURACY -> evaluation.accuracy();
            default -> evaluation.metrics().getOrDefault(name, OptionalDouble.empty());
        };
    }

    /// Whether a value is better than another by more than a margin. NaN is never better; any number is
    /// better than NaN.
    public boolean isBetter(double value, double than, double by) {
        if (Double.isNaN(than)) return !Double.isNaN(value);
        return higherIsBetter ? value > than + by : value < than - by;
    }
}
