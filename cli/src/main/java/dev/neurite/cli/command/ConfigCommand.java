package dev.neurite.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `neurite config`.
@Command(
        name = "config",
        description = "Check configurations, and print their JSON schema.",
        abbreviateSynopsis = true,
        footer = {
            "",
            "A configuration is a YAML file with the options of train. 'neurite init' prints one to start from,",
            "'neurite train FILE.yaml' trains with it. With --json, check prints JSON.",
            "",
            "Examples:",
            "  neurite config check config.yaml",
            "  neurite config schema > neurite.schema.json"
        })
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expects check or schema after config, got nothing");
    }
}
