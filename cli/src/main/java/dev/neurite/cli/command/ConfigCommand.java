package dev.neurite.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `neurite config`.
@Command(
        name = "config",
        description = "Check configurations: YAML files with the options of a training.",
        abbreviateSynopsis = true,
        footer = {
            "",
            "A configuration is trained by 'neurite train FILE.yaml'; 'neurite init' writes one to begin with.",
            "With --json, check prints the configuration, or the errors, as JSON.",
            "",
            "Examples:",
            "  neurite config check config.yaml",
            "  neurite config schema > neurite.schema.json"
        })
final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sees to it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "expects check or schema after config, got nothing");
    }
}
