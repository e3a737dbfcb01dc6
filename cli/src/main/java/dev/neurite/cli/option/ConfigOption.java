package dev.neurite.cli.option;

import dev.neurite.error.ConfigException;
import java.util.List;
import picocli.CommandLine.Option;

/// The option that changes a configuration, for commands that take one in the place of the data.
public final class ConfigOption {
    public static final String SET = "--set";

    @Option(
            names = SET,
            paramLabel = "KEY=VALUE",
            description =
                    "Change a key of the configuration: optimizer.rate=3e-4. Needs a configuration (.yaml) as DATA or"
                            + " FILE. May be given again.")
    private List<String> set = List.of();

    /// Refuses changes of no configuration: where there is one, its options stand here in its place.
    void refuseWithoutConfiguration() {
        if (set.isEmpty()) return;
        throw new ConfigException(SET, "expects a configuration, a file *.yaml, in the place of the data, got none");
    }

    /// The changes, in their order.
    public List<String> changes() {
        return set;
    }
}
