package dev.neurite.spark.ml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Catalog;
import dev.neurite.metric.Metric;
import dev.neurite.metric.Metrics;
import dev.neurite.optim.Schedule;
import dev.neurite.settings.TrainingSetting;
import dev.neurite.settings.TrainingSettings;
import dev.neurite.train.MonitoredMetric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.ml.param.Param;

/// Reads the settings of a training from the parameters of an estimator.
final class FitSettings {
    private static final String PATIENCE = "early-stopping";

    private FitSettings() {}

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

    private static int atLeast(TrainingParams<?> params, Param<Object> param, int least) {
        int value = (int) params.getOrDefault(param);
        if (value < least) throw new ConfigException(param.name(), "expects at least " + least + ", got " + value);
        return value;
    }

    /// The settings of an estimator. They make the trainer, here and on each executor.
    /// @param validated whether there are rows of validation
    /// @throws ConfigException for a value that is unknown or out of range, in the name of its parameter
    static TrainingSettings of(TrainingParams<?> params, boolean validated) {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (TrainingSetting<?> each : SettingParams.all()) {
            given(params, SettingParams.param(params, each))
                    .ifPresent(value -> given.put(each.name(), SettingParams.texts(value)));
        }
        given.remove("metrics"); // which need the units of the labels
        given.put("rows-by-shard", List.of("true"));
        double tol = (double) params.getOrDefault(params.tol());
        if (!(tol >= 0 && tol < Double.POSITIVE_INFINITY)) {
            throw new ConfigException("tol", "expects at least 0, got " + tol);
        }
        if (atLeast(params, params.patience(), 0) == 0) {
            given.remove(PATIENCE);
            given.remove("min-delta");
        } else if (!validated) {
            given.putIfAbsent("monitor", List.of(MonitoredMetric.TRAIN_LOSS));
        }
        boolean watches =
                given.containsKey("schedule") && watches(given.get("schedule").getFirst());
        if (watches)
            given(params, params.monitor()).ifPresent(metric -> given.putIfAbsent("schedule-metric", List.of(metric)));
        if (List.of("balanced").equals(given.get("class-weights"))) {
            throw new ConfigException("classWeights", "expects a number for each class, got 'balanced'");
        }
        TrainingSettings settings = named(given);
        int shards = settings.preview().shards();
        int workers = atLeast(params, params.workers(), 0);
        if (workers > shards) {
            throw new ConfigException(
                    "workers", "expects at most one for each of " + shards + " shards, got " + workers);
        }
        return settings;
    }

    /// Whether a schedule depends on a metric.
    private static boolean watches(String schedule) {
        return Catalog.standard().read("schedule", Schedule.class, schedule).monitors() != Schedule.Monitors.NOTHING;
    }

    private static TrainingSettings named(Map<String, List<String>> given) {
        try {
            given.values().removeIf(List::isEmpty);
            return TrainingSettings.of(given, SettingParams.NAMING);
        } catch (ConfigException e) {
            if (e.setting().isEmpty() || e.where().startsWith(e.setting().get())) throw e;
            var named = new ConfigException(e.setting().get(), e.problem(), e.hint());
            named.initCause(e);
            throw named;
        }
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
        List<String> known = new ArrayList<>(List.of("loss", "accuracy", "train_loss", "train_accuracy"));
        for (Metric each : metrics) known.add(each.name());
        for (String each : List.of("monitor", "schedule-metric")) {
            Optional<?> given = given(params, params.setting(each));
            if (given.isEmpty() || known.contains(given.get().toString())) continue;
            throw new ConfigException(
                    SettingParams.NAMING.of(each),
                    "expects one of " + String.join(", ", known) + ", got '" + given.get() + "'",
                    Spelling.hint(given.get().toString(), known));
        }
    }
}
