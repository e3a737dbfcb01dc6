package dev.neurite.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Sends one client the events of its [Feed], in the thread of its exchange: asks the feed again and again for
/// what is new.
final class EventStream {
    private static final byte[] BEGIN = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PIECE = 16 << 10;

    /// Pings that tell a client that is gone: the first makes its system refuse, the second finds
    /// that out.
    private static final int PROBES = 2;

    private static final Duration BETWEEN_PROBES = Duration.ofMillis(40);

    /// Events that are sent as often as this tell as well whether the client is gone.
    private static final long OFTEN = Duration.ofMillis(700).toNanos();

    private final Feed feed;
    private final Duration every;
    private final OutputStream out;
    private final Watch watch;
    private final Limits limits;
    private final Thread thread = Thread.currentThread();
    private volatile long lastSent = System.nanoTime();
    private volatile boolean stopped;
    private final AtomicInteger probes = new AtomicInteger();

    /// The stream of the calling thread.
    /// @param every the time between two calls of the feed
    EventStream(Feed feed, Duration every, OutputStream out, Watch watch, Limits limits) {
        this.feed = feed;
        this.every = every;
        this.out = out;
        this.watch = watch;
        this.limits = limits;
    }

    /// Sends events until there are no more or the server stops.
    /// @throws IOException if the client is gone or takes nothing
    void run() throws IOException {
        send(BEGIN);
        while (!stopped && feed.send((event, id, data) -> send(Event.bytes(event, id, data)))) {
            boolean probe = probes.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            if (probe || System.nanoTime() - lastSent >= limits.ping().toNanos()) send(PING);
            flush();
            if (!stopped) LockSupport.parkNanos(this, (probe ? BETWEEN_PROBES : every).toNanos());
            if (Thread.interrupted()) throw new InterruptedIOException("the server closes");
        }
        flush();
    }

    private void send(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += PIECE) {
            watch.write(limits.write());
            out.write(bytes, at, Math.min(PIECE, bytes.length - at));
        }
        watch.work();
        lastSent = System.nanoTime();
    }

    private void flush() throws IOException {
        watch.write(limits.write());
        out.flush();
        watch.work();
    }

    /// Finds out soon whether the client is still there.
    void probe() {
        if (System.nanoTime() - lastSent < OFTEN) return;
        probes.set(PROBES);
        LockSupport.unpark(thread);
    }

    /// Ends the stream.
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }
}
