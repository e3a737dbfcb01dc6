package dev.neurite.train;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Targets.Values;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Executor;
import dev.neurite.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;

/// Keeps what a model says about each row of a data set, and measures it at the end.
final class Measurement {
    private final Objective objective;
    private final List<Metric> metrics;
    private final Kind kind;
    private final int width;
    private final float[] numbers;
    private final int[] labels;
    private final float[] targets;
    private int rows;

    /// For all rows of this data.
    /// @throws ConfigException if a metric does not measure what the model says, or two have one name
    Measurement(Objective objective, List<Metric> metrics, Dataset data) {
        this.objective = objective;
        this.metrics = metrics;
        kind = objective.kind(data);
        width = width(objective, kind);
        check(metrics, kind, width);
        numbers = new float[room(data.size(), width)];
        labels = new int[kind.isClasses() ? data.size() : 0];
        targets = new float[kind.isClasses() ? 0 : numbers.length];
    }

    /// Refuses metrics before anything is computed.
    /// @throws ConfigException if a metric does not measure what the model says, or two have one name
    static void check(Objective objective, List<Metric> metrics, Dataset data) {
        if (metrics.isEmpty()) return;
        Kind kind = objective.kind(data);
        check(metrics, kind, width(objective, kind));
        room(data.size(), width(objective, kind));
    }

    private static void check(List<Metric> metrics, Kind kind, int width) {
        Set<String> names = new HashSet<>();
        for (Metric metric : metrics) {
            metric.check(kind, width);
            if (!names.add(metric.name())) {
                throw new ConfigException("metrics", "expects each once, got " + metric.name() + " twice");
            }
        }
    }

    /// One output tells two classes apart.
    private static int width(Objective objective, Kind kind) {
        int outputs = objective.network().outputs().getFirst().size();
        return kind.isClasses() ? Math.max(outputs, 2) : outputs;
    }

    private static int room(int rows, int width) {
        long room = (long) rows * width;
        if (room > Integer.MAX_VALUE - 8) {
            throw new ConfigException(
                    "metrics",
                    "expects at most " + (Integer.MAX_VALUE - 8) + " outputs in all, got " + room,
                    "Evaluate less rows");
        }
        return (int) room;
    }

    /// Keeps the next rows.
    void add(Tensor output, Targets truth, Executor executor) {
        Tensor said = objective.answers(output, executor);
        int outputs = said.matrix().columns();
        for (int row = 0; row < said.rows(); row++, rows++) {
            int from = said.offset() + row * outputs;
            int at = rows * width;
            if (outputs == width) {
                System.arraycopy(said.array(), from, numbers, at, width);
            } else { // the only output is the second class's
                numbers[at] = 1 - said.array()[from];
                numbers[at + 1] = said.array()[from];
            }
            if (kind.isClasses()) labels[rows] = objective.truth(truth, row, executor.kernels());
        }
        if (!kind.isClasses() && truth instanceof Values(Tensor values)) {
            System.arraycopy(values.array(), values.offset(), targets, (rows - values.rows()) * width, values.size());
        }
    }

    /// The metrics' figures, in their order, of all rows.
    SequencedMap<String, OptionalDouble> figures() {
        Predictions predictions = switch (kind) {
            case PROBABILITIES -> Predictions.ofClasses(width, numbers, labels);
            case SCORES -> Predictions.ofScores(width, numbers, labels);
            case LABELS -> Predictions.ofLabels(width, numbers, targets);
            case VALUES -> Predictions.ofValues(width, numbers, targets);
        };
        var figures = new LinkedHashMap<String, OptionalDouble>();
        for (Metric metric : metrics) figures.put(metric.name(), metric.of(predictions));
        return figures;
    }
}
