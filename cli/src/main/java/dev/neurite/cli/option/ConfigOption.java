package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.List;
import picocli.CommandLine.Option;

/// The option `--set`, for commands that take a configuration as DATA.
public final class ConfigOption {
    public static final String SET = "--set";

    @Option(
            names = SET,
            paramLabel = "KEY=VALUE",
            description =
                    "Change a key of the configuration: optimizer.rate=3e-4. Needs a configuration (.yaml) as DATA or"
                            + " FILE. May be repeated.")
    private List<String> set = List.of();

    /// Refuses changes without a configuration. With one, the configuration has been replaced by its options before.
    void refuseWithoutConfiguration() {
        if (set.isEmpty()) return;
        throw new ConfigException(SET, "expects a configuration (a .yaml file) as DATA, got none");
    }

    /// The changes, in their order.
    public List<String> changes() {
        return set;
    }
}
