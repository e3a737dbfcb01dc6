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

/// When a training ends early, and what of it is kept while it goes on.
/// @param stopping whether it ends when it gets no better
/// @param monitor the figure that says which epoch is best, whose model is then kept; empty for none
/// @param timeLimit after which it pauses
/// @param checkpointSteps after how many there is a checkpoint; empty for never, or without epochs for
/// what is usual
/// @param checkpointEpochs the same of epochs
/// @param keep how many checkpoints stay
/// @param validateEvery how many steps; empty for epochs alone
/// @param skipDiverged how many steps in a row may be passed over
public record CheckpointSettings(
        Optional<EarlyStopping> stopping,
        Optional<String> monitor,
        Optional<Duration> timeLimit,
        OptionalInt checkpointSteps,
        OptionalInt checkpointEpochs,
        int keep,
        OptionalInt validateEvery,
        int skipDiverged) {
    static final int USUAL_KEEP = 2;

    /// Not within so much time of the last one is a checkpoint written at the end of an epoch.
    private static final Duration USUAL_PAUSE = Duration.ofSeconds(20);

    /// As it is usual.
    static final CheckpointSettings NONE = new CheckpointSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            USUAL_KEEP,
            OptionalInt.empty(),
            0);

    /// Refuses what needs data to validate on where there are none but those to test with.
    public void requireValidation() {
        String option = stopping.isPresent() ? CheckpointOptions.EARLY_STOPPING : CheckpointOptions.MONITOR;
        if (stopping.isEmpty() && monitor.isEmpty()) return;
        throw new ConfigException(
                option, "expects data to validate on, got none but those to test with", "Add --validation 0.1");
    }

    /// Refuses to end early, for trials that are compared after as many epochs.
    public void refuseForSearch() {
        String option = stopping.isPresent()
                ? CheckpointOptions.EARLY_STOPPING
                : monitor.isPresent()
                        ? CheckpointOptions.MONITOR
                        : timeLimit.isPresent() ? CheckpointOptions.TIME_LIMIT : "";
        if (option.isEmpty()) return;
        throw new ConfigException(
                option,
                "expects a training, got a search, whose trials go through all their epochs",
                "Leave it out; epochs can be searched, too");
    }

    /// An option that was chosen about ending early or keeping; empty where all is usual.
    public Optional<String> unusual() {
        if (stopping.isPresent()) return Optional.of(CheckpointOptions.EARLY_STOPPING);
        if (monitor.isPresent()) return Optional.of(CheckpointOptions.MONITOR);
        if (timeLimit.isPresent()) return Optional.of(CheckpointOptions.TIME_LIMIT);
        if (checkpointSteps.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EVERY);
        if (checkpointEpochs.isPresent()) return Optional.of(CheckpointOptions.CHECKPOINT_EPOCHS);
        if (keep != USUAL_KEEP) return Optional.of(CheckpointOptions.KEEP);
        return validateEvery.isPresent() ? Optional.of(CheckpointOptions.VALIDATE_EVERY) : Optional.empty();
    }

    /// Refuses to watch what is not measured.
    /// @param metrics what is, besides loss and accuracy
    public void requireMeasured(List<Metric> metrics) {
        if (monitor.isEmpty()) return;
        List<String> known = new ArrayList<>(List.of(MonitoredMetric.LOSS, "accuracy"));
        for (Metric metric : metrics) known.add(metric.name());
        if (known.contains(monitor.get())) return;
        String hint = Spelling.hint(monitor.get(), known);
        throw new ConfigException(
                CheckpointOptions.MONITOR,
                "expects " + String.join(", ", known) + ", got '" + monitor.get() + "'",
                hint.isEmpty() ? "Name it in " + MetricNames.OPTION + " to have it measured" : hint);
    }

    /// A trainer that does so.
    public Trainer apply(Trainer trainer) {
        Trainer with = trainer.skipDiverged(skipDiverged);
        if (validateEvery.isPresent()) with = with.validateEvery(validateEvery.getAsInt());
        if (stopping.isPresent()) with = with.callback(stopping.get());
        if (timeLimit.isPresent()) with = with.callback(new TimeLimit(timeLimit.get()));
        return with;
    }

    /// What keeps the training in a directory.
    public Checkpoints checkpoints(Path directory) {
        Checkpoints all = Checkpoints.into(directory).keep(keep);
        boolean usual = checkpointSteps.isEmpty() && checkpointEpochs.isEmpty();
        Checkpoints with = usual
                ? all.notWithin(USUAL_PAUSE)
                : all.everySteps(checkpointSteps.orElse(0)).everyEpochs(checkpointEpochs.orElse(0));
        return monitor.map(with::best).orElse(with);
    }

    /// What `config.yaml` holds of it.
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

    /// What is unusual, short.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        stopping.ifPresent(each -> notes.add("early stopping " + each.figure() + " " + each.patience()));
        timeLimit.ifPresent(each -> notes.add("time limit " + text(each)));
        checkpointSteps.ifPresent(each -> notes.add("checkpoint every " + each + " steps"));
        checkpointEpochs.ifPresent(each -> notes.add("checkpoint every " + each + " epochs"));
        return notes;
    }

    private static String text(Duration duration) {
        String text = duration.toString().substring(2).toLowerCase(Locale.ROOT);
        return text.matches("[0-9]+[smh]") ? text : duration.toSeconds() + "s"; // of 1h30m
    }
}
