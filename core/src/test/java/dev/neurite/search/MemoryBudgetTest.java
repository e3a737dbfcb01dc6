package dev.neurite.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class MemoryBudgetTest {
    @Test
    @Timeout(30)
    void aTrainingWaitsUntilWhatItNeedsIsFree() throws InterruptedException {
        var budget = new MemoryBudget(100);
        budget.take(70, () -> {});
        var begun = new CountDownLatch(1);
        Thread second = Thread.ofPlatform().start(() -> {
            budget.take(40, () -> {});
            begun.countDown();
        });
        budget.take(30, () -> {}); // fits beside the first
        assertThat(begun.await(100, TimeUnit.MILLISECONDS)).isFalse();
        budget.release(70);
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(second.join(Duration.ofSeconds(20))).isTrue();
    }

    @Test
    @Timeout(30)
    void anInterruptEndsTheWait() {
        var budget = new MemoryBudget(100);
        assertThat(budget.take(70, () -> {})).isTrue();
        Thread.currentThread().interrupt();
        assertThat(budget.take(40, () -> {})).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        budget.release(70);
        assertThat(budget.take(100, () -> {})).isTrue(); // nothing is left of the one before
    }

    @Test
    void oneThatIsAloneIsLetThroughAndRefusedByItself() {
        var budget = new MemoryBudget(100);
        assertThatThrownBy(() -> budget.take(500, () -> {
                    throw new IllegalStateException("too large");
                }))
                .hasMessage("too large");
        budget.take(500, () -> {});
        budget.release(500);
        budget.take(100, () -> {});
    }
}
