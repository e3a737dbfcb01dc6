package dev.neurite.cli.option;

import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.optim.Lbfgs;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;

/// The options that all commands share that train. They are checked before any data is read.
public final class TrainingOptions {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @ArgGroup(validate = false, order = 5, heading = "%nThe data:%n")
    private DataOptions data = new DataOptions();

    @ArgGroup(validate = false, order = 6, heading = "%nTables in CSV files:%n")
    private TableOptions table = new TableOptions();

    @ArgGroup(validate = false, order = 7, heading = "%nTime series in CSV files:%n")
    private SeriesOptions series = new SeriesOptions();

    @ArgGroup(validate = false, order = 1, heading = "%nThe network:%n")
    private NetworkOptions network = new NetworkOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nThe loss:%n")
    private LossOptions loss = new LossOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nOptimizer and batches:%n")
    private OptimizerOptions optimizer = new OptimizerOptions();

    /// The settings of all options together.
    /// @param rate the learning rate; null for the optimizer's default
    /// @param schedule the options of epochs; null if the command has none
    /// @param checkpoints the options of checkpoints; null if the command has none
    /// @param from the run whose weights to begin with; null for none
    /// @throws ConfigException for unknown names and values out of range
    public TrainSettings settings(
            GlobalOptions globals,
            @Nullable Double rate,
            @Nullable ScheduleOptions schedule,
            @Nullable CheckpointOptions checkpoints,
            @Nullable String from) {
        config.refuseWithoutConfiguration();
        OptimizerSettings updates = optimizer.settings(rate);
        Optional<SeriesSettings> forecast = series.settings(data.window());
        return new TrainSettings(
                data.settings(table.settings(forecast)),
                network.settings(from, forecast.isPresent()),
                loss.settings(),
                updates,
                schedule == null ? ScheduleSettings.NONE : schedule.settings(updates.rule()),
                checkpoints == null ? CheckpointSettings.NONE : checkpoints.settings(updates.rule()),
                globals.seed(),
                globals.threads());
    }

    /// Refuses an option of single steps for L-BFGS, which minimizes over the whole training set.
    /// @param given whether the option was given
    static void refuseForMinimizer(Record rule, String option, boolean given) {
        if (given && rule instanceof Lbfgs) {
            throw new ConfigException(
                    option, "expects an optimizer that takes a step for each batch, got --optimizer lbfgs");
        }
    }

    /// The value of an option that must be at least 1; empty if it was not given.
    public static OptionalInt positive(String option, @Nullable Integer value) {
        if (value == null) return OptionalInt.empty();
        if (value < 1) throw new ConfigException(option, "expects at least 1, got " + value);
        return OptionalInt.of(value);
    }
}
