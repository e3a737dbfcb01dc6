package dev.neurite.search;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.train.Evaluation;
import dev.neurite.train.MonitoredMetric;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;

/// What trials are compared by.
/// @param metric the metric; empty for the loss
record Judge(Optional<Metric> metric) {
    static final Judge LOSS = new Judge(Optional.empty());

    /// The usual one for the targets of a data set.
    static Judge of(Dataset data) {
        if (data.targetsByOutput().size() != 1) return LOSS;
        return new Judge(Optional.of(data.isLabeled() ? Metrics.accuracy() : Metrics.rmse()));
    }

    String name() {
        return metric.map(Metric::name).orElse(MonitoredMetric.LOSS);
    }

    Metric[] metrics() {
        return metric.stream().toArray(Metric[]::new);
    }

    double score(Evaluation evaluation) {
        if (metric.isEmpty()) return evaluation.loss();
        OptionalDouble figure = evaluation.metrics().getOrDefault(name(), OptionalDouble.empty());
        return figure.orElseThrow(() -> new ConfigException(
                "metric " + name(), "expects data on which the metric is defined, got a fold on which it is not"));
    }

    /// Failed trials last; then by the metric, the loss, the number.
    Comparator<Trial> better() {
        int sign = metric.isPresent() && metric.get().higherIsBetter() ? -1 : 1;
        return Comparator.comparing(Trial::hasFailed)
                .thenComparingDouble(each -> sign * each.score().orElse(0))
                .thenComparingDouble(each -> each.loss().orElse(0))
                .thenComparingInt(Trial::number);
    }
}
