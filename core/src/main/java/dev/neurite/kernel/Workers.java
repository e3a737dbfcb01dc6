package dev.neurite.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A fixed team of daemon threads that help whoever calls [#run].
///
/// A helper spins a short while for the next region and then parks. When the team is busy with another
/// caller's region, or closed, a region runs in its caller alone: the parts and so the results are the
/// same.
final class Workers implements AutoCloseable {
    private static final long SPIN_NANOS = 30_000;

    private final Thread[] helpers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable Region current;
    private volatile boolean closed;

    /// @param threads the caller included
    Workers(int threads) {
        helpers = new Thread[threads - 1];
        for (int i = 0; i < helpers.length; i++) {
            helpers[i] = Thread.ofPlatform().daemon().name("neurite-" + (i + 1)).start(this::help);
        }
    }

    /// The number of threads that work on a region, the caller included.
    int threads() {
        return helpers.length + 1;
    }

    /// Calls `body` with 0 … parts−1, in any order and on any thread of the team, and returns when all are
    /// done. What a part throws is thrown here, after the others have ended.
    void run(int parts, IntConsumer body) {
        if (parts <= 1 || helpers.length == 0 || closed || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < parts; part++) body.accept(part);
            return;
        }
        try {
            var region = new Region(parts, body);
            current = region;
            for (int i = 0; i < Math.min(helpers.length, parts - 1); i++) LockSupport.unpark(helpers[i]);
            region.work();
            region.await();
        } finally {
            current = null;
            busy.set(false);
        }
    }

    private void help() {
        Region last = null;
        long idleSince = System.nanoTime();
        while (!closed) {
            Region region = current;
            if (region != null && region != last) {
                region.work();
                last = region;
                idleSince = System.nanoTime();
            } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
                Thread.onSpinWait();
            } else {
                last = null; // keeps no finished region alive; working on one again finds nothing to do
                LockSupport.park(this);
                idleSince = System.nanoTime();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread helper : helpers) LockSupport.unpark(helper);
    }

    private static final class Region {
        private final int parts;
        private final IntConsumer body;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private volatile @Nullable Throwable failure;

        Region(int parts, IntConsumer body) {
            this.parts = parts;
            this.body = body;
        }

        void work() {
            for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
                try {
                    body.accept(part);
                } catch (RuntimeException | Error thrown) {
                    failure = thrown;
                } finally {
                    done.incrementAndGet();
                }
            }
        }

        void await() {
            for (int spins = 0; done.get() < parts; spins++) {
                if (spins < 10_000) Thread.onSpinWait();
                else LockSupport.parkNanos(50_000);
            }
            Throwable thrown = failure;
            if (thrown instanceof Error error) throw error;
            if (thrown instanceof RuntimeException exception) throw exception;
        }
    }
}
