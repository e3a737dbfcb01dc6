package dev.neurite.cli.option;

import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/// The options that all commands share that train, besides those of [SettingOptions]. They are checked before any
/// data is read.
public final class TrainingOptions {
    @Mixin
    private ConfigOption config = new ConfigOption();

    @ArgGroup(validate = false, order = 5, heading = "%nThe data:%n")
    private DataOptions data = new DataOptions();

    @ArgGroup(validate = false, order = 7, heading = "%nTables:%n")
    private TableOptions table = new TableOptions();

    @ArgGroup(validate = false, order = 8, heading = "%nTime series in tables:%n")
    private SeriesOptions series = new SeriesOptions();

    @ArgGroup(validate = false, order = 1, heading = "%nThe network:%n")
    private NetworkOptions network = new NetworkOptions();

    /// The settings of all options together.
    /// @param spec the command
    /// @param checkpoints the options of checkpoints; null if the command has none
    /// @param from the run whose weights to begin with; null for none
    /// @param adapters to train beside these weights
    /// @throws ConfigException for unknown names and values out of range
    public TrainSettings settings(
            GlobalOptions globals,
            CommandSpec spec,
            @Nullable CheckpointOptions checkpoints,
            @Nullable String from,
            Optional<LoraSettings> adapters) {
        config.refuseWithoutConfiguration();
        Optional<SeriesSettings> forecast = series.settings(data.window());
        Map<String, String> global = new LinkedHashMap<>();
        global.put("seed", Long.toString(globals.seed()));
        global.put("threads", Integer.toString(globals.threads()));
        var training = SettingOptions.settings(spec, global);
        return new TrainSettings(
                data.settings(table.settings(forecast)),
                network.settings(from, adapters, forecast.isPresent()),
                training,
                checkpoints == null ? CheckpointSettings.NONE : checkpoints.settings(training.preview()));
    }

    /// The value of an option that must be at least 1; empty if it was not given.
    public static OptionalInt positive(String option, @Nullable Integer value) {
        if (value == null) return OptionalInt.empty();
        if (value < 1) throw new ConfigException(option, "expects at least 1, got " + value);
        return OptionalInt.of(value);
    }
}
