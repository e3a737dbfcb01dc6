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

/// The command `neurite` itself: shows what commands there are.
@Command(
        name = "neurite",
        description = "Neural networks from scratch, on the JVM.",
        versionProvider = RootCommand.VersionText.class,
        footer = {
            "",
            "Examples:",
            "  neurite train fashion-mnist            train on 60,000 images, in some seconds",
            "  neurite train iris --layers 16,16      train on a small table",
            "  neurite evaluate runs/<run>            how good is it?",
            "  neurite predict runs/<run> digit.png   use it",
            "  neurite help train                     all about one command",
            "",
            "Exit codes: 0 success, 1 a bug of neurite, 2 usage or settings, 3 data, 4 model file,",
            "            5 training diverged, 6 memory, disk or files, 7 paused by --time-limit, without a model",
            "            yet; 129, 130 and 143 interrupted by a lost terminal, Ctrl-C or SIGTERM.",
            "            After 7 and those above 128, train --resume goes on."
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
