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

/// Writes what happens as JSON, an object a line:
/// `{"v":1,"t":1764000000.123,"step":422,"epoch":2,"k":"val","m":{"loss":0.0838,"acc":0.9748}}`.
///
/// `k` is `train` (means over the steps since the line before, up to 100 lines an epoch, and the
/// learning rate), `val` (the validation data, with a figure for each metric asked for, null where
/// there is none), `updates` (what a step did to each parameter, by its name) or `skipped` (a step that
/// was passed over, as it diverged). Numbers that JSON does not have are the texts `"NaN"`,
/// `"Infinity"`, `"-Infinity"`. A disk that is full does not end the training: that is said once, and
/// the log ends. A training that is resumed goes on where the log was at the checkpoint.
/// @param file the file; what it held before is gone unless the training is resumed
/// @param warnings hears when it cannot be written any more
/// @param measured the kind of lines with figures of the validation data: `val`, or what these rows are
public record MetricsLog(Path file, Consumer<String> warnings, String measured) implements Callback {
    private static final String VERSION = "1";
    private static final int LINES_AN_EPOCH = 100;

    /// With lines of the kind `val`.
    public MetricsLog(Path file, Consumer<String> warnings) {
        this(file, warnings, "val");
    }

    /// The same with lines of another kind for figures of the validation data: `test` for who validates on test data.
    public MetricsLog calling(String kind) {
        return new MetricsLog(file, warnings, kind);
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Log(training, new LogFile(file, warnings), measured);
    }

    private static final class Log implements Observer {
        private final TrainingControl training;
        private final LogFile out;
        private final String measured;
        private int batches = 1;
        private int every = 1;
        private long rows; // since the last line
        private double loss;
        private double correct;

        Log(TrainingControl training, LogFile out, String measured) {
            this.training = training;
            this.out = out;
            this.measured = measured;
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
                case RateChanged _ -> {} // each line of a step has its rate
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
            write(epoch, measured, metrics);
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

        /// A figure as a float; null for none.
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
