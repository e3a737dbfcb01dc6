package dev.neurite.io;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.ParameterFlow;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.RateChanged;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.StepSkipped;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import dev.neurite.train.TrainingEvent.Validated;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Writes events of a training as JSON lines, one object per line:
/// `{"v":1,"t":1764000000.123,"step":422,"epoch":2,"k":"val","m":{"loss":0.0838,"acc":0.9748}}`.
/// `k` is `train` (means over the steps since the line before, at most 100 lines per epoch, and the
/// learning rate), `val` (loss and metrics of the validation data, null if undefined), `updates`
/// (statistics of a step's update for each parameter, by name) or `skipped` (a step that diverged and
/// was skipped). NaN and infinite numbers are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`. A full
/// disk does not end the training: the log warns once and stops. A resumed training continues the file
/// from its length at the checkpoint.
/// @param file the file; overwritten unless the training is resumed
/// @param warnings receives the warning when the file cannot be written
/// @param kind the value of `k` for the validation data, usually `val`
public record MetricsLog(Path file, Consumer<String> warnings, String kind) implements Callback {
    private static final String VERSION = "1";
    private static final int LINES_AN_EPOCH = 100;

    /// A log with the kind `val` for the validation data.
    public MetricsLog(Path file, Consumer<String> warnings) {
        this(file, warnings, "val");
    }

    /// With another kind for the validation data, such as `test` if it is the test data.
    public MetricsLog withKind(String kind) {
        return new MetricsLog(file, warnings, kind);
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Log(training, new LogFile(file, warnings), kind);
    }

    private static final class Log implements Observer {
        private final TrainingControl training;
        private final LogFile out;
        private final String kind;
        private int batches = 1;
        private int every = 1;
        private long rows; // rows since the last line
        private double loss;
        private double correct;

        Log(TrainingControl training, LogFile out, String kind) {
            this.training = training;
            this.out = out;
            this.kind = kind;
        }

        @Override
        public void on(TrainingEvent event) {
            switch (event) {
                case Started started -> {
                    batches = started.batches();
                    every = Math.ceilDiv(batches, LINES_AN_EPOCH);
                    out.open();
                }
                case StepEnded ended -> step(ended);
                case Validated validated -> validation(validated.epoch(), validated.evaluation());
                case EpochEnded(EpochResult result) -> {
                    result.validation().ifPresent(each -> validation(result.epoch(), each));
                    out.flush();
                }
                case UpdatesMeasured measured -> updates(measured);
                case StepSkipped skipped ->
                    write(
                            skipped.epoch(),
                            "skipped",
                            Map.of(
                                    "batch",
                                    number(skipped.batch()),
                                    "problem",
                                    new JsonString(skipped.problem().problem())));
                case RateChanged _ -> {} // `train` lines have the learning rate
                case TrainingEvent.Ended _, TrainingEvent.Failed _ -> out.flush();
            }
        }

        private void step(StepEnded ended) {
            rows += ended.rows();
            loss += ended.loss() * ended.rows();
            correct += ended.accuracy().orElse(0) * ended.rows();
            if (ended.batch() % every != 0 && ended.batch() != batches) return;
            OptionalDouble accuracy =
                    ended.accuracy().isPresent() ? OptionalDouble.of(correct / rows) : OptionalDouble.empty();
            Map<String, Json> metrics = metrics(loss / rows, accuracy);
            metrics.put("lr", number(ended.rate()));
            write(ended.epoch(), "train", metrics);
            rows = 0;
            loss = 0;
            correct = 0;
        }

        private void validation(int epoch, Evaluation validation) {
            Map<String, Json> metrics = metrics(validation.loss(), validation.accuracy());
            validation.metrics().forEach((name, figure) -> metrics.put(name, rounded(figure)));
            write(epoch, kind, metrics);
        }

        private void updates(UpdatesMeasured measured) {
            Map<String, Json> parameters = new LinkedHashMap<>();
            for (ParameterFlow flow : measured.parameters()) {
                Map<String, Json> figures = new LinkedHashMap<>();
                figures.put("grad_norm", number(flow.gradientNorm()));
                figures.put("grad_mean", number(flow.gradientMean()));
                figures.put("grad_zeros", number(flow.zeros()));
                figures.put("norm", number(flow.valueNorm()));
                figures.put("update_norm", number(flow.updateNorm()));
                OptionalDouble ratio = flow.ratio();
                figures.put("ratio", ratio.isPresent() ? number(ratio.getAsDouble()) : new JsonNull());
                parameters.put(flow.name(), new JsonObject(figures));
            }
            write(measured.epoch(), "updates", parameters);
        }

        private static Map<String, Json> metrics(double loss, OptionalDouble accuracy) {
            Map<String, Json> metrics = new LinkedHashMap<>();
            metrics.put("loss", rounded(OptionalDouble.of(loss)));
            if (accuracy.isPresent()) metrics.put("acc", rounded(accuracy));
            return metrics;
        }

        /// A metric rounded to a float; null if undefined.
        private static Json rounded(OptionalDouble figure) {
            if (figure.isEmpty()) return new JsonNull();
            float value = (float) figure.getAsDouble();
            return Float.isFinite(value)
                    ? new JsonNumber(Float.toString(value))
                    : new JsonString(Float.toString(value));
        }

        private static Json number(double value) {
            return Json.of(value);
        }

        private void write(int epoch, String kind, Map<String, Json> metrics) {
            Map<String, Json> line = new LinkedHashMap<>();
            line.put("v", new JsonNumber(VERSION));
            line.put("t", number(System.currentTimeMillis() / 1000.0));
            line.put("step", new JsonNumber(Long.toString(training.steps())));
            line.put("epoch", new JsonNumber(Integer.toString(epoch)));
            line.put("k", new JsonString(kind));
            line.put("m", new JsonObject(metrics));
            out.line(new JsonObject(line).write());
        }

        @Override
        public void save(Snapshot memory) {
            out.save(memory);
            memory.put("rows", rows);
            memory.put("loss", loss);
            memory.put("correct", correct);
        }

        @Override
        public void restore(Snapshot memory) {
            out.restore(memory);
            rows = memory.whole("rows");
            loss = memory.number("loss");
            correct = memory.number("correct");
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
