package dev.neurite.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `neurite config schema`.
@Command(
        name = "schema",
        description = "Print the JSON schema of configurations, for editors.",
        footer = {
            "",
            "It follows JSON Schema 2020-12. Editors that know YAML complete and check a configuration with it.",
            "",
            "Examples:",
            "  neurite config schema > neurite.schema.json"
        })
final class ConfigSchemaCommand implements Callable<Integer> {
    private final RootCommand neurite;

    ConfigSchemaCommand(RootCommand neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        neurite.print(neurite.configSchema());
        return 0;
    }
}
