package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.http.HttpProblem;
import dev.neurite.kernel.Kernels;
import dev.neurite.serve.model.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Texts are computed two at a time, and not on the threads of requests.
final class TextWriterTest {
    private static final Deadline LATER = Deadline.in(Duration.ofSeconds(20));

    private final TextWriter writer = new TextWriter(Kernels.shared());

    @Test
    void wholeTextsHaveThreadsOfTheSystem() throws Exception {
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> isVirtual = requests.submit(
                    () -> writer.apart(LATER, () -> Thread.currentThread().isVirtual()));
            assertThat(isVirtual.get(10, TimeUnit.SECONDS)).isFalse();
        }
        assertThatExceptionOfType(HttpProblem.class)
                .isThrownBy(() -> writer.apart(LATER, () -> {
                    throw HttpProblem.bad("prompt", "is wrong");
                }))
                .withMessage("is wrong");
    }

    @Test
    void twoAreComputedSixteenWaitAndOthersAreRefused() throws Exception {
        var begun = new CountDownLatch(2);
        var goOn = new CountDownLatch(1);
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < 18; i++) {
                all.add(requests.submit(() -> writer.apart(LATER, () -> {
                    begun.countDown();
                    return await(goOn);
                })));
            }
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            boolean refused = false;
            for (long end = System.nanoTime() + 10_000_000_000L; !refused && System.nanoTime() < end; ) {
                refused = isRefused(); // as soon as all have come
            }
            assertThat(refused).isTrue();
            goOn.countDown();
            for (Future<Boolean> each : all)
                assertThat(each.get(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(writer.inTurn(LATER, () -> "free")).isEqualTo("free");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Whether another one is refused at once.
    private boolean isRefused() {
        try {
            return writer.inTurn(Deadline.in(Duration.ofMillis(1)), () -> false);
        } catch (HttpProblem e) {
            assertThat(e.status()).isEqualTo(503);
            return String.valueOf(e.getMessage()).startsWith("too many requests wait for texts");
        }
    }

    @Test
    void whoWaitsForTooLongIsRefused() throws Exception {
        var goOn = new CountDownLatch(1);
        var begun = new CountDownLatch(2);
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2; i++) {
                requests.submit(() -> writer.apart(LATER, () -> {
                    begun.countDown();
                    return await(goOn);
                }));
            }
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatExceptionOfType(HttpProblem.class)
                    .isThrownBy(() -> writer.apart(Deadline.in(Duration.ofMillis(20)), () -> true))
                    .withMessage("other texts take all the time");
            goOn.countDown();
        }
    }
}
