package dev.neurite.dashboard.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/// Looks four times a second for what is new in the runs that somebody watches. One thread for all of
/// them.
final class Ticker implements AutoCloseable {
    private static final long INTERVAL = 250_000_000; // nanoseconds
    private static final Logger LOG = System.getLogger("dev.neurite.dashboard");

    private final List<RunStream> streams = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    Ticker() {
        Thread.ofVirtual().name("neurite-dashboard-ticker").start(this::run);
    }

    void add(RunStream stream) {
        streams.add(stream);
    }

    void remove(RunStream stream) {
        streams.remove(stream);
        stream.close();
    }

    @SuppressWarnings("IllegalCatch") // a run that cannot be read must not end the others
    private void run() {
        while (!closed) {
            for (RunStream each : streams) {
                try {
                    if (each.isWatched()) each.tick();
                } catch (RuntimeException e) {
                    LOG.log(Level.DEBUG, "a run cannot be read", e);
                }
            }
            LockSupport.parkNanos(INTERVAL);
        }
    }

    @Override
    public void close() {
        closed = true;
        streams.forEach(RunStream::close);
    }
}
