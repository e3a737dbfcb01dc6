package dev.neurite.cli.run;

import dev.neurite.cli.console.ProcessSignals;
import dev.neurite.data.Dataset;
import dev.neurite.train.Callback;
import dev.neurite.train.EpochRunner;
import dev.neurite.train.TrainingControl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Handles SIGINT (Ctrl-C), SIGTERM and SIGHUP (lost terminal) during trainings: the first signal
/// pauses the trainings after the current step, the second ends the process at once. Steps that a cluster takes are
/// interrupted: such a training pauses before the current epoch.
public final class SignalPause implements Callback, AutoCloseable {
    private final Consumer<String> note;
    private final Map<String, Object> before = new LinkedHashMap<>();
    private volatile @Nullable String caught;
    private @Nullable Thread waiting; // for a cluster

    /// Handles the signals until [#close].
    /// @param note prints a line for the user
    public SignalPause(Consumer<String> note) {
        this.note = note;
        for (String name : ProcessSignals.NUMBERS.keySet()) {
            before.put(name, ProcessSignals.handle(name, ProcessSignals.handler(() -> signaled(name))));
        }
    }

    /// The exit code for the signal that was caught; empty if there was none.
    public Optional<Integer> exitCode() {
        return Optional.ofNullable(caught).map(ProcessSignals::exitCode);
    }

    private synchronized void signaled(String signal) {
        if (caught != null) Runtime.getRuntime().halt(ProcessSignals.exitCode(signal));
        caught = signal;
        boolean waits = waiting != null;
        note.accept((waits ? "stopping this epoch; --resume begins it again" : "pausing after this step")
                + "; press Ctrl-C again to end at once");
        if (waiting != null) waiting.interrupt();
    }

    /// Has signals interrupt epochs that are taken elsewhere, but not what the training's thread does between
    /// them: that may be a file that it writes.
    EpochRunner interrupting(EpochRunner epochs) {
        return new Interrupting(epochs);
    }

    private final class Interrupting implements EpochRunner {
        private final EpochRunner epochs;

        Interrupting(EpochRunner epochs) {
            this.epochs = epochs;
        }

        @Override
        public Dataset like() {
            return epochs.like();
        }

        @Override
        public int rows() {
            return epochs.rows();
        }

        @Override
        public String dataHash() {
            return epochs.dataHash();
        }

        @Override
        public Result run(Epoch epoch) throws InterruptedException {
            await(true);
            try {
                return epochs.run(epoch);
            } finally {
                await(false);
            }
        }

        /// Begins or ends to take interrupts.
        private void await(boolean begins) throws InterruptedException {
            synchronized (SignalPause.this) {
                waiting = begins ? Thread.currentThread() : null;
                if (begins && caught != null) throw new InterruptedException();
                if (!begins) Thread.interrupted(); // it came when the epoch had ended: [#begin] pauses
            }
        }
    }

    @Override
    public Observer begin(TrainingControl training) {
        return _ -> {
            String signal = caught;
            if (signal != null) training.pause("interrupted by SIG" + signal);
        };
    }

    @Override
    public void close() {
        before.forEach(ProcessSignals::handle);
    }
}
