package dev.neurite.dashboard.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.dashboard.view.WatchedRun;
import dev.neurite.dashboard.view.WatchedRun.RefusedException;
import dev.neurite.http.HttpProblem;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RunFailuresTest {
    private interface Answer {
        Object to(String question) throws Exception;
    }

    /// A run that answers all questions but that for its name so.
    private static WatchedRun run(String id, Answer answer) {
        return (WatchedRun) Proxy.newProxyInstance(
                WatchedRun.class.getClassLoader(),
                new Class<?>[] {WatchedRun.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "id", "toString" -> id;
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                    default -> answer.to(method.getName());
                });
    }

    /// Keeps what is logged.
    private static final class Recorder implements System.Logger {
        private final List<String> lines = new ArrayList<>();

        @Override
        public String getName() {
            return "recorder";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, Throwable thrown) {
            lines.add(level + ": " + text + ": " + thrown.getMessage());
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, Object... values) {
            lines.add(level + ": " + text);
        }
    }

    @Test
    void anErrorOfARunEndsNothingAndIsLoggedOnce() throws IOException {
        var log = new Recorder();
        var asked = new AtomicInteger();
        var feed = new RunFeed(
                run("large", _ -> {
                    asked.incrementAndGet();
                    throw new OutOfMemoryError("of this test");
                }),
                0,
                log);
        assertThat(feed.send((_, _, _) -> {})).isTrue();
        assertThat(feed.send((_, _, _) -> {})).isTrue();
        assertThat(asked).hasValue(2);
        assertThat(log.lines).containsExactly("WARNING: the run large cannot be followed: of this test");
    }

    @Test
    void aRunThatIsEvaluatedKeepsNoOtherWaiting() throws Exception {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        WatchedRun slow = run("slow", _ -> {
            begun.countDown();
            goOn.await();
            throw new RefusedException("slow");
        });
        WatchedRun quick = run("quick", _ -> {
            throw new RefusedException("quick");
        });
        var looks = new Looks();
        try (var threads = Executors.newSingleThreadExecutor()) {
            var waiting = threads.submit(() -> looks.now(slow, Looks.View.USUAL));
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> looks.now(quick, Looks.View.USUAL))
                    .isInstanceOf(HttpProblem.class)
                    .hasMessageContaining("quick");
            assertThatThrownBy(() -> looks.shown(quick, Looks.View.USUAL)).isInstanceOf(HttpProblem.class);
            goOn.countDown();
            assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(HttpProblem.class);
        }
    }
}
