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
import java.util.function.LongSupplier;

/// Writes histograms of a training as JSON lines, one object for each step at which it looks, in a run's
/// directory as `histograms.jsonl`:
/// `{"v":1,"t":1764000000.123,"step":7,"epoch":1,"k":"histograms","m":{"dense1.weight":{…},"dense1":{…}}}`.
///
/// | key in `m` | values |
/// |---|---|
/// | a parameter, `dense1.weight` | the histograms `value`, `gradient`, `update`; `norm` of the value |
/// | a layer, `dense1` | the histograms `output`, `delta`; `zeros`, `units`, `dead` |
///
/// Values of parameters are those after the step. `zeros` is the share of outputs that are 0, `units` the
/// number of units or channels, and `dead` the number of them that are 0 for all rows of the sample.
/// Outputs and δ are those of the first shard, see [Probe]. A layer without a gradient has no `delta`, and
/// one with a single output a row, without an axis, no `units` and `dead`.
///
/// A histogram is `{"min":-0.4,"max":0.4,"counts":[…],"mean":0.01,"norm":3.2,"zeros":0.0}`: 30 equal
/// intervals from `min` to `max`, the smallest and largest finite element, and the number of elements in
/// each. `zeros` is the share of elements that are 0. `notFinite`, the share of elements that are NaN or
/// infinite, is there if it is not 0. Without finite elements `min`, `max` and `mean` are `"NaN"`.
///
/// It looks at the first three steps and at steps 10, 100, 1000 and so on, and between them at as many as fit into
/// 0.5 % of the time: at most at all until step 20, at every 2nd until 40, at every 4th until 80, and so on; at
/// about 110 of the first 10,000 steps, and 10 more whenever the number of steps doubles. What it takes is
/// measured, anew from each of the steps named here on, as the first looks are slow: the program is still being
/// compiled. Which steps it looks at therefore differs from run to run, the weights do not.
///
/// A full disk does not end the training: the log warns once and stops. A resumed training continues the
/// file from its length at the checkpoint. Refuses a training by a minimizer, which takes no steps.
public final class ProbeLog implements Callback {
    private static final int BINS = 30;
    private static final int STEPS_AN_INTERVAL = 10;
    private static final int ALWAYS = 3; // steps at the beginning
    private static final double SHARE = 0.005; // of the time of the training

    private final Path file;
    private final Consumer<String> warnings;
    private final LongSupplier clock;

    /// @param file the file; overwritten unless the training is resumed
    /// @param warnings receives the warning when the file cannot be written
    public ProbeLog(Path file, Consumer<String> warnings) {
        this(file, warnings, System::nanoTime);
    }

    /// @param clock nanoseconds from any beginning
    ProbeLog(Path file, Consumer<String> warnings, LongSupplier clock) {
        this.file = file;
        this.warnings = warnings;
        this.clock = clock;
    }

    @Override
    public Observer begin(TrainingControl training) {
        var log = new Log(new LogFile(file, warnings), clock);
        training.probe(log);
        return log;
    }

    @Override
    public boolean probes() {
        return true;
    }

    /// Whether it looks at a step, from 1, if there is time: at the multiples of an interval that doubles
    /// whenever the number of steps does.
    static boolean mayLookAt(long step) {
        long before = step - 1;
        long interval = Long.highestOneBit(Math.max(1, before / STEPS_AN_INTERVAL));
        return before % interval == 0;
    }

    /// Whether it looks at a step, from 1, whatever that takes: the first three, and the powers of ten.
    static boolean always(long step) {
        long rest = step;
        while (rest % 10 == 0) rest /= 10;
        return rest == 1 || step <= ALWAYS;
    }

    private static final class Log implements Observer, Probe {
        private final LogFile out;
        private final Map<String, Map<String, Json>> values = new LinkedHashMap<>(); // of the present step

        private final LongSupplier clock;
        private long begun; // when the latest of the steps began at which it always looks
        private boolean counts; // whether the present step is none of those
        private long spent; // nanoseconds since then, in steps that count
        private long present; // of them in the present step
        private long latest; // of them in the latest step that it looked at

        Log(LogFile out, LongSupplier clock) {
            this.out = out;
            this.clock = clock;
        }

        @Override
        public void on(TrainingEvent event) {
            switch (event) {
                case TrainingEvent.Started _ -> {
                    out.open();
                    begun = clock.getAsLong();
                }
                case TrainingEvent.EpochEnded _, TrainingEvent.Ended _, TrainingEvent.Failed _ -> out.flush();
                default -> {}
            }
        }

        @Override
        public boolean looksAt(long step) {
            values.clear(); // of a step that diverged
            present = 0;
            counts = !always(step);
            if (counts) return mayLookAt(step) && spent + latest <= SHARE * (clock.getAsLong() - begun);
            begun = clock.getAsLong();
            spent = 0;
            return true;
        }

        /// Does a part of the looking, and measures it.
        private void measured(Runnable part) {
            long start = clock.getAsLong();
            part.run();
            long taken = clock.getAsLong() - start;
            present += taken;
            latest = present;
            if (counts) spent += taken;
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            measured(() -> {
                put(layer, "output", output);
                put(layer, "zeros", MetricsLines.rounded(output.statistics().zeros()));
                if (output.shape().rank() < 2) return;
                put(layer, "units", number(output.shape().extent(1)));
                put(layer, "dead", number(output.zeroColumns()));
            });
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            measured(() -> put(layer, "delta", delta));
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            measured(() -> put(parameter.name(), "gradient", gradient));
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            measured(() -> {
                put(parameter.name(), "value", parameter.value());
                put(parameter.name(), "update", update);
                put(
                        parameter.name(),
                        "norm",
                        MetricsLines.rounded(parameter.value().statistics().norm()));
            });
        }

        @Override
        public void done(Sample sample) {
            measured(() -> {
                Map<String, Json> all = new LinkedHashMap<>();
                values.forEach((name, figures) -> all.put(name, new JsonObject(figures)));
                out.line(MetricsLines.line(sample.step(), sample.epoch(), "histograms", all)
                        .write());
                values.clear();
            });
        }

        private void put(String of, String what, TensorView view) {
            put(of, what, json(view.statistics(), view.histogram(BINS)));
        }

        private void put(String of, String what, Json figures) {
            values.computeIfAbsent(of, _ -> new LinkedHashMap<>()).put(what, figures);
        }

        private static Json number(int count) {
            return new JsonNumber(Integer.toString(count));
        }

        private static Json json(TensorStatistics statistics, Histogram histogram) {
            List<Json> counts = histogram.counts().stream().map(Log::number).toList();
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
