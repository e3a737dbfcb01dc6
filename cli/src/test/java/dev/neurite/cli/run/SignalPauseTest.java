package dev.neurite.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.train.EpochRunner;
import dev.neurite.train.Snapshot;
import dev.neurite.train.TrainingState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// A signal while a cluster takes the steps of an epoch.
@DisabledOnOs(OS.WINDOWS)
@Timeout(60)
final class SignalPauseTest {
    private static final EpochRunner.Epoch EPOCH =
            new EpochRunner.Epoch(new TrainingState(Map.of(), Snapshot.empty()), 1, 1, 1, 1);

    private final BlockingQueue<String> notes = new ArrayBlockingQueue<>(9);

    /// A cluster whose epochs are this.
    private interface Steps extends EpochRunner {
        @Override
        default Dataset like() {
            throw new IllegalStateException();
        }

        @Override
        default int rows() {
            return 1;
        }

        @Override
        default String dataHash() {
            return "";
        }
    }

    /// Sends a signal to this process. Javac's warning about the API cannot be suppressed.
    private static void raise() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        signal.getMethod("raise", signal)
                .invoke(
                        null,
                        signal.getConstructor(String.class).newInstance("TERM")); // nobody is started to ignore it
    }

    @Test
    void anEpochThatIsTakenElsewhereIsInterrupted() throws Exception {
        var begun = new CountDownLatch(1);
        try (var pause = new SignalPause(notes::add)) {
            Steps steps = _ -> {
                begun.countDown();
                new CountDownLatch(1).await(); // for ever
                throw new IllegalStateException("not interrupted");
            };
            Thread sender = Thread.ofPlatform().start(() -> {
                try {
                    begun.await();
                    raise();
                } catch (ReflectiveOperationException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThatThrownBy(() -> pause.interrupting(steps).run(EPOCH)).isInstanceOf(InterruptedException.class);
            sender.join();
            assertThat(notes.poll(30, TimeUnit.SECONDS))
                    .isEqualTo("stopping this epoch; --resume begins it again; press Ctrl-C again to end at once");
            assertThat(pause.exitCode()).contains(143);
        }
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void whatTheThreadDoesBetweenEpochsIsNotInterrupted() throws Exception {
        try (var pause = new SignalPause(notes::add)) {
            EpochRunner.Result result = new EpochRunner.Result(EPOCH.state(), List.of());
            Steps steps = _ -> result;
            EpochRunner epochs = pause.interrupting(steps);
            assertThat(epochs.run(EPOCH)).isSameAs(result);
            raise();
            assertThat(notes.poll(30, TimeUnit.SECONDS)).startsWith("pausing after this step");
            assertThat(Thread.interrupted()).isFalse();
            assertThatThrownBy(() -> epochs.run(EPOCH))
                    .isInstanceOf(InterruptedException.class); // nor does another begin
        }
    }
}
