package dev.neurite.kernel.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A fixed pool of daemon threads that run parallel regions together with the caller of [#run].
///
/// A worker spins for a short time for the next parallel region and then parks. If the pool is busy
/// with the region of another caller, or closed, a region runs on its caller's thread alone, in the
/// same parts and so with the same results. A region allocates nothing.
public final class Workers implements AutoCloseable {
    /// About the time between two regions of a training step; parking and unparking takes longer.
    private static final long SPIN_NANOS = 30_000;

    private static final int SPINS = 16; // between two looks at the time, which take longer

    private final Helper[] helpers;
    private final boolean spins;
    private final AtomicBoolean busy = new AtomicBoolean();

    /// The number of the running region (upper half) and of its parts that are not yet taken (lower
    /// half). A thread takes a part by decrementing it, so a worker that comes late finds 0 and
    /// cannot take a part of a later region.
    private final AtomicLong ticket = new AtomicLong();

    // The code of the ticket's region; it only changes while no part is left to take.
    private volatile @Nullable IntConsumer body;
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    private volatile boolean closed;

    /// @param threads the number of threads, including the caller's
    Workers(int threads) {
        spins = threads <= Runtime.getRuntime().availableProcessors();
        helpers = new Helper[threads - 1];
        for (int i = 0; i < helpers.length; i++) helpers[i] = new Helper(i + 1);
        for (Helper helper : helpers) helper.thread.start();
    }

    /// The number of threads of a parallel region, including the caller's.
    public int threads() {
        return helpers.length + 1;
    }

    /// Runs a parallel region: calls `code` with 0 … count−1, in any order and on any thread, and
    /// returns when all are done. If a part throws, the exception is rethrown here after the
    /// running parts have ended.
    void run(int count, IntConsumer code) {
        if (count <= 1 || helpers.length == 0 || closed || !busy.compareAndSet(false, true)) {
            for (int part = 0; part < count; part++) code.accept(part);
            return;
        }
        try {
            body = code;
            unfinished.set(count);
            long region = regionOf(ticket.get() + (1L << 32));
            ticket.set(region << 32 | count);
            for (int i = 0; i < Math.min(helpers.length, count - 1); i++) helpers[i].wake();
            work(region);
            await();
        } finally {
            body = null;
            busy.set(false);
        }
    }

    /// Takes parts of this region until none is left.
    private void work(long region) {
        while (true) {
            long next = ticket.get();
            IntConsumer code = body;
            int left = (int) next;
            if (regionOf(next) != region || left == 0 || code == null) return;
            if (!ticket.compareAndSet(next, next - 1)) continue;
            try {
                code.accept(left - 1);
            } catch (RuntimeException | Error thrown) {
                failure = thrown;
            } finally {
                unfinished.decrementAndGet();
            }
        }
    }

    private static long regionOf(long ticket) {
        return ticket >>> 32;
    }

    private void await() {
        for (int spun = 0; unfinished.get() > 0; spun++) {
            if (spins && spun < 10_000) Thread.onSpinWait();
            else LockSupport.parkNanos(20_000);
        }
        Throwable thrown = failure;
        failure = null;
        if (thrown instanceof Error error) throw error;
        if (thrown instanceof RuntimeException exception) throw exception;
    }

    /// Whether the pool is closed; its threads have ended or will end soon.
    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        for (Helper helper : helpers) LockSupport.unpark(helper.thread);
    }

    private final class Helper {
        private final Thread thread;
        private volatile boolean asleep;

        Helper(int number) {
            thread = Thread.ofPlatform().daemon().name("neurite-" + number).unstarted(this::help);
        }

        void wake() {
            if (asleep) LockSupport.unpark(thread);
        }

        private void help() {
            long last = 0;
            long idleSince = System.nanoTime();
            int spun = 0;
            while (!closed) {
                long region = regionOf(ticket.get());
                if (region != last) {
                    work(region);
                    last = region;
                    idleSince = System.nanoTime();
                } else if (spins && (++spun % SPINS != 0 || System.nanoTime() - idleSince < SPIN_NANOS)) {
                    Thread.onSpinWait();
                } else {
                    asleep = true; // set before checking again, so that no wake-up is missed
                    if (regionOf(ticket.get()) == last && !closed) LockSupport.park(Workers.this);
                    asleep = false;
                    idleSince = System.nanoTime();
                }
            }
        }
    }
}
