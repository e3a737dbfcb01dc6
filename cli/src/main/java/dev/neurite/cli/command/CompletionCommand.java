package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `neurite completion`.
@Command(
        name = "completion",
        description = "Print a script that lets bash or zsh complete commands and options.",
        footer = {"", "Run it in the shell, or put it into ~/.bashrc or ~/.zshrc:", "  source <(neurite completion)"})
final class CompletionCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    CompletionCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.io().out().println(AutoComplete.bash("neurite", spec.root().commandLine()));
        return 0;
    }
}
