package dev.neurite.io;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.model.Histogram;
import dev.neurite.model.ParameterView;
import dev.neurite.model.TensorStatistics;
import dev.neurite.model.TensorView;
import dev.neurite.train.Callback;
import dev.neurite.train.Probe;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingControl;
import dev.neurite.train.TrainingEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Writes histograms of a training as JSON lines, one object for each step at which it looks, in a run's
/// directory as `histograms.jsonl`:
/// `{"v":1,"t":1764000000.123,"step":7,"epoch":1,"k":"histograms","m":{"dense1.weight":{…},"dense1":{…}}}`.
///
/// | key in `m` | values |
/// |---|---|
/// | a parameter, `dense1.weight` | the histograms `value`, `gradient`, `update`; `norm` of the value |
/// | a layer, `dense1` | the histograms `output`, `delta`; `zeros`, the share of outputs that are 0 |
///
/// Values of parameters are those after the step.
/// Outputs and δ are those of the first shard, see [Probe]. A layer without a gradient has no `delta`.
///
/// A histogram is `{"min":-0.4,"max":0.4,"counts":[…],"mean":0.01,"norm":3.2,"zeros":0.0}`: 30 equal
/// intervals from `min` to `max`, the smallest and largest finite element, and the number of elements in
/// each. `zeros` is the share of elements that are 0. `notFinite`, the share of elements that are NaN or
/// infinite, is there if it is not 0. Without finite elements `min`, `max` and `mean` are `"NaN"`.
///
/// It looks at the first 20 steps, then at every 2nd until step 40, at every 4th until 80, and so on: at
/// about 110 of the first 10,000 steps, and 10 more whenever the number of steps doubles.
///
/// A full disk does not end the training: the log warns once and stops. A resumed training continues the
/// file from its length at the checkpoint. Refuses a training by a minimizer, which takes no steps.
/// @param file the file; overwritten unless the training is resumed
/// @param warnings receives the warning when the file cannot be written
public record ProbeLog(Path file, Consumer<String> warnings) implements Callback {
    private static final int BINS = 30;
    private static final int STEPS_AN_INTERVAL = 10;

    @Override
    public Observer begin(TrainingControl training) {
        var log = new Log(new LogFile(file, warnings));
        training.probe(log);
        return log;
    }

    @Override
    public boolean probes() {
        return true;
    }

    /// Whether it looks at a step, from 1: at the multiples of an interval that doubles whenever the number
    /// of steps does.
    static boolean looksAt(long step) {
        long before = step - 1;
        long interval = Long.highestOneBit(Math.max(1, before / STEPS_AN_INTERVAL));
        return before % interval == 0;
    }

    private static final class Log implements Observer, Probe {
        private final LogFile out;
        private final Map<String, Map<String, Json>> values = new LinkedHashMap<>(); // of the present step

        Log(LogFile out) {
            this.out = out;
        }

        @Override
        public void on(TrainingEvent event) {
            switch (event) {
                case TrainingEvent.Started _ -> out.open();
                case TrainingEvent.EpochEnded _, TrainingEvent.Ended _, TrainingEvent.Failed _ -> out.flush();
                default -> {}
            }
        }

        @Override
        public boolean looksAt(long step) {
            values.clear(); // of a step that diverged
            return ProbeLog.looksAt(step);
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            put(layer, "output", output);
            put(layer, "zeros", MetricsLines.rounded(output.statistics().zeros()));
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            put(layer, "delta", delta);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            put(parameter.name(), "gradient", gradient);
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            put(parameter.name(), "value", parameter.value());
            put(parameter.name(), "update", update);
            put(
                    parameter.name(),
                    "norm",
                    MetricsLines.rounded(parameter.value().statistics().norm()));
        }

        @Override
        public void done(Sample sample) {
            Map<String, Json> all = new LinkedHashMap<>();
            values.forEach((name, figures) -> all.put(name, new JsonObject(figures)));
            out.line(MetricsLines.line(sample.step(), sample.epoch(), "histograms", all));
            values.clear();
        }

        private void put(String of, String what, TensorView view) {
            put(of, what, json(view.statistics(), view.histogram(BINS)));
        }

        private void put(String of, String what, Json figures) {
            values.computeIfAbsent(of, _ -> new LinkedHashMap<>()).put(what, figures);
        }

        private static Json json(TensorStatistics statistics, Histogram histogram) {
            List<Json> counts = histogram.counts().stream()
                    .<Json>map(count -> new JsonNumber(count.toString()))
                    .toList();
            Map<String, Json> figures = new LinkedHashMap<>();
            figures.put("min", MetricsLines.rounded(statistics.min()));
            figures.put("max", MetricsLines.rounded(statistics.max()));
            figures.put("counts", new JsonArray(counts));
            figures.put("mean", MetricsLines.rounded(statistics.mean()));
            figures.put("norm", MetricsLines.rounded(statistics.norm()));
            figures.put("zeros", MetricsLines.rounded(statistics.zeros()));
            if (statistics.notFinite() > 0) {
                figures.put("notFinite", MetricsLines.rounded(statistics.notFinite()));
            }
            return new JsonObject(figures);
        }

        @Override
        public void save(Snapshot memory) {
            out.save(memory);
        }

        @Override
        public void restore(Snapshot memory) {
            out.restore(memory);
        }

        @Override
        public void close() {
            out.close();
        }
    }
}
