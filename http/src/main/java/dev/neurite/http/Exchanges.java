package dev.neurite.http;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/// The threads of a server: one for each request that is being read or answered, and a watchdog,
/// which ends those whose client is too slow. The JDK's server executes here all that it does after
/// the first byte of a request.
final class Exchanges implements Executor, AutoCloseable {
    private static final Logger LOG = System.getLogger("dev.neurite.http");
    private static final long TICK = Duration.ofMillis(100).toNanos();

    private final Limits limits;
    private final ThreadFactory threads;
    private final Map<Thread, Watch> active = new ConcurrentHashMap<>();
    private final Thread watchdog;
    private volatile boolean closed;

    Exchanges(Limits limits, ThreadFactory threads) {
        this.limits = limits;
        this.threads = threads;
        watchdog = Thread.ofPlatform().daemon().name("neurite-http-watchdog").unstarted(this::watch);
    }

    void start() {
        watchdog.start();
    }

    /// Runs an exchange in a thread of its own.
    /// @throws RejectedExecutionException if there are too many, upon which the JDK's server closes
    /// the connection
    @Override
    public void execute(Runnable exchange) {
        if (closed || active.size() >= limits.exchanges()) throw new RejectedExecutionException("too many requests");
        Thread thread = threads.newThread(() -> {
            try {
                exchange.run();
            } finally {
                active.remove(Thread.currentThread());
            }
        });
        active.put(thread, new Watch(thread, limits.head()));
        thread.start();
    }

    /// What an exchange does under a watch.
    @FunctionalInterface
    interface Watched {
        /// Answers.
        void run(Watch watch) throws IOException;
    }

    /// Runs an exchange in the calling thread: one of these, or one of another server, which watches the time
    /// of the headers itself.
    void run(Watched exchange) throws IOException {
        Thread thread = Thread.currentThread();
        Watch own = active.get(thread);
        if (own != null) {
            exchange.run(own);
            return;
        }
        var watch = new Watch(thread, limits.head());
        active.put(thread, watch);
        try {
            exchange.run(watch);
        } finally {
            active.remove(thread);
            if (watch.isCut()) Thread.interrupted(); // the thread goes on with other exchanges
        }
    }

    /// The number of requests that are being read or answered.
    int count() {
        return active.size();
    }

    @SuppressWarnings("IllegalCatch") // the watchdog must not die: without it slow clients keep their threads
    private void watch() {
        boolean told = false;
        while (!closed) {
            LockSupport.parkNanos(this, TICK);
            long now = System.nanoTime();
            for (Watch each : active.values()) {
                try {
                    each.check(now);
                } catch (Throwable e) {
                    if (!told) LOG.log(Level.WARNING, "a request cannot be ended", e);
                    told = true;
                }
            }
        }
    }

    /// Waits until all requests are answered whose headers have come, and no more have come for a while, or
    /// until the time is over.
    /// @param quiet how long no request must be there
    void drain(Duration limit, Duration quiet) {
        long now = System.nanoTime();
        long deadline = now + limit.toNanos();
        long since = now;
        while (now - deadline < 0 && !Thread.currentThread().isInterrupted()) {
            if (active.values().stream().anyMatch(Watch::hasBegun)) since = now;
            else if (now - since >= quiet.toNanos()) return;
            LockSupport.parkNanos(this, Duration.ofMillis(5).toNanos());
            now = System.nanoTime();
        }
    }

    /// Closes the connections that are left.
    @Override
    public void close() {
        closed = true;
        for (Watch each : active.values()) each.cut();
        LockSupport.unpark(watchdog);
    }
}
