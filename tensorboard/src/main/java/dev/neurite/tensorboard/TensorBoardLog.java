package dev.neurite.tensorboard;

import dev.neurite.metric.Metric;
import dev.neurite.model.Histogram;
import dev.neurite.model.ParameterView;
import dev.neurite.model.TensorView;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Callback;
import dev.neurite.train.Evaluation;
import dev.neurite.train.ParameterFlow;
import dev.neurite.train.Probe;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Writes a training for TensorBoard: `tensorboard --logdir runs` shows it while it trains.
///
/// | tag | what |
/// |---|---|
/// | `loss/train`, `accuracy/train`, `learning_rate` | means since the point before, at most 100 an epoch |
/// | `loss/validation`, `accuracy/validation`, `<metric>/validation` | of each validation |
/// | `gradient_norm/<parameter>`, `update_ratio/<parameter>` | with [dev.neurite.train.Trainer#watchUpdates] |
/// | `parameters/<parameter>` | histograms at the end of epochs, at most 100 a run |
/// | `outputs/<layer>`, `deltas/<layer>`, `gradients/<parameter>`, `updates/<parameter>` | histograms, with
/// [#withSamples] |
/// | `confusion/validation` | the confusion matrix as an image, for up to 50 classes |
/// | `filters/first_layer` | the first layer's weights as images, where the inputs are images |
/// | `_hparams_/…` | the hyperparameters, for the tab HParams |
///
/// A resumed training writes a new file beside the old ones. It begins with the step from which it continues;
/// TensorBoard then drops what the older files have from there on. A full disk does not end the training: the log
/// warns once and stops.
/// @param directory of the event files, one for each training
/// @param warnings receives the warning when the files cannot be written
/// @param hparams the hyperparameters by name: numbers, booleans and texts
/// @param kind the name of the data that is evaluated, usually `validation`
/// @param compared the tags that the tab HParams compares runs by; empty for loss, accuracy and metrics
/// @param sampled every how many steps to write histograms of outputs, δ, gradients and updates; 0 for never
public record TensorBoardLog(
        Path directory,
        Consumer<String> warnings,
        SequencedMap<String, Object> hparams,
        String kind,
        List<String> compared,
        int sampled)
        implements Callback {
    private static final int POINTS_AN_EPOCH = 100;
    private static final int HISTOGRAMS = 100; // in a run, about

    public TensorBoardLog {
        hparams = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(hparams));
        compared = List.copyOf(compared);
    }

    /// A log without hyperparameters.
    public TensorBoardLog(Path directory, Consumer<String> warnings) {
        this(directory, warnings, new LinkedHashMap<>(), "validation", List.of(), 0);
    }

    /// With hyperparameters: numbers, booleans and texts by name.
    public TensorBoardLog withHparams(SequencedMap<String, ?> values) {
        return new TensorBoardLog(directory, warnings, new LinkedHashMap<>(values), kind, compared, sampled);
    }

    /// With another name for the data that is evaluated, such as `test` if it is the test data.
    public TensorBoardLog withKind(String name) {
        return new TensorBoardLog(directory, warnings, hparams, name, compared, sampled);
    }

    /// With the tags that the tab HParams compares runs by, such as one that [EventFile#next] adds.
    public TensorBoardLog withCompared(List<String> tags) {
        return new TensorBoardLog(directory, warnings, hparams, kind, tags, sampled);
    }

    /// With histograms of the outputs and δ of layers, and of gradients and updates: of the first step and
    /// every n-th after it, see [Probe].
    /// @param steps at least 1
    /// @throws dev.neurite.error.ConfigException below 1, when the training begins
    public TensorBoardLog withSamples(int steps) {
        return new TensorBoardLog(directory, warnings, hparams, kind, compared, steps);
    }

    @Override
    public boolean probes() {
        return sampled != 0;
    }

    @Override
    public Observer begin(TrainingControl training) {
        var log = new Log(this, training);
        if (sampled != 0 && !training.minimizes()) training.probe(Probe.every(sampled, log));
        return log;
    }

    private static final class Log implements Observer, Probe {
        private final TensorBoardLog settings;
        private final TrainingControl training;
        private @Nullable EventFile file;
        private boolean begun; // hyperparameters are written
        private int batches = 1;
        private int every = 1;
        private int epochsAHistogram = 1;
        private long rows; // since the last point
        private double loss;
        private double correct;

        Log(TensorBoardLog settings, TrainingControl training) {
            this.settings = settings;
            this.training = training;
        }

        @Override
        public void on(TrainingEvent event) {
            if (event instanceof Started started) start(started);
            EventFile out = file;
            if (out == null) return; // it failed before it began
            switch (event) {
                case Started _, StepSkipped _, RateChanged _ -> {}
                case StepEnded ended -> step(out, ended);
                case Validated validated -> validation(out, validated.evaluation());
                case UpdatesMeasured measured -> updates(out, measured);
                case EpochEnded(EpochResult result) -> {
                    result.validation().ifPresent(each -> validation(out, each));
                    if (result.epoch() % epochsAHistogram == 0) model(out);
                    out.flush();
                }
                case TrainingEvent.Ended _ -> {
                    if (!training.isPaused()) out.end(true);
                }
                case TrainingEvent.Failed _ -> out.end(false);
            }
        }

        private void start(Started started) {
            batches = started.batches();
            every = Math.ceilDiv(batches, POINTS_AN_EPOCH);
            epochsAHistogram = Math.ceilDiv(started.epochs(), HISTOGRAMS);
            long next = started.resumed() ? started.steps() + 1 : 0;
            EventFile out = EventFile.create(settings.directory, next, settings.warnings);
            file = out;
            if (begun) return;
            begun = true;
            out.start(settings.hparams, compared());
            if (!started.resumed()) model(out);
        }

        /// The tags by which runs are compared.
        private List<String> compared() {
            if (!settings.compared.isEmpty()) return settings.compared;
            boolean validated = training.validation().isPresent();
            String part = validated ? settings.kind : "train";
            List<String> tags = new ArrayList<>(List.of("loss/" + part));
            if (training.classifies()) tags.add("accuracy/" + part);
            if (validated) for (Metric each : training.metrics()) tags.add(each.name() + "/" + part);
            return tags;
        }

        private void step(EventFile out, StepEnded ended) {
            rows += ended.rows();
            loss += ended.loss() * ended.rows();
            correct += ended.accuracy().orElse(0) * ended.rows();
            if (ended.batch() % every != 0 && ended.batch() != batches) return;
            out.scalar("loss/train", ended.step(), loss / rows);
            if (ended.accuracy().isPresent()) out.scalar("accuracy/train", ended.step(), correct / rows);
            out.scalar("learning_rate", ended.step(), ended.rate());
            rows = 0;
            loss = 0;
            correct = 0;
        }

        private void validation(EventFile out, Evaluation evaluation) {
            long step = training.steps();
            out.scalar("loss/" + settings.kind, step, evaluation.loss());
            scalar(out, "accuracy/" + settings.kind, step, evaluation.accuracy());
            evaluation.metrics().forEach((name, figure) -> scalar(out, name + "/" + settings.kind, step, figure));
            evaluation
                    .confusion()
                    .flatMap(ImageSummary::of)
                    .ifPresent(each -> each.write(out, "confusion/" + settings.kind, step));
            out.flush();
        }

        private static void scalar(EventFile out, String tag, long step, OptionalDouble figure) {
            if (figure.isPresent()) out.scalar(tag, step, figure.getAsDouble());
        }

        private static void updates(EventFile out, UpdatesMeasured measured) {
            for (ParameterFlow flow : measured.parameters()) {
                out.scalar("gradient_norm/" + flow.name(), measured.step(), flow.gradientNorm());
                scalar(out, "update_ratio/" + flow.name(), measured.step(), flow.ratio());
            }
        }

        /// The parameters of the last step: the sum of copies would be as large as the model.
        private void model(EventFile out) {
            for (ParameterView each : training.parameters()) {
                histogram(out, "parameters/" + each.name(), training.steps(), each.value());
            }
            Shape input = training.initialModel().network().inputs().getFirst();
            ImageSummary.ofFirstLayer(training.parameters(), input)
                    .ifPresent(each -> each.write(out, "filters/first_layer", training.steps()));
        }

        private static void histogram(EventFile out, String tag, long step, TensorView view) {
            Histogram histogram = view.histogram(EventFile.BARS);
            long total = histogram.total();
            double low = histogram.from();
            double high = histogram.to();
            if (total == 0) {
                out.histogram(tag, step, new double[0], new double[0]);
            } else if (low == high) {
                out.histogram(tag, step, new double[] {low - 0.5, low + 0.5}, new double[] {total});
            } else {
                int bars = histogram.counts().size();
                double[] edges = new double[bars + 1];
                for (int i = 0; i <= bars; i++) edges[i] = i == bars ? high : low + (high - low) * i / bars;
                double[] counts = histogram.counts().stream()
                        .mapToDouble(Integer::doubleValue)
                        .toArray();
                out.histogram(tag, step, edges, counts);
            }
        }

        private void sample(String tag, Sample sample, TensorView view) {
            EventFile out = file;
            if (out != null) histogram(out, tag, sample.step(), view);
        }

        @Override
        public boolean looksAt(long step) {
            return true; // Probe.every chooses
        }

        @Override
        public void output(Sample sample, String layer, TensorView output) {
            sample("outputs/" + layer, sample, output);
        }

        @Override
        public void delta(Sample sample, String layer, TensorView delta) {
            sample("deltas/" + layer, sample, delta);
        }

        @Override
        public void gradient(Sample sample, ParameterView parameter, TensorView gradient) {
            sample("gradients/" + parameter.name(), sample, gradient);
        }

        @Override
        public void update(Sample sample, ParameterView parameter, TensorView update) {
            sample("updates/" + parameter.name(), sample, update);
        }

        @Override
        public void save(Snapshot memory) {
            EventFile out = file;
            if (out != null) out.flush();
            memory.put("begun", begun ? 1 : 0);
            memory.put("rows", rows);
            memory.put("loss", loss);
            memory.put("correct", correct);
        }

        @Override
        public void restore(Snapshot memory) {
            begun = memory.whole("begun") == 1;
            rows = memory.whole("rows");
            loss = memory.number("loss");
            correct = memory.number("correct");
        }

        @Override
        public void close() {
            EventFile out = file;
            if (out != null) out.close();
        }
    }
}
