package dev.neurite.dashboard.api;

import dev.neurite.dashboard.view.WatchedRun;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/// The streams of the runs that somebody watches. Looks twice a second for what is new in them, in
/// one thread for all. A stream stays for a minute without clients, for one that comes again; a run that
/// nobody watches is held by nothing here.
final class Ticker implements AutoCloseable {
    private static final long INTERVAL = 500_000_000; // nanoseconds
    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int MOST = 64; // streams
    private static final Logger LOG = System.getLogger("dev.neurite.dashboard");

    private final List<RunStream> streams = new CopyOnWriteArrayList<>();
    private final long kept;
    private volatile boolean closed;

    Ticker() {
        this(KEPT);
    }

    /// @param kept how long a stream stays without clients
    Ticker(Duration kept) {
        this.kept = kept.toNanos();
        Thread.ofPlatform().daemon().name("neurite-dashboard-ticker").start(this::run);
    }

    synchronized RunStream stream(WatchedRun run) {
        for (RunStream each : streams) {
            if (!each.run().equals(run)) continue;
            each.use();
            return each;
        }
        if (streams.size() >= MOST) {
            streams.stream().filter(each -> !each.isWatched()).findFirst().ifPresent(this::remove);
        }
        var stream = new RunStream(run);
        streams.add(stream);
        return stream;
    }

    private void remove(RunStream stream) {
        streams.remove(stream);
        stream.close();
    }

    private synchronized void removeIfIdle(RunStream stream) {
        if (stream.isIdle(kept)) remove(stream); // asked again: a client may have come
    }

    /// The number of streams.
    int count() {
        return streams.size();
    }

    private void run() {
        while (!closed) {
            for (RunStream each : streams) {
                if (each.isWatched()) {
                    each.use();
                    tick(each, LOG);
                } else if (each.isIdle(kept)) {
                    removeIfIdle(each);
                }
            }
            LockSupport.parkNanos(INTERVAL);
        }
    }

    /// Publishes what is new in a run. One that fails in whatever way ends neither the others nor this
    /// thread; the log has the first failure of each.
    @SuppressWarnings("IllegalCatch")
    static void tick(RunStream stream, Logger log) {
        try {
            stream.tick();
        } catch (Throwable e) {
            if (!stream.fails()) return; // told before
            log.log(Level.WARNING, "the run " + stream.run().id() + " cannot be followed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        streams.forEach(RunStream::close);
    }
}
