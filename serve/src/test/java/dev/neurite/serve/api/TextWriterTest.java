package dev.neurite.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.neurite.http.HttpProblem;
import dev.neurite.serve.model.Deadline;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Texts are computed two at a time, and not on the threads of requests.
final class TextWriterTest {
    private static final Deadline LATER = Deadline.in(Duration.ofSeconds(20));

    private final TextWriter writer = new TextWriter();

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
        var refused = new CountDownLatch(2);
        var goOn = new CountDownLatch(1);
        var texts = new AtomicInteger();
        try (ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                requests.submit(() -> {
                    try {
                        writer.apart(LATER, () -> await(goOn));
                        texts.incrementAndGet();
                    } catch (HttpProblem e) {
                        if (e.status() == 503) refused.countDown();
                    }
                });
            }
            assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
            goOn.countDown();
        }
        assertThat(texts).hasValue(18);
        assertThat(writer.inTurn(LATER, () -> "free")).isEqualTo("free");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
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
