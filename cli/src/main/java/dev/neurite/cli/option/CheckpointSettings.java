package dev.neurite.cli.option;

import dev.neurite.cli.report.MetricNames;
import dev.neurite.error.ConfigException;
import dev.neurite.error.Spelling;
import dev.neurite.io.Checkpoints;
import dev.neurite.metric.Metric;
import dev.neurite.train.EarlyStopping;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.TimeLimit;
import dev.neurite.train.Trainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Early stopping, pausing and checkpoints of a training.
/// @param stopping early stopping; empty for none
/// @param monitor the metric that decides which epoch is best; the best model is then kept. Empty for none
/// @param timeLimit the time after which the training pauses
/// @param checkpointSteps steps between checkpoints; empty for none
/// @param checkpointEpochs epochs between checkpoints; empty for none. Without steps and epochs there
/// is one at the end of an epoch, at most every 20 seconds
/// @param keep how many checkpoints to keep
/// @param validateEvery steps between evaluations besides those after each epoch; empty for none
/// @param skipDiverged how many steps in a row may be skipped as not finite
public record CheckpointSettings(
        Optional<EarlyStopping> stopping,
        Optional<String> monitor,
        Optional<Duration> timeLimit,
        OptionalInt checkpointSteps,
        OptionalInt checkpointEpochs,
        int keep,
        OptionalInt validateEvery,
        int skipDiverged) {
    static final int DEFAULT_KEEP = 2;

    /// The least time between checkpoints at the ends of epochs.
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(20);

    /// The defaults.
    static final CheckpointSettings NONE = new CheckpointSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            DEFAULT_KEEP,
            OptionalInt.empty(),
            0);

    /// Refuses early stopping and monitoring, for data without a validation part.
    public void requireValidation() {
        String option = stopping.isPresent() ? CheckpointOptions.EARLY_STOPPING : CheckpointOptions.MONITOR;
        if (stopping.isEmpty() && monitor.isEmpty()) return;
        throw new ConfigException(
                option, "expects validation data, got only training and test data", "Add --validation 0.1");
    }

    /// Refuses to stop early, for a search, whose trials are compared after the same number of epochs.
    public void refuseForSearch() {
        String option = stopping.isPresent()
                ? CheckpointOptions.EARLY_STOPPING
                : monitor.isPresent()
                        ? CheckpointOptions.MONITOR
                        : timeLimit.isPresent() ? CheckpointOptions.TIME_LIMIT : "";
        if (option.isEmpty()) return;
        throw new ConfigException(
                option,
                "expects a training, got a search, whose trials run all their epochs",
                "Leave it out; epochs can be searched, too");
    }

    /// The first of these options that differs from its default; empty if none does.
    public Optional<String> givenOption() {
        if (stopping.isPresent()) return Optional.of(CheckpointOptions.EARLY_STOPPING);
        if (monitor.isPresent()) return Optional.of(CheckpointOptions.MONITOR);
        if (timeLimit.isPresent()) return Optional.of(CheckpointOptions.TIME_LIMIT);
        if (checkpointSteps.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EVERY);
        if (checkpointEpochs.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EPOCHS);
        if (keep != DEFAULT_KEEP) return Optional.of(CheckpointOptions.KEEP);
        return validateEvery.isPresent() ? Optional.of(CheckpointOptions.VALIDATE_EVERY) : Optional.empty();
    }

    /// Refuses to monitor a metric that is not measured.
    /// @param metrics the metrics that are measured, besides loss and accuracy
    public void requireMeasured(List<Metric> metrics) {
        if (monitor.isEmpty()) return;
        List<String> known = new ArrayList<>(List.of(MonitoredMetric.LOSS, "accuracy"));
        for (Metric metric : metrics) known.add(metric.name());
        if (known.contains(monitor.get())) return;
        String hint = Spelling.hint(monitor.get(), known);
        throw new ConfigException(
                CheckpointOptions.MONITOR,
                "expects " + String.join(", ", known) + ", got '" + monitor.get() + "'",
                hint.isEmpty() ? "Add it to " + MetricNames.OPTION : hint);
    }

    /// The trainer with these settings.
    public Trainer apply(Trainer trainer) {
        Trainer with = trainer.skipDiverged(skipDiverged);
        if (validateEvery.isPresent()) with = with.validateEvery(validateEvery.getAsInt());
        if (stopping.isPresent()) with = with.callback(stopping.get());
        if (timeLimit.isPresent()) with = with.callback(new TimeLimit(timeLimit.get()));
        return with;
    }

    /// The callback that writes checkpoints into a directory.
    public Checkpoints checkpoints(Path directory) {
        Checkpoints all = Checkpoints.into(directory).keep(keep);
        boolean usual = checkpointSteps.isEmpty() && checkpointEpochs.isEmpty();
        Checkpoints with = usual
                ? all.notWithin(DEFAULT_PAUSE)
                : all.everySteps(checkpointSteps.orElse(0)).everyEpochs(checkpointEpochs.orElse(0));
        return monitor.map(with::best).orElse(with);
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        stopping.ifPresent(each -> {
            json.put("early-stopping", each.patience());
            json.put("min-delta", each.minDelta());
        });
        monitor.ifPresent(each -> json.put("monitor", each));
        timeLimit.ifPresent(each -> json.put("time-limit", text(each)));
        if (checkpointSteps.isPresent()) json.put("checkpoint-every", checkpointSteps.getAsInt());
        if (checkpointEpochs.isPresent()) json.put("checkpoint-epochs", checkpointEpochs.getAsInt());
        json.put("keep", keep);
        if (validateEvery.isPresent()) json.put("validate-every", validateEvery.getAsInt());
        json.put("skip-diverged", skipDiverged);
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        stopping.ifPresent(each -> notes.add("early stopping " + each.metric() + " " + each.patience()));
        timeLimit.ifPresent(each -> notes.add("time limit " + text(each)));
        checkpointSteps.ifPresent(each -> notes.add("checkpoint every " + each + " steps"));
        checkpointEpochs.ifPresent(each -> notes.add("checkpoint every " + each + " epochs"));
        return notes;
    }

    private static String text(Duration duration) {
        String text = duration.toString().substring(2).toLowerCase(Locale.ROOT);
        return text.matches("[0-9]+[smh]") ? text : duration.toSeconds() + "s"; // a duration such as 1h30m
    }
}
