package dev.neurite.cli.config;

import dev.neurite.cli.option.ConfigOption;
import dev.neurite.yaml.YamlNode.Mapping;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// The parameter FILE of commands that take a configuration, and its changes by `--set`.
public final class ConfigArgument {
    @Parameters(paramLabel = "FILE", description = "A configuration.")
    private String file = "";

    @Mixin
    private ConfigOption config = new ConfigOption();

    /// The file.
    public String file() {
        return file;
    }

    /// Reads the file and applies the changes.
    /// @throws dev.neurite.error.NeuriteException if the file cannot be read or a change is invalid
    public Mapping read() {
        return YamlEdits.read(file, config.changes());
    }
}
