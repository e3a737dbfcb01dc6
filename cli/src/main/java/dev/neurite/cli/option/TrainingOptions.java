package dev.neurite.cli.option;

import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.error.ConfigException;
import dev.neurite.optim.Lbfgs;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;

/// The options of all commands that train: what, on which loss, and how. They are checked before any data is read.
public final class TrainingOptions {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @ArgGroup(validate = false, order = 5, heading = "%nThe data:%n")
    private DataOptions data = new DataOptions();

    @ArgGroup(validate = false, order = 6, heading = "%nTables in CSV files:%n")
    private TableOptions table = new TableOptions();

    @ArgGroup(validate = false, order = 1, heading = "%nThe network:%n")
    private NetworkOptions network = new NetworkOptions();

    @ArgGroup(validate = false, order = 2, heading = "%nThe loss:%n")
    private LossOptions loss = new LossOptions();

    @ArgGroup(validate = false, order = 3, heading = "%nA step:%n")
    private OptimizerOptions update = new OptimizerOptions();

    /// What all options together say.
    /// @param rate the learning rate; null for the optimizer's usual one
    /// @param course those of the epochs; null where a command has none
    /// @param keeping those of ending early and keeping; null where a command has none
    /// @param from the run whose weights to begin with; null for none
    /// @throws ConfigException for what is unknown or out of its range
    public TrainSettings settings(
            GlobalOptions globals,
            @Nullable Double rate,
            @Nullable ScheduleOptions course,
            @Nullable CheckpointOptions keeping,
            @Nullable String from) {
        config.refuseWithoutConfiguration();
        OptimizerSettings updates = update.settings(rate);
        return new TrainSettings(
                data.settings(table.settings()),
                network.settings(from),
                loss.settings(),
                updates,
                course == null ? ScheduleSettings.NONE : course.settings(updates.rule()),
                keeping == null ? CheckpointSettings.NONE : keeping.settings(updates.rule()),
                globals.seed(),
                globals.threads());
    }

    /// Refuses an option of steps where there are none, but whole minimizations.
    /// @param given whether the option was
    static void refuseForMinimizer(Record rule, String option, boolean given) {
        if (given && rule instanceof Lbfgs) {
            throw new ConfigException(
                    option, "expects an optimizer that takes a step for each batch, got --optimizer lbfgs");
        }
    }

    /// A number that has to be at least 1; empty if the option was not given.
    public static OptionalInt positive(String option, @Nullable Integer value) {
        if (value == null) return OptionalInt.empty();
        if (value < 1) throw new ConfigException(option, "expects at least 1, got " + value);
        return OptionalInt.of(value);
    }
}
