package dev.neurite.cli.command;

import dev.neurite.error.ConfigException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `neurite help`.
@Command(
        name = "help",
        description = "All about a command.",
        footer = {"", "Examples:", "  neurite help", "  neurite help train"})
final class HelpCommand implements Callable<Integer> {
    private final RootCommand neurite;

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "Which; without it, about all.")
    private @Nullable String command;

    HelpCommand(RootCommand neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        if (command != null && !neurite.commandNames().contains(command)) {
            throw new ConfigException(
                    "help", "expects one of " + String.join(", ", neurite.commandNames()) + ", got '" + command + "'");
        }
        return command == null ? neurite.execute("--help") : neurite.execute(command, "--help");
    }
}
