package dev.neurite.cli.library;

import dev.neurite.cli.console.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `neurite runs`.
@Command(
        name = "runs",
        description = "List, compare, tag and remove runs, and find the best.",
        abbreviateSynopsis = true,
        footer = {
            "",
            "A RUN is a run's directory, or the name of a run in the directory --in, runs by default. With --json,",
            "the commands print JSON.",
            "",
            "Examples:",
            "  neurite runs ls --sort accuracy",
            "  neurite runs diff wide narrow",
            "  neurite runs tag wide baseline",
            "  neurite predict $(neurite runs best accuracy) new.csv",
            "  neurite runs export --mlflow mlruns"
        })
public final class RunsCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private RunsCommand() {}

    /// The command with those below it.
    public static CommandLine parser(Context context) {
        return new CommandLine(new RunsCommand())
                .addSubcommand(new RunsListCommand(context))
                .addSubcommand(new RunsShowCommand(context))
                .addSubcommand(new RunsDiffCommand(context))
                .addSubcommand(new RunsBestCommand(context))
                .addSubcommand(new RunsTagCommand(context))
                .addSubcommand(new RunsNoteCommand(context))
                .addSubcommand(new RunsRemoveCommand(context))
                .addSubcommand(new RunsExportCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "expects " + String.join(", ", spec.subcommands().keySet()) + " after runs, got nothing");
    }
}
