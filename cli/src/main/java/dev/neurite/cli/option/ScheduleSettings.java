package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.io.Spec;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Schedule;
import dev.neurite.train.MonitoredMetric;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Epochs, learning-rate schedule, weight averaging and freezing of a training.
/// @param schedule of the learning rate; empty for a constant rate
/// @param averaging of the parameters
/// @param frozen parameters that are frozen for some epochs or for all
/// @param epochs the number of epochs; empty for the default of the data
public record ScheduleSettings(
        Optional<Schedule> schedule, Averaging averaging, List<ParameterGroup> frozen, OptionalInt epochs) {

    private static final String ACCURACY = "accuracy";

    /// The defaults.
    static final ScheduleSettings NONE =
            new ScheduleSettings(Optional.empty(), Averaging.NONE, List.of(), OptionalInt.empty());

    /// The same with another schedule, unless one was chosen.
    ScheduleSettings withUsual(Schedule usual) {
        return new ScheduleSettings(schedule.or(() -> Optional.of(usual)), averaging, frozen, epochs);
    }

    /// The trainer with these settings.
    /// @param count the number of epochs
    /// @throws ConfigException if averaging or unfreezing would begin after the last epoch
    public Trainer apply(Trainer trainer, int count) {
        Trainer with = trainer.epochs(count).average(averaging);
        if (schedule.isPresent()) with = with.schedule(schedule.get());
        if (watchesAccuracy()) with = with.monitor(ACCURACY);
        if (averaging instanceof Averaging.Swa(int first) && first > count) {
            throw new ConfigException("--swa", "expects an epoch from 1 to " + count + ", the last one, got " + first);
        }
        for (ParameterGroup group : frozen) {
            if (group.firstEpoch() > count && !isForever(group)) {
                throw new ConfigException(
                        "--freeze",
                        "expects fewer than the " + count + " epochs of the training, got " + (group.firstEpoch() - 1));
            }
            with = with.group(group);
        }
        return with;
    }

    /// Whether the schedule watches a metric. That must not be one of the test data.
    public boolean watchesMetric() {
        return monitors() != Schedule.Monitors.NOTHING;
    }

    /// Whether the schedule watches the accuracy, as higher values are better for it.
    private boolean watchesAccuracy() {
        return monitors() == Schedule.Monitors.HIGHER;
    }

    private Schedule.Monitors monitors() {
        return schedule.map(Schedule::monitors).orElse(Schedule.Monitors.NOTHING);
    }

    /// Refuses a schedule that watches a metric, for data without a validation part.
    public void requireValidation() {
        if (!watchesMetric()) return;
        throw new ConfigException(
                ScheduleOptions.SCHEDULE,
                "expects validation data, as "
                        + schedule.map(Catalog.standard()::brief).orElse("")
                        + " depends on its " + (watchesAccuracy() ? ACCURACY : MonitoredMetric.LOSS)
                        + ", got only training and test data",
                "Add --validation 0.1");
    }

    /// Refuses a schedule that watches the accuracy, for data without classes.
    public void requireMeasured(Dataset train) {
        if (!watchesAccuracy() || train.isLabeled()) return;
        throw new ConfigException(
                ScheduleOptions.SCHEDULE,
                "expects data with classes, as "
                        + schedule.map(Catalog.standard()::brief).orElse("")
                        + " depends on their accuracy, got numbers as targets",
                "Without higher-is-better it depends on the loss");
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        schedule.ifPresent(each -> json.put("schedule", Catalog.standard().text(each)));
        switch (averaging) {
            case Averaging.None _ -> {}
            case Averaging.Ema(double decay) -> json.put("ema", decay);
            case Averaging.Swa(int first) -> json.put("swa", first);
        }
        json.put("freeze", frozen.stream().map(ScheduleSettings::text).toList());
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        schedule.ifPresent(each -> notes.add(Catalog.standard().brief(each)));
        switch (averaging) {
            case Averaging.None _ -> {}
            case Averaging.Ema(double decay) -> notes.add("ema " + Spec.number(decay));
            case Averaging.Swa(int first) -> notes.add("swa " + first);
        }
        for (ParameterGroup group : frozen) notes.add("freeze " + text(group));
        return notes;
    }

    private static String text(ParameterGroup group) {
        return group.pattern() + (isForever(group) ? "" : "=" + (group.firstEpoch() - 1));
    }

    private static boolean isForever(ParameterGroup group) {
        return group.equals(group.frozen());
    }
}
