package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.loss.Targets;
import dev.neurite.loss.Targets.Values;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Predictions;
import dev.neurite.metric.Predictions.Kind;
import dev.neurite.model.Executor;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;

/// Collects the predictions of a model for all rows of a data set, and computes metrics of them.
final class Measurement {
    private final Head head;
    private final List<Metric> metrics;
    private final Kind kind;
    private final int width;
    private final float threshold; // above which a single output predicts the second class
    private final float[] numbers;
    private final int[] labels;
    private final float[] targets;
    private final double[] weights;
    private int rows;

    /// @throws ConfigException if a metric does not fit the model's outputs, or two have one name
    Measurement(Objective objective, List<Metric> metrics, Dataset data) {
        this.metrics = metrics;
        head = objective.measured();
        Dataset answers = data.targetsByOutput().get(head.output());
        int outputs = head.shape().size();
        kind = head.kind(answers);
        width = kind.isClasses() ? Math.max(outputs, 2) : outputs; // one output predicts two classes
        threshold = kind == Kind.SCORES ? head.threshold() : 0.5f;
        check(metrics, kind, width);
        long count = head.predictions(answers);
        numbers = new float[checkedSize(count, width, kind.isClasses() ? 1 : 2)];
        labels = new int[kind.isClasses() ? (int) count : 0];
        targets = new float[kind.isClasses() ? 0 : numbers.length];
        weights = new double[data.isWeighted() ? (int) count : 0];
    }

    /// Refuses metrics before anything is computed.
    /// @throws ConfigException if a metric does not fit the model's outputs, or two have one name
    static void check(Objective objective, List<Metric> metrics, Dataset data) {
        if (!metrics.isEmpty()) new Measurement(objective, metrics, data);
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

    private static int checkedSize(long rows, int width, int arrays) {
        long size = rows * width;
        long bytes = (long) arrays * Float.BYTES * size;
        long heap = Runtime.getRuntime().maxMemory();
        if (size > Integer.MAX_VALUE - 8 || bytes > heap) {
            throw new ResourceException(
                    "metrics",
                    String.format(
                            Locale.ROOT,
                            "expects room for %,d outputs of each of %,d rows, %,d MB, the heap has %,d MB",
                            width,
                            rows,
                            bytes >> 20,
                            heap >> 20),
                    "Evaluate fewer rows, or without metrics: loss and accuracy need no such room");
        }
        return (int) size;
    }

    /// Adds the next rows, or positions, except padding and those whose label is ignored.
    void add(Batch batch, Executor executor) {
        Targets truth = head.targets(batch);
        Tensor predicted = head.predictions(executor);
        int outputs = predicted.matrix().columns();
        int positions = predicted.rows() / batch.rows();
        for (int row = 0; row < predicted.rows(); row++) {
            if (!head.counts(batch, row)) continue;
            int from = predicted.offset() + row * outputs;
            int at = rows * width;
            if (outputs == width) {
                System.arraycopy(predicted.array(), from, numbers, at, width);
            } else {
                numbers[at] = 2 * threshold - predicted.array()[from];
                numbers[at + 1] = predicted.array()[from];
            }
            if (kind.isClasses()) {
                labels[rows] = head.truth(truth, row, executor.kernels());
            } else if (truth instanceof Values(Tensor values)) {
                System.arraycopy(values.array(), values.offset() + row * width, targets, at, width);
            }
            if (weights.length > 0) weights[rows] = batch.weight(row / positions, row % positions);
            rows++;
        }
    }

    /// The values of the metrics over all rows, by name, in their order.
    SequencedMap<String, OptionalDouble> values() {
        float[] all = rows * width == numbers.length ? numbers : Arrays.copyOf(numbers, rows * width);
        Predictions predictions = switch (kind) {
            case PROBABILITIES -> Predictions.ofClasses(width, all, Arrays.copyOf(labels, rows));
            case SCORES -> Predictions.ofScores(width, all, Arrays.copyOf(labels, rows));
            case LABELS -> Predictions.ofLabels(width, all, targets);
            case VALUES -> Predictions.ofValues(width, all, targets);
        };
        if (weights.length > 0) predictions = predictions.withWeights(Arrays.copyOf(weights, rows));
        var values = new LinkedHashMap<String, OptionalDouble>();
        for (Metric metric : metrics) values.put(metric.name(), metric.of(predictions));
        return values;
    }
}
