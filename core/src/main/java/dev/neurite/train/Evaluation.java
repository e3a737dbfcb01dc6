package dev.neurite.train;

import dev.neurite.data.Batch;
import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.loss.Criterion;
import dev.neurite.metric.Confusion;
import dev.neurite.metric.Metric;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.TextTable;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/// The loss and metrics of a model on a data set. Where there is a target for each position of a row, loss,
/// accuracy, confusion matrix and metrics are those of positions. The perplexity of a model of language is
/// e to the power of the loss.
///
/// <!-- Snippets#evaluation -->
/// ```java
/// Evaluation evaluation = Evaluation.of(model, train, crossEntropy(), Metrics.mcc(), Metrics.f1(Average.MACRO));
/// double accuracy = evaluation.accuracy().orElseThrow();
/// ```
/// @param rows the number of rows
/// @param loss the mean loss of a row, weighted by row; for several outputs the weighted sum of their
/// losses
/// @param losses the mean loss of each output
/// @param accuracy the share of rows predicted correctly, by the first output that predicts classes;
/// empty without classes
/// @param confusion the confusion matrix; empty without classes, and in the [History] of epochs before
/// a training was resumed
/// @param metrics the values of the requested metrics, by name, in the order of the request; of the
/// first output that predicts classes, or else of the first output
public record Evaluation(
        int rows,
        double loss,
        List<Double> losses,
        OptionalDouble accuracy,
        Optional<Confusion> confusion,
        SequencedMap<String, OptionalDouble> metrics) {
    public Evaluation {
        metrics = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metrics));
    }

    /// The figures in one line: `150 rows  loss 0.0871  acc 0.9667  mcc 0.9503`.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d rows  ", rows) + figures();
    }

    /// Loss, accuracy and metrics in one line.
    String figures() {
        var line = new StringBuilder(EpochResult.figures(loss, accuracy));
        metrics.forEach((name, figure) -> line.append("  " + name + " ")
                .append(figure.isPresent() ? TextTable.number(figure.getAsDouble()) : "n/a"));
        return line.toString();
    }

    /// The same with what another rule decides: its confusion matrix and accuracy.
    public Evaluation with(Confusion decided) {
        return new Evaluation(rows, loss, losses, decided.accuracy(), Optional.of(decided), metrics);
    }

    /// Evaluates a model, with the weights that it predicts with, which it keeps packed.
    /// @param metrics further metrics; they get probabilities if the network or the loss has a softmax
    /// or sigmoid. With metrics, all outputs are kept in memory meanwhile.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    /// @throws dev.neurite.error.ConfigException if a metric does not fit the model's outputs
    public static Evaluation of(Model model, Dataset data, Criterion loss, Metric... metrics) {
        return of(model, data, loss, Kernels.shared(), metrics);
    }

    /// Evaluates a model, with the weights that it predicts with, with these kernels.
    /// @param metrics further metrics; they get probabilities if the network or the loss has a softmax
    /// or sigmoid. With metrics, all outputs are kept in memory meanwhile.
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    /// @throws dev.neurite.error.ConfigException if a metric does not fit the model's outputs
    public static Evaluation of(Model model, Dataset data, Criterion loss, Kernels kernels, Metric... metrics) {
        var objective = Objective.of(model, loss, data);
        Executor executor = model.executor(objective.network(), kernels);
        return of(objective, data, executor, List.of(metrics));
    }

    /// Evaluates a model, with accuracy, confusion matrix and metrics of this output.
    /// @param output the number of the output, from 0
    /// @throws dev.neurite.error.ShapeException if the data does not fit the model or the loss
    /// @throws dev.neurite.error.ConfigException if there is no such output, or a metric does not fit
    /// it
    public static Evaluation ofOutput(Model model, Dataset data, Criterion loss, int output, Metric... metrics) {
        var objective = Objective.of(model, loss, data);
        int outputs = objective.heads().size();
        if (output < 0 || output >= outputs) {
            throw new ConfigException("output", "expects 0 to " + (outputs - 1) + ", got " + output);
        }
        Executor executor = model.executor(objective.network(), Kernels.shared());
        return of(objective.measuring(output), data, executor, List.of(metrics));
    }

    static Evaluation of(Objective objective, Dataset data, Executor executor, List<Metric> metrics) {
        var batches = new Batches(data, objective.network().rowsAtOnce(data.longestInputs()));
        var losses = new LossSums(objective);
        Measurement measurement = metrics.isEmpty() ? null : new Measurement(objective, metrics, data);
        Head classifier = objective.classifier();
        var confusion = classifier == null ? null : new Confusion(classifier.classNames());
        for (Batch batch : batches) {
            objective.forward(executor, Mode.PREDICT, batch);
            for (Head head : objective.heads()) {
                Tensor output = executor.result(head.output());
                losses.addWeight(head.output(), head.weight(batch));
                losses.addLosses(head.output(), head.loss(executor, batch, 1, executor.like(output)));
            }
            if (classifier != null && confusion != null) classifier.count(executor, batch, confusion::add);
            if (measurement != null) measurement.add(batch, executor);
        }
        executor.reset();
        return new Evaluation(
                data.size(),
                losses.total(),
                losses.means(),
                confusion == null ? OptionalDouble.empty() : confusion.accuracy(),
                Optional.ofNullable(confusion),
                measurement == null ? new LinkedHashMap<>() : measurement.values());
    }
}
