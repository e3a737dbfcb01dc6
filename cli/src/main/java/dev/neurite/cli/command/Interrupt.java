package dev.neurite.cli.command;

import dev.neurite.cli.console.ProcessSignals;

/// What Ctrl-C does until [#close], instead of ending the program.
final class Interrupt implements AutoCloseable {
    private static final String SIGNAL = "INT";

    private final Object before;

    /// @param action runs in a thread of its own at each Ctrl-C
    Interrupt(Runnable action) {
        before = ProcessSignals.handle(SIGNAL, ProcessSignals.handler(action));
    }

    @Override
    public void close() {
        ProcessSignals.handle(SIGNAL, before);
    }
}
