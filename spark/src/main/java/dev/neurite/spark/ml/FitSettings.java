package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.loss.Loss;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.Trainer;
import dev.neurite.train.cluster.TrainerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.param.Param;

/// The settings of a training, checked. They make the trainer, here and on each executor.
/// @param loss the text of the loss, as the others
/// @param monitor what a schedule watches; empty for the usual loss
record FitSettings(
        String loss,
        String optimizer,
        String schedule,
        String monitor,
        int epochs,
        int batchSize,
        int shards,
        long seed)
        implements TrainerSource {
    private static final String RATE = "rate";

    /// Sets the defaults. Spark adds them to the documentation of their parameters, which therefore does not have them.
    static void setDefaults(TrainingParams<?> params, String loss) {
        params.setDefault(params.activation(), "relu");
        params.setDefault(params.dropout(), 0.0);
        params.setDefault(params.loss(), loss);
        params.setDefault(params.optimizer(), "adam");
        params.setDefault(params.schedule(), "constant");
        params.setDefault(params.maxIter(), 10);
        params.setDefault(params.batchSize(), 128);
        params.setDefault(params.shards(), 8);
        params.setDefault(params.workers(), 0);
        params.setDefault(params.seed(), 0L);
        params.setDefault(params.patience(), 0);
        params.setDefault(params.tol(), 0.0);
        params.setDefault(params.timeout(), 60.0);
    }

    /// The value of a parameter; empty if it has neither a value nor a default.
    static <T> Optional<T> given(TrainingParams<?> params, Param<T> param) {
        return params.isDefined(param) ? Optional.of(params.getOrDefault(param)) : Optional.empty();
    }

    /// The value of a parameter of whole numbers.
    /// @throws ConfigException below the least one
    static int atLeast(TrainingParams<?> params, Param<Object> param, int least) {
        int value = (int) params.getOrDefault(param);
        if (value < least) throw new ConfigException(param.name(), "expects at least " + least + ", got " + value);
        return value;
    }

    /// The settings of an estimator.
    /// @throws ConfigException for a value that is unknown or out of range
    static FitSettings of(TrainingParams<?> params) {
        var settings = new FitSettings(
                params.getOrDefault(params.loss()),
                optimizer(params),
                params.getOrDefault(params.schedule()),
                given(params, params.monitor()).orElse(""),
                atLeast(params, params.maxIter(), 1),
                atLeast(params, params.batchSize(), 1),
                atLeast(params, params.shards(), 1),
                (long) params.getOrDefault(params.seed()));
        if (settings.batchSize % settings.shards != 0) {
            throw new ConfigException(
                    "batchSize", "expects a multiple of shards, " + settings.shards + ", got " + settings.batchSize);
        }
        int workers = atLeast(params, params.workers(), 0);
        if (workers > settings.shards) {
            throw new ConfigException(
                    "workers", "expects at most one for each of " + settings.shards + " shards, got " + workers);
        }
        settings.criterion();
        read("schedule", Schedule.class, settings.schedule);
        return settings;
    }

    private static String optimizer(TrainingParams<?> params) {
        String text = params.getOrDefault(params.optimizer());
        read("optimizer", Optimizer.class, text);
        Optional<Object> given = given(params, params.stepSize());
        if (given.isEmpty()) return text;
        double rate = (double) given.get();
        Spec spec = Spec.parse("optimizer", text);
        boolean has = Catalog.standard()
                .entry("optimizer", Optimizer.class, spec.name())
                .has(RATE);
        if (!has || spec.settings().containsKey(RATE)) {
            throw new ConfigException(
                    "stepSize",
                    "expects an optimizer " + (has ? "without" : "that has") + " a rate, got '" + text + "'");
        }
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("stepSize", "expects a number above 0, got " + rate);
        }
        return spec.with(RATE, Spec.number(rate)).toString();
    }

    private static <T> T read(String param, Class<T> kind, String text) {
        return Catalog.standard().read(param, kind, text);
    }

    /// The loss.
    Loss criterion() {
        return read("loss", Loss.class, loss);
    }

    @Override
    public Trainer trainer(Model model) {
        Trainer trainer = Trainer.of(model)
                .loss(criterion())
                .optimizer(read("optimizer", Optimizer.class, optimizer))
                .schedule(read("schedule", Schedule.class, schedule))
                .epochs(epochs)
                .batchSize(batchSize)
                .shards(shards)
                .seed(seed)
                .rowsByShard(true);
        return monitor.isEmpty() ? trainer : trainer.monitor(monitor);
    }

    // ------------------------------------------------------------------------------------------------ on the driver

    /// The metrics to measure.
    /// @throws ConfigException for an unknown one, or without rows to measure on
    static List<Metric> metrics(TrainingParams<?> params, boolean validated) {
        List<Metric> metrics = new ArrayList<>();
        for (String name : given(params, params.metrics()).orElse(new String[0])) {
            try {
                metrics.add(Metrics.named(name));
            } catch (ConfigException e) {
                throw new ConfigException("metrics", e.problem(), e.hint());
            }
        }
        requireMonitor(params, metrics);
        if (validated || metrics.isEmpty()) return metrics;
        throw new ConfigException("metrics", "expects rows to measure on, as validationIndicatorCol tells, got none");
    }

    private static void requireMonitor(TrainingParams<?> params, List<Metric> metrics) {
        Optional<String> given = given(params, params.monitor());
        List<String> known = new ArrayList<>(List.of("loss", "accuracy", "train_loss", "train_accuracy"));
        for (Metric each : metrics) known.add(each.name());
        if (given.isEmpty() || known.contains(given.get())) return;
        throw new ConfigException(
                "monitor",
                "expects one of " + String.join(", ", known) + ", got '" + given.get() + "'",
                Spelling.hint(given.get(), known));
    }

    /// What ends the training early; empty if nothing does.
    static Optional<EarlyStopping> earlyStopping(TrainingParams<?> params, boolean validated) {
        int patience = atLeast(params, params.patience(), 0);
        double least = (double) params.getOrDefault(params.tol());
        if (!(least >= 0 && least < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("tol", "expects at least 0, got " + least);
        }
        if (patience == 0) return Optional.empty();
        String usual = validated ? MonitoredMetric.LOSS : MonitoredMetric.TRAIN_LOSS;
        return Optional.of(new EarlyStopping(given(params, params.monitor()).orElse(usual), patience, least));
    }
}
