package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// How good a model is on a data set.
/// @param rows how many rows were looked at
/// @param loss the mean loss of a row
/// @param confusion which classes were taken for which; empty where answers are not classes
/// @param metrics the figures that were asked for, by the names and in the order of their metrics
public record Evaluation(
        int rows, double loss, Optional<Confusion> confusion, SequencedMap<String, OptionalDouble> metrics) {
    private static final int ROWS_AT_ONCE = 512;

    /// Keeps a copy.
    public Evaluation {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
    }

    /// The share of rows predicted right; empty where answers are not classes.
    public OptionalDouble accuracy() {
        return confusion.map(Confusion::accuracy).orElse(OptionalDouble.empty());
    }

    /// Evaluates a model.
    /// @param metrics what else to measure; each is given probabilities where the network or the loss has a softmax
    /// or sigmoid. With them all outputs are kept in memory meanwhile.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    /// @throws dev.neurite.error.ConfigException if a metric does not measure what the model says
    public static Evaluation of(Model model, Dataset data, Loss loss, Metric... metrics) {
        return of(model, data, loss, Kernels.shared(), metrics);
    }

    /// Evaluates a model on these kernels.
    /// @param metrics what else to measure; each is given probabilities where the network or the loss has a softmax
    /// or sigmoid. With them all outputs are kept in memory meanwhile.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    /// @throws dev.neurite.error.ConfigException if a metric does not measure what the model says
    public static Evaluation of(Model model, Dataset data, Loss loss, Kernels kernels, Metric... metrics) {
        var objective = Objective.of(model, loss, data);
        float[] theta = model.parameters().toArray();
        Executor executor = objective.network().executor(kernels, theta, new float[0]);
        return of(objective, data, executor, List.of(metrics));
    }

    static Evaluation of(Objective objective, Dataset data, Executor executor, List<Metric> metrics) {
        var batches = new Batches(data, ROWS_AT_ONCE);
        var confusion = new Confusion(objective.classNames());
        Optional<Measurement> measurement =
                metrics.isEmpty() ? Optional.empty() : Optional.of(new Measurement(objective, metrics, data));
        double sum = 0;
        for (int i = 0; i < batches.count(); i++) {
            Batch batch = batches.batch(i);
            Tensor output = executor.forward(Mode.PREDICT, batch.inputs());
            sum += objective.loss(executor, output, batch.targets(), executor.like(output));
            if (objective.classifies()) objective.count(output, batch.targets(), confusion::add, executor.kernels());
            measurement.ifPresent(each -> each.add(output, batch.targets(), executor));
        }
        executor.reset();
        return new Evaluation(
                data.size(),
                sum / data.size(),
                objective.classifies() ? Optional.of(confusion) : Optional.empty(),
                measurement.map(Measurement::figures).orElseGet(LinkedHashMap::new));
    }
}
