package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.console.GlobalOptions;
import dev.neurite.cli.console.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The command `neurite` itself: lists the commands.
@Command(
        name = "neurite",
        description = "Neural networks from scratch, on the JVM.",
        versionProvider = RootCommand.VersionText.class,
        footer = {
            "",
            "Examples:",
            "  neurite train fashion-mnist            train on 60,000 images, in a few seconds",
            "  neurite train iris --layers 16,16      train on a small table",
            "  neurite train fashion-mnist --ui       watch the training in the browser",
            "  neurite evaluate runs/<run>            measure it on test data",
            "  neurite predict runs/<run> digit.png   predict with it",
            "  neurite help train                     help of a command",
            "",
            "Exit codes:",
            "  0 success",
            "  1 a bug of neurite",
            "  2 usage or settings",
            "  3 data, or a file that does not exist",
            "  4 model file that is damaged, or has what is not supported",
            "  5 training diverged",
            "  6 memory, disk or files",
            "  7 paused by --time-limit before the end",
            "  129 lost terminal, 130 Ctrl-C, 143 SIGTERM",
            "After 7, 129, 130 and 143, train --resume continues the run."
        })
final class RootCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private GlobalOptions options;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    RootCommand(Context context) {
        this.context = context;
        this.options = context.options();
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(context.io().out());
        return 0;
    }

    /// For picocli.
    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"neurite " + Version.current()};
        }
    }
}
