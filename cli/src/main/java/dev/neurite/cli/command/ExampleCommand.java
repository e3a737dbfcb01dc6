package dev.neurite.cli.command;

import dev.neurite.cli.console.Context;
import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.examples.ByHand;
import dev.neurite.examples.Identity;
import dev.neurite.examples.Xor;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `neurite example`.
@Command(
        name = "example",
        description = "Show a small network at work, with its formulas and numbers.",
        footer = {
            "",
            "The examples:",
            "  identity   a network of 4 inputs learns the identity function",
            "  by-hand    weights set by hand; forward, backward and update, step by step",
            "  xor        exclusive or with two hidden units: why only some seeds learn it",
            "",
            "Examples:",
            "  neurite example identity",
            "  neurite example by-hand",
            "  neurite example xor"
        })
final class ExampleCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "identity|by-hand|xor", description = "The example to run.")
    private String name = "";

    ExampleCommand(Context context) {
        this.context = context;
    }

    private enum Name {
        IDENTITY,
        BY_HAND,
        XOR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public Integer call() {
        PrintStream out = context.io().out();
        Name example = EnumChoice.of("example", name, Name.values());
        if (context.json()) {
            throw new ConfigException(
                    "--json", "is not for examples: they print text", "Leave it out, or see 'neurite train --help'");
        }
        if (context.seeded()) {
            throw new ConfigException("--seed", "is not for examples: each has fixed seeds", "Leave it out");
        }
        switch (example) {
            case IDENTITY -> Identity.run(out);
            case BY_HAND -> ByHand.run(out);
            case XOR -> Xor.run(out);
        }
        return 0;
    }
}
