package dev.neurite.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ExchangesTest {
    /// The watchdog meets an Error, as without memory, and ends the other slow requests all the same.
    @Test
    void anErrorDoesNotEndTheWatchdog() throws InterruptedException {
        var met = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var odd = new AtomicBoolean(true);
        try (var exchanges = new Exchanges(TestServer.QUICK, task -> new Thread(task) {
            private final boolean fails = odd.getAndSet(false); // the first one

            @Override
            public void interrupt() {
                boolean first = met.getCount() > 0;
                met.countDown();
                if (fails && first) throw new OutOfMemoryError("of this test");
                super.interrupt();
            }
        })) {
            exchanges.start();
            exchanges.execute(() -> await(new CountDownLatch(1)));
            assertThat(met.await(10, TimeUnit.SECONDS)).isTrue();
            exchanges.execute(() -> {
                await(new CountDownLatch(1));
                ended.countDown();
            });
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /// Waits until the thread is interrupted.
    private static void await(CountDownLatch never) {
        try {
            assertThat(never.await(20, TimeUnit.SECONDS)).isFalse();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
