package dev.neurite.cli;

import dev.neurite.error.ResourceException;
import dev.neurite.train.Evaluation;
import dev.neurite.train.ParameterFlow;
import dev.neurite.train.TrainingEvent;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import dev.neurite.train.TrainingEvent.Started;
import dev.neurite.train.TrainingEvent.StepEnded;
import dev.neurite.train.TrainingEvent.UpdatesMeasured;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/// Writes `metrics.jsonl`: an object a line,
/// `{"v":1,"t":1764000000.123,"step":422,"epoch":2,"k":"val","m":{"loss":0.0838,"acc":0.9748}}`.
///
/// `k` is `train` (means over the steps since the line before, up to 100 lines an epoch), `val` (the
/// validation data at an epoch's end, with a figure for each metric asked for, null where there is none) or `updates`
/// (what a step did to each parameter, by its name). A disk that is full does not end the training: that is said once,
/// and the log ends.
final class MetricsLog implements Consumer<TrainingEvent>, AutoCloseable {
    private static final int VERSION = 1;
    private static final int LINES_AN_EPOCH = 100;

    private final Path file;
    private final BufferedWriter out;
    private final Consumer<String> warnings;
    private boolean failed;
    private int batches = 1;
    private int every = 1;
    private long step;
    private long rows;
    private double loss;
    private double correct;

    MetricsLog(Path file, Consumer<String> warnings) {
        this.file = file;
        this.warnings = warnings;
        try {
            out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be written: " + e);
        }
    }

    @Override
    public void accept(TrainingEvent event) {
        switch (event) {
            case Started started -> {
                batches = started.batches();
                every = Math.ceilDiv(batches, LINES_AN_EPOCH);
            }
            case StepEnded ended -> step(ended);
            case EpochEnded(EpochResult result) -> epoch(result);
            case UpdatesMeasured measured -> updates(measured);
            case TrainingEvent.Ended _ -> {}
        }
    }

    private void step(StepEnded ended) {
        step = ended.step();
        rows += ended.rows();
        loss += ended.loss() * ended.rows();
        correct += ended.accuracy().orElse(0) * ended.rows();
        if (ended.batch() % every != 0 && ended.batch() != batches) return;
        OptionalDouble accuracy =
                ended.accuracy().isPresent() ? OptionalDouble.of(correct / rows) : OptionalDouble.empty();
        Map<String, Object> metrics = metrics(loss / rows, accuracy);
        metrics.put("lr", ended.rate());
        write(ended.epoch(), "train", metrics);
        rows = 0;
        loss = 0;
        correct = 0;
    }

    private void epoch(EpochResult result) {
        if (result.validation().isPresent()) {
            Evaluation validation = result.validation().get();
            Map<String, Object> metrics = metrics(validation.loss(), validation.accuracy());
            validation.metrics().forEach((name, figure) -> metrics.put(name, rounded(figure)));
            write(result.epoch(), "val", metrics);
        }
        attempt(out::flush);
    }

    private void updates(UpdatesMeasured measured) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        for (ParameterFlow flow : measured.parameters()) parameters.put(flow.name(), CheckJson.flow(flow));
        write(measured.epoch(), "updates", parameters);
    }

    private static Map<String, Object> metrics(double loss, OptionalDouble accuracy) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("loss", (float) loss);
        if (accuracy.isPresent()) metrics.put("acc", (float) accuracy.getAsDouble());
        return metrics;
    }

    private static Object rounded(OptionalDouble figure) {
        return figure.isPresent() ? (Object) (float) figure.getAsDouble() : figure;
    }

    private void write(int epoch, String kind, Map<String, Object> metrics) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("v", VERSION);
        line.put("t", System.currentTimeMillis() / 1000.0);
        line.put("step", step);
        line.put("epoch", epoch);
        line.put("k", kind);
        line.put("m", metrics);
        attempt(() -> out.append(Json.write(line)).append('\n'));
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void attempt(Writing writing) {
        if (failed) return;
        try {
            writing.run();
        } catch (IOException e) {
            failed = true;
            warnings.accept("warning: " + file + " cannot be written any more: " + e);
        }
    }

    @Override
    public void close() {
        attempt(out::close);
    }
}
