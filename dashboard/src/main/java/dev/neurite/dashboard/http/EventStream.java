package dev.neurite.dashboard.http;

import dev.neurite.dashboard.http.EventHub.Frame;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// One client of a hub, in the thread of its exchange. Holds no events: it reads them from the
/// hub's ring.
final class EventStream {
    private static final byte[] BEGIN = "retry: 1000\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PIECE = 16 << 10;

    /// Pings that tell a client that is gone: the first makes its system refuse, the second finds
    /// that out.
    private static final int PROBES = 2;

    private static final long BETWEEN_PROBES = Duration.ofMillis(40).toNanos();

    /// Events that are sent as often as this tell as well whether the client is gone.
    private static final long OFTEN = Duration.ofMillis(700).toNanos();

    private final EventHub hub;
    private final Replay replay;
    private final OutputStream out;
    private final Watch watch;
    private final Limits limits;
    private final Thread thread = Thread.currentThread();
    private long lastId;
    private volatile long lastSent = System.nanoTime();
    private volatile boolean waiting;
    private volatile boolean stopped;
    private final AtomicInteger probes = new AtomicInteger();

    /// The stream of the calling thread.
    /// @param after the id that the client saw last
    EventStream(EventHub hub, Replay replay, long after, OutputStream out, Watch watch, Limits limits) {
        this.hub = hub;
        this.replay = replay;
        this.lastId = after;
        this.out = out;
        this.watch = watch;
        this.limits = limits;
    }

    /// Sends events until the hub closes or the server stops.
    /// @throws IOException if the client is gone or takes nothing
    void run() throws IOException {
        long next = hub.end(); // what is published from here on is in the ring, what came before is the replay's
        hub.add(this);
        try {
            send(BEGIN);
            replay();
            while (!stopped) {
                Frame frame = hub.at(next);
                if (frame == null) {
                    if (hub.isClosed() && next >= hub.end()) break;
                    await(next);
                    continue;
                }
                byte[] bytes = frame.number() == next ? frame.bytes() : null;
                if (bytes == null) { // it fell behind
                    next = replay.equals(Replay.NONE) ? Math.max(next, hub.end() - 1) : hub.end();
                    replay();
                } else {
                    next++;
                    boolean seen = frame.id() != EventHub.NO_ID && frame.id() <= lastId;
                    if (seen) continue;
                    send(bytes);
                    lastId = Math.max(lastId, frame.id());
                }
            }
            watch.write(limits.write());
            out.flush();
        } finally {
            hub.remove(this);
        }
    }

    private void replay() throws IOException {
        watch.work();
        replay.replay(lastId, event -> {
            send(event.bytes());
            lastId = Math.max(lastId, event.id());
        });
    }

    private void await(long next) throws IOException {
        watch.write(limits.write());
        out.flush();
        watch.work();
        boolean probe = probes.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        long rest = probe ? BETWEEN_PROBES : limits.ping().toNanos() - (System.nanoTime() - lastSent);
        if (rest > 0) {
            waiting = true;
            if (hub.at(next) == null && !stopped && !hub.isClosed()) LockSupport.parkNanos(this, rest);
            waiting = false;
        }
        if (Thread.interrupted()) throw new InterruptedIOException("the server closes");
        if (probe || System.nanoTime() - lastSent >= limits.ping().toNanos()) send(PING);
    }

    private void send(byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += PIECE) {
            watch.write(limits.write());
            out.write(bytes, at, Math.min(PIECE, bytes.length - at));
        }
        watch.work();
        lastSent = System.nanoTime();
    }

    /// Tells that there is an event, or that the hub has closed.
    void wake() {
        if (waiting) LockSupport.unpark(thread);
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
