package dev.neurite.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The event streams of a server: a limited number.
final class Streams {
    private static final Duration PATIENCE = Duration.ofMillis(1_500); // of a client for a place
    private static final long BETWEEN_PROBES = Duration.ofSeconds(1).toNanos();

    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final Semaphore places;
    private final AtomicLong lastProbe = new AtomicLong(System.nanoTime() - BETWEEN_PROBES);
    private volatile boolean stopped;

    Streams(int most) {
        places = new Semaphore(most);
    }

    /// Takes a place. If there is none, clients that are gone make room: a page that is loaded
    /// again and again leaves streams behind, which nothing is sent to and which nobody has noticed
    /// yet.
    boolean enter() {
        if (stopped) return false;
        if (places.tryAcquire()) return true;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (long now = System.nanoTime(); now - deadline < 0; now = System.nanoTime()) {
                long next = probe(now);
                if (places.tryAcquire(Math.min(next, deadline - now), TimeUnit.NANOSECONDS)) return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /// Probes all streams, unless that was done within the last second: a crowd of clients that wait for a
    /// place must not cost more than one.
    /// @return nanoseconds until the next probe
    private long probe(long now) {
        long last = lastProbe.get();
        if (now - last >= BETWEEN_PROBES && lastProbe.compareAndSet(last, now)) {
            open.forEach(EventStream::probe);
            return BETWEEN_PROBES;
        }
        return Math.max(1, BETWEEN_PROBES - (now - last));
    }

    void leave() {
        places.release();
    }

    void add(EventStream stream) {
        open.add(stream);
        if (stopped) stream.stop();
    }

    void remove(EventStream stream) {
        open.remove(stream);
    }

    int count() {
        return open.size();
    }

    /// Ends all streams.
    void stop() {
        stopped = true;
        open.forEach(EventStream::stop);
    }
}
