package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.error.ConfigException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `neurite help`.
@Command(
        name = "help",
        description = "Show the help of a command.",
        footer = {"", "Examples:", "  neurite help", "  neurite help train", "  neurite help train --all"})
final class HelpCommand implements Callable<Integer> {
    static final String ALL = "--all";

    private final Context context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..1", description = "The command; without it, the list of commands.")
    private @Nullable String command;

    @Option(names = ALL, description = "Show all options of 'train', not only those that matter most.")
    @SuppressWarnings("UnusedVariable") // CommandRunner looks for the word
    private boolean all;

    HelpCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        Map<String, CommandLine> commands = spec.root().subcommands();
        CommandLine shown = command == null ? spec.root().commandLine() : commands.get(command);
        if (shown == null) {
            throw new ConfigException(
                    "help", "expects one of " + String.join(", ", commands.keySet()) + ", got '" + command + "'");
        }
        shown.usage(context.io().out());
        return 0;
    }
}
