package dev.neurite.cli;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `neurite config check`.
@Command(
        name = "check",
        description = "Check a configuration with its data, and tell all that it says, usual values too.",
        abbreviateSynopsis = true,
        sortOptions = false,
        footer = {
            "",
            "What it tells is a configuration again. Nothing is trained.",
            "",
            "Examples:",
            "  neurite config check config.yaml",
            "  neurite config check config.yaml --set optimizer.rate=3e-4 --json"
        })
final class ConfigCheckCommand implements Callable<Integer> {
    private final Neurite neurite;

    @Parameters(paramLabel = "FILE", description = "A configuration.")
    private String file = "";

    @Mixin
    private ConfigOption config = new ConfigOption();

    ConfigCheckCommand(Neurite neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        ConfigKeys keys = neurite.configKeys();
        Configuration said = ConfigReader.read(keys, file, Configured.tree(file, config.changes()), Set.of());
        var options = neurite.told(said, train -> train.training().options());
        var writer = new ConfigWriter(keys);
        if (neurite.json()) neurite.printJson(writer.tree(options));
        else neurite.print(writer.write(options).stripTrailing());
        return 0;
    }
}
