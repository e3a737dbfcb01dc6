package dev.neurite.train;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.train.TrainingEvent.EpochEnded;
import dev.neurite.train.TrainingEvent.EpochResult;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Ends a training when a metric has not improved for some epochs. The trained model is that of the
/// best epoch; of equal ones, the first. Prechelt 1998, "Early stopping, but when?"
///
/// Defaults are Keras's: the loss on the validation data, and any improvement counts. Keras's
/// `restore_best_weights` is always on.
/// @param metric `loss`, `accuracy`, or another name as in [MonitoredMetric]
/// @param patience how many epochs in a row without improvement end the training, at least 1
/// @param minDelta the smallest change that counts as an improvement, at least 0
public record EarlyStopping(String metric, int patience, double minDelta) implements Callback {
    /// @throws ConfigException for a setting out of range, naming the range
    public EarlyStopping {
        if (patience < 1) throw new ConfigException("early stopping", "expects a patience from 1, got " + patience);
        if (!(minDelta >= 0 && minDelta < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("early stopping", "expects a smallest change from 0, got " + minDelta);
        }
    }

    /// Monitors the loss on the validation data.
    /// @param patience how many epochs in a row without improvement end the training, at least 1
    public EarlyStopping(int patience) {
        this(MonitoredMetric.LOSS, patience, 0);
    }

    /// The same with another metric.
    public EarlyStopping withMonitor(String name) {
        return new EarlyStopping(name, patience, minDelta);
    }

    /// The same with another smallest change that counts.
    public EarlyStopping withMinDelta(double difference) {
        return new EarlyStopping(metric, patience, difference);
    }

    @Override
    public boolean affectsResult() {
        return true;
    }

    /// The best model, and the next one while it is copied.
    @Override
    public int modelCopies() {
        return 2;
    }

    /// Checkpoints contain this text, with an earlier name of the metric.
    @Override
    public String toString() {
        return "EarlyStopping[figure=" + metric + ", patience=" + patience + ", minDelta=" + minDelta + "]";
    }

    @Override
    public Observer begin(TrainingControl training) {
        return new Watch(training, MonitoredMetric.of("early stopping", metric, training));
    }

    private final class Watch implements Observer {
        private final TrainingControl training;
        private final MonitoredMetric watched;
        private double best = Double.NaN;
        private int bestEpoch;
        private int epochs; // that have ended
        private @Nullable Model model; // of the best epoch

        Watch(TrainingControl training, MonitoredMetric watched) {
            this.training = training;
            this.watched = watched;
        }

        @Override
        public void on(TrainingEvent event) {
            if (event instanceof EpochEnded(EpochResult result)) epoch(result);
            if (event instanceof TrainingEvent.Ended && model != null) training.result(model);
        }

        private void epoch(EpochResult result) {
            epochs = result.epoch();
            double value = watched.in(result);
            if (model == null || watched.isBetter(value, best, minDelta)) {
                best = value;
                bestEpoch = epochs;
                model = training.model();
            }
            if (epochs - bestEpoch >= patience) {
                training.finish(String.format(
                        Locale.ROOT,
                        "%s was best in epoch %d: %.4g; the weights are of that epoch",
                        watched.name(),
                        bestEpoch,
                        best));
            }
        }

        @Override
        public void save(Snapshot memory) {
            Model known = model;
            if (known == null) return;
            memory.put("best", best);
            memory.put("bestEpoch", bestEpoch);
            memory.put("epochs", epochs);
            memory.put("parameters", known.parameters().toArray(known.kept()));
            memory.put("statistics", known.statistics().toArray());
        }

        @Override
        public void restore(Snapshot memory) {
            best = memory.number("best");
            bestEpoch = memory.small("bestEpoch");
            epochs = memory.small("epochs");
            Model now = training.initialModel(); // for names and shapes
            float[] values = now.parameters().toArray(now.kept());
            memory.read("parameters", values);
            float[] statistics = now.statistics().toArray();
            memory.read("statistics", statistics);
            model = now.withKept(values)
                    .withStatistics(Parameters.of(now.statistics().parts(), statistics));
        }
    }
}
