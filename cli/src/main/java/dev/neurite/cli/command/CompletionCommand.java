package dev.neurite.cli.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `neurite completion`.
@Command(
        name = "completion",
        description = "Print a script that lets bash or zsh complete commands and options.",
        footer = {"", "In this shell, or for all in ~/.bashrc or ~/.zshrc:", "  source <(neurite completion)"})
final class CompletionCommand implements Callable<Integer> {
    private final RootCommand neurite;

    CompletionCommand(RootCommand neurite) {
        this.neurite = neurite;
    }

    @Override
    public Integer call() {
        neurite.print(neurite.completion());
        return 0;
    }
}
