package dev.neurite.cli.report;

import dev.neurite.cli.console.Console;
import dev.neurite.cli.console.Context;
import java.util.function.Consumer;

/// Says on a terminal what a command is doing, in a line that is redrawn in place; elsewhere nothing.
public final class StatusLine implements Consumer<String>, AutoCloseable {
    private final Context context;

    public StatusLine(Context context) {
        this.context = context;
    }

    @Override
    public void accept(String doing) {
        if (context.quiet() || !context.io().animated()) return;
        String printable = Console.printable(doing);
        int most = Math.max(0, context.io().columns() - 1);
        context.io()
                .err()
                .print("\r" + printable.substring(0, Math.min(most, printable.length())) + Progress.TO_LINE_END);
        context.io().err().flush();
    }

    /// Erases the line.
    @Override
    public void close() {
        accept("");
    }
}
