package dev.neurite.cli.command;

import dev.neurite.cli.console.ProcessSignals;

/// Takes Ctrl-C while an answer is written: it ends the answer, not the program.
final class AnswerStop implements AutoCloseable {
    private static final String INTERRUPT = "INT";

    private final Object before;
    private volatile boolean stopped;

    /// Handles the signal until [#close].
    AnswerStop() {
        before = ProcessSignals.handle(INTERRUPT, ProcessSignals.handler(this::stop));
    }

    /// What the signal does.
    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    @Override
    public void close() {
        ProcessSignals.handle(INTERRUPT, before);
    }
}
