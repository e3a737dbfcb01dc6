package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Moment;
import dev.neurite.optim.Optimizer;
import dev.neurite.optim.Schedule;
import dev.neurite.optim.Schedules;
import dev.neurite.train.ParameterGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say how a training goes on from epoch to epoch.
public final class ScheduleOptions {
    public static final String SCHEDULE = "--schedule";
    private static final String WARMUP = "--warmup";
    private static final String EMA = "--ema";
    private static final String SWA = "--swa";
    private static final String FREEZE = "--freeze";

    @Option(
            names = SCHEDULE,
            paramLabel = "SPEC",
            description = "What becomes of the rate: cosine, step:size=10,gamma=0.5,per=epoch, one-cycle …"
                    + " See 'neurite list schedules'.")
    private @Nullable String schedule;

    @Option(
            names = WARMUP,
            paramLabel = "STEPS",
            description = "The rate first rises to its full height in so many steps.")
    private @Nullable Long warmup;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "How often to go through the data: 5 by default, 50 for tables.")
    private @Nullable Integer epochs;

    @Option(
            names = EMA,
            paramLabel = "D",
            description = "Keep an exponential mean of the parameters; 0 to below 1, such as 0.999.")
    private @Nullable Double ema;

    @Option(
            names = SWA,
            paramLabel = "EPOCH",
            description = "Keep the mean of the parameters at the ends of epochs from this one on.")
    private @Nullable Integer swa;

    @Option(
            names = FREEZE,
            paramLabel = "NAME[=EPOCHS],…",
            split = ",",
            description =
                    "Parameters whose names match, as dense1.* does, stay as they are, or learn only after so many"
                            + " epochs; and with a layer's parameters its running statistics. May be given again.")
    private List<String> frozen = List.of();

    /// What the options say.
    /// @param rule what the schedule varies the rate of
    /// @throws ConfigException for what is unknown or out of its range
    ScheduleSettings settings(Record rule) {
        TrainingOptions.refuseForMinimizer(rule, SCHEDULE, schedule != null);
        TrainingOptions.refuseForMinimizer(rule, WARMUP, warmup != null);
        TrainingOptions.refuseForMinimizer(rule, EMA, ema != null);
        TrainingOptions.refuseForMinimizer(rule, SWA, swa != null);
        TrainingOptions.refuseForMinimizer(rule, FREEZE, !frozen.isEmpty());
        Optional<Schedule> course = schedule();
        if (course.isPresent() && rule instanceof Optimizer optimizer) {
            for (Schedule part : parts(course.get())) {
                // refuses what does not fit the rate
                Checked.of(SCHEDULE, () -> part.rate(optimizer.rate(), Moment.of(0, 1)));
            }
        }
        return new ScheduleSettings(course, averaging(), groups(), TrainingOptions.positive("--epochs", epochs));
    }

    private static List<Schedule> parts(Schedule course) {
        return course instanceof Schedule.Sequence(List<Schedule> parts) ? parts : List.of(course);
    }

    private Optional<Schedule> schedule() {
        Optional<Schedule> main = Optional.ofNullable(schedule)
                .map(text -> Checked.of(SCHEDULE, () -> Catalog.standard().read(SCHEDULE, Schedule.class, text)));
        if (warmup == null) return main;
        if (main.isPresent() && main.get().unit() == Schedule.Unit.EPOCH) {
            throw new ConfigException(
                    WARMUP,
                    "expects a schedule that counts steps, got " + schedule,
                    "Begin it with warmup:length=2,per=epoch+");
        }
        long steps = warmup;
        return Optional.of(Checked.of(WARMUP, () -> Schedules.warmup(steps).then(main.orElse(Schedules.constant()))));
    }

    private Averaging averaging() {
        if (ema != null && swa != null) throw new ConfigException(EMA, "expects to stand without " + SWA);
        if (ema != null) return Checked.of(EMA, () -> Averaging.ema(Objects.requireNonNull(ema)));
        return swa != null ? Checked.of(SWA, () -> Averaging.swa(Objects.requireNonNull(swa))) : Averaging.NONE;
    }

    private List<ParameterGroup> groups() {
        List<ParameterGroup> groups = new ArrayList<>();
        for (String text : frozen) {
            int equal = text.lastIndexOf('=');
            String name = equal < 0 ? text : text.substring(0, equal);
            boolean always = equal < 0;
            if (name.isBlank() || !(always || text.substring(equal + 1).matches("[1-9][0-9]{0,8}"))) {
                throw new ConfigException(
                        FREEZE,
                        "expects a name, or name=epochs with at least 1 epoch, as in dense1.*=2, got '" + text + "'");
            }
            groups.add(Checked.of(FREEZE, () -> {
                ParameterGroup group = ParameterGroup.matching(name);
                return always ? group.frozen() : group.frozenFor(Integer.parseInt(text.substring(equal + 1)));
            }));
        }
        return groups;
    }
}
