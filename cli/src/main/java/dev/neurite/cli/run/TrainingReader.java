package dev.neurite.cli.run;

import dev.neurite.cli.config.ConfigFile;
import dev.neurite.cli.config.ConfigKeys;
import dev.neurite.cli.input.LoadedData;
import dev.neurite.cli.option.TrainSettings;
import java.util.Map;

/// Reads configurations as the command `train` does. Errors name the line of the file.
public interface TrainingReader {
    /// The keys of configurations.
    ConfigKeys keys();

    /// The settings of a configuration.
    /// @throws dev.neurite.error.ConfigException for unknown settings, or values out of range
    TrainSettings settings(ConfigFile file);

    /// The settings of a configuration, for a command that makes folds itself.
    /// @throws dev.neurite.error.ConfigException also where the configuration has folds
    TrainSettings settingsOf(String command, ConfigFile file);

    /// Reads the data of a configuration.
    /// @throws dev.neurite.error.NeuriteException if it cannot be read
    LoadedData data(ConfigFile file);

    /// The values of all options, with defaults filled in.
    /// @throws dev.neurite.error.NeuriteException if settings or data are invalid
    Map<String, Object> options(ConfigFile file);
}
