package dev.neurite.io;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Turns the events of a training into lines of JSON, one object each:
/// `{"v":1,"t":1764000000.123,"step":422,"epoch":2,"k":"val","m":{"loss":0.0838,"acc":0.9748}}`.
/// [MetricsLog] writes them to a file; a callback of your own may send them elsewhere.
///
/// | key | value |
/// |---|---|
/// | `v` | the version of the format, 1 |
/// | `t` | seconds since 1970, UTC |
/// | `step` | the number of steps taken |
/// | `epoch` | the number of the epoch, from 1 |
/// | `k` | the kind of the line |
/// | `m` | its values |
///
/// | kind | values |
/// |---|---|
/// | `train` | `loss`, `acc`: means over the steps since the line before; `lr`: the learning rate |
/// | `val` | of the validation data: `loss`, `acc` and metrics by name; null if undefined |
/// | `updates` | of a step's update, an object for each parameter by name, see [ParameterFlow] |
/// | `skipped` | `batch`, `problem` of a step that diverged and was skipped |
///
/// There are at most 100 lines of `train` in an epoch, at equal distances and at its end. A long training
/// has fewer: of those, at most one in each 2 steps from step 2000 on, in each 4 steps from step 4000 on, and
/// so on. The keys of a parameter in `updates` are `grad_norm`,
/// `grad_mean`, `grad_zeros`, `norm`, `update_norm` and `ratio`, which is null if the parameter was 0.
///
/// NaN and infinite numbers are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`. Belongs to one training
/// and its thread.
public final class MetricsLines {
    private static final String VERSION = "1";
    private static final int LINES_AN_EPOCH = 100;
    private static final long DENSE_STEPS = 1_000; // may have a line each

    private final TrainingControl training;
    private final String kind;
    private int batches = 1;
    private int every = 1;
    private long latest; // the step of the line before
    private long rows; // rows since the last line
    private double loss;
    private double correct;

    /// @param kind the value of `k` for the validation data, usually `val`
    public MetricsLines(TrainingControl training, String kind) {
        this.training = training;
        this.kind = kind;
    }

    /// The lines of an event, without line breaks: usually none or one. Each event is to be passed once.
    public List<String> of(TrainingEvent event) {
        return objects(event).stream().map(JsonObject::write).toList();
    }

    /// The same lines before they are written as text, for a thread that has no time for that; for Neurite's own
    /// modules, as others do not see the type. An event is to be passed to one of the two methods.
    public List<JsonObject> objects(TrainingEvent event) {
        return switch (event) {
            case Started started -> begin(started);
            case StepEnded ended -> step(ended);
            case Validated validated -> List.of(validation(validated.epoch(), validated.evaluation()));
            case EpochEnded(EpochResult result) ->
                result.validation()
                        .map(each -> List.of(validation(result.epoch(), each)))
                        .orElse(List.of());
            case UpdatesMeasured measured -> List.of(updates(measured));
            case StepSkipped skipped -> List.of(skipped(skipped));
            case RateChanged _ -> List.of(); // `train` lines have the learning rate
            case TrainingEvent.Ended _, TrainingEvent.Failed _ -> List.of();
        };
    }

    private List<JsonObject> begin(Started started) {
        batches = started.batches();
        every = Math.ceilDiv(batches, LINES_AN_EPOCH);
        return List.of();
    }

    private List<JsonObject> step(StepEnded ended) {
        rows += ended.rows();
        loss += ended.loss() * ended.rows();
        correct += ended.accuracy().orElse(0) * ended.rows();
        if (ended.batch() % every != 0 && ended.batch() != batches) return List.of();
        long interval = Math.max(1, Long.highestOneBit(ended.step() / DENSE_STEPS));
        if (ended.step() / interval == latest / interval) return List.of();
        latest = ended.step();
        OptionalDouble accuracy =
                ended.accuracy().isPresent() ? OptionalDouble.of(correct / rows) : OptionalDouble.empty();
        Map<String, Json> metrics = metrics(loss / rows, accuracy);
        metrics.put("lr", Json.of(ended.rate()));
        rows = 0;
        loss = 0;
        correct = 0;
        return List.of(line(ended.epoch(), "train", metrics));
    }

    private JsonObject validation(int epoch, Evaluation validation) {
        Map<String, Json> metrics = metrics(validation.loss(), validation.accuracy());
        validation.metrics().forEach((name, figure) -> metrics.put(name, rounded(figure)));
        return line(epoch, kind, metrics);
    }

    private JsonObject updates(UpdatesMeasured measured) {
        Map<String, Json> parameters = new LinkedHashMap<>();
        for (ParameterFlow flow : measured.parameters()) {
            Map<String, Json> figures = new LinkedHashMap<>();
            figures.put("grad_norm", Json.of(flow.gradientNorm()));
            figures.put("grad_mean", Json.of(flow.gradientMean()));
            figures.put("grad_zeros", Json.of(flow.zeros()));
            figures.put("norm", Json.of(flow.valueNorm()));
            figures.put("update_norm", Json.of(flow.updateNorm()));
            OptionalDouble ratio = flow.ratio();
            figures.put("ratio", ratio.isPresent() ? Json.of(ratio.getAsDouble()) : new JsonNull());
            parameters.put(flow.name(), new JsonObject(figures));
        }
        return line(measured.epoch(), "updates", parameters);
    }

    private JsonObject skipped(StepSkipped step) {
        Map<String, Json> values = new LinkedHashMap<>();
        values.put("batch", Json.of(step.batch()));
        values.put("problem", new JsonString(step.problem().problem()));
        return line(step.epoch(), "skipped", values);
    }

    private static Map<String, Json> metrics(double loss, OptionalDouble accuracy) {
        Map<String, Json> metrics = new LinkedHashMap<>();
        metrics.put("loss", rounded(OptionalDouble.of(loss)));
        if (accuracy.isPresent()) metrics.put("acc", rounded(accuracy));
        return metrics;
    }

    private static Json rounded(OptionalDouble figure) {
        return figure.isEmpty() ? new JsonNull() : rounded(figure.getAsDouble());
    }

    /// A number rounded to a float.
    static Json rounded(double figure) {
        float value = (float) figure;
        return Float.isFinite(value) ? new JsonNumber(Float.toString(value)) : new JsonString(Float.toString(value));
    }

    private JsonObject line(int epoch, String kindOfLine, Map<String, Json> metrics) {
        return line(training.steps(), epoch, kindOfLine, metrics);
    }

    /// A line in the common form of all logs of a run.
    static JsonObject line(long step, int epoch, String kind, Map<String, Json> values) {
        Map<String, Json> line = new LinkedHashMap<>();
        line.put("v", new JsonNumber(VERSION));
        line.put("t", Json.of(System.currentTimeMillis() / 1000.0));
        line.put("step", new JsonNumber(Long.toString(step)));
        line.put("epoch", new JsonNumber(Integer.toString(epoch)));
        line.put("k", new JsonString(kind));
        line.put("m", new JsonObject(values));
        return new JsonObject(line);
    }

    /// Saves the state: the last line's step, and the sums since then.
    public void save(Snapshot memory) {
        memory.put("line", latest);
        memory.put("rows", rows);
        memory.put("loss", loss);
        memory.put("correct", correct);
    }

    /// Restores what [#save] has written.
    public void restore(Snapshot memory) {
        latest = memory.has("line") ? memory.whole("line") : 0;
        rows = memory.whole("rows");
        loss = memory.number("loss");
        correct = memory.number("correct");
    }
}
