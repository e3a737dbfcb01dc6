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

/// The options of epochs, learning-rate schedule, weight averaging and freezing.
public final class ScheduleOptions {
    public static final String SCHEDULE = "--schedule";
    private static final String WARMUP = "--warmup";
    private static final String EMA = "--ema";
    private static final String SWA = "--swa";
    private static final String FREEZE = "--freeze";

    @Option(
            names = SCHEDULE,
            paramLabel = "SPEC",
            description = "Learning-rate schedule: constant (default; cosine for a directory of images without --model,"
                    + " --layers and --stack), cosine, step:size=10,gamma=0.5,per=epoch, one-cycle …"
                    + " See 'neurite list schedules'.")
    private @Nullable String schedule;

    @Option(
            names = WARMUP,
            paramLabel = "STEPS",
            description = "Raise the learning rate linearly to its full value over this many steps.")
    private @Nullable Long warmup;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description =
                    "Passes over the training data: 5 by default, 50 for tables, 10 for texts, 20 for time series; for"
                            + " a directory of images so many that there are 1,200 steps, at least 5 and at most 100.")
    private @Nullable Integer epochs;

    @Option(
            names = EMA,
            paramLabel = "D",
            description = "Exponential moving average of the parameters, which becomes the model; decay 0 to below 1,"
                    + " such as 0.999.")
    private @Nullable Double ema;

    @Option(
            names = SWA,
            paramLabel = "EPOCH",
            description =
                    "Stochastic weight averaging: the model is the mean of the parameters at the ends of the epochs"
                            + " from this one on.")
    private @Nullable Integer swa;

    @Option(
            names = FREEZE,
            paramLabel = "NAME[=EPOCHS],…",
            hideParamSyntax = true,
            split = ",",
            description = "Freeze parameters whose names match, as dense1.*, for all of the training or for the first"
                    + " EPOCHS; with a layer's parameters also its running statistics. May be repeated.")
    private List<String> frozen = List.of();

    /// The settings.
    /// @param rule the optimizer, or L-BFGS
    /// @throws ConfigException for unknown names, values out of range, or options that L-BFGS does not have
    ScheduleSettings settings(Record rule) {
        TrainingOptions.refuseForMinimizer(rule, SCHEDULE, schedule != null);
        TrainingOptions.refuseForMinimizer(rule, WARMUP, warmup != null);
        TrainingOptions.refuseForMinimizer(rule, EMA, ema != null);
        TrainingOptions.refuseForMinimizer(rule, SWA, swa != null);
        TrainingOptions.refuseForMinimizer(rule, FREEZE, !frozen.isEmpty());
        Optional<Schedule> chosen = schedule();
        if (chosen.isPresent() && rule instanceof Optimizer optimizer) {
            for (Schedule part : parts(chosen.get())) {
                // refuses a schedule that does not fit the learning rate
                OptionValue.of(SCHEDULE, () -> part.rate(optimizer.rate(), Moment.of(0, 1)));
            }
        }
        return new ScheduleSettings(chosen, averaging(), groups(), TrainingOptions.positive("--epochs", epochs));
    }

    private static List<Schedule> parts(Schedule schedule) {
        return schedule instanceof Schedule.Sequence(List<Schedule> parts) ? parts : List.of(schedule);
    }

    private Optional<Schedule> schedule() {
        Optional<Schedule> main = Optional.ofNullable(schedule)
                .map(text -> OptionValue.of(SCHEDULE, () -> Catalog.standard().read(SCHEDULE, Schedule.class, text)));
        if (warmup == null) return main;
        if (main.isPresent() && main.get().unit() == Schedule.Unit.EPOCH) {
            throw new ConfigException(
                    WARMUP,
                    "expects a schedule that counts steps, got " + schedule,
                    "Begin it with warmup:length=2,per=epoch+");
        }
        long steps = warmup;
        return Optional.of(
                OptionValue.of(WARMUP, () -> Schedules.warmup(steps).then(main.orElse(Schedules.constant()))));
    }

    private Averaging averaging() {
        if (ema != null && swa != null) throw new ConfigException(EMA, "expects no " + SWA + ", got both");
        if (ema != null) return OptionValue.of(EMA, () -> Averaging.ema(Objects.requireNonNull(ema)));
        return swa != null ? OptionValue.of(SWA, () -> Averaging.swa(Objects.requireNonNull(swa))) : Averaging.NONE;
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
            groups.add(OptionValue.of(FREEZE, () -> {
                ParameterGroup group = ParameterGroup.matching(name);
                return always ? group.frozen() : group.frozenFor(Integer.parseInt(text.substring(equal + 1)));
            }));
        }
        return groups;
    }
}
