package dev.neurite.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/// The time that a client has. The JDK's server blocks its thread while a client sends or takes
/// nothing; this ends that by an interrupt, which closes the connection.
///
/// The thread of the exchange says what it does; the watchdog of [Exchanges] calls [#check].
final class Watch {
    private static final long LAST_WORD = Duration.ofSeconds(1).toNanos();

    private enum Phase {
        /// Reads the request line and headers.
        HEAD,
        /// Computes, or waits for events: no limit.
        WORK,
        /// Reads the body.
        BODY,
        /// Has taken too long to read the body; another thread answers so.
        LATE,
        /// Writes, or throws away what is still coming.
        WRITE,
        /// Has been interrupted.
        CUT
    }

    private final Thread thread;
    private Phase phase = Phase.HEAD;
    private long deadline;
    private Runnable late = () -> {};

    Watch(Thread thread, Duration head) {
        this.thread = thread;
        this.deadline = System.nanoTime() + head.toNanos();
    }

    Thread thread() {
        return thread;
    }

    /// Whether more than the headers has come.
    synchronized boolean hasBegun() {
        return phase != Phase.HEAD;
    }

    /// Begins what has no limit.
    /// @throws IOException if the time is over already
    void work() throws IOException {
        begin(Phase.WORK, Duration.ZERO, () -> {});
    }

    /// Begins to read a body.
    /// @param late tells the client that it was too slow; called in a thread of its own
    void body(Duration limit, Runnable late) throws IOException {
        begin(Phase.BODY, limit, late);
    }

    /// Begins to write a piece of the answer.
    void write(Duration limit) throws IOException {
        begin(Phase.WRITE, limit, () -> {});
    }

    private synchronized void begin(Phase next, Duration limit, Runnable late) throws IOException {
        if (phase == Phase.LATE || phase == Phase.CUT) throw new InterruptedIOException("the client was too slow");
        phase = next;
        deadline = System.nanoTime() + limit.toNanos();
        this.late = late;
    }

    /// Ends the exchange if its time is over.
    synchronized void check(long now) {
        if (phase == Phase.WORK || phase == Phase.CUT || now - deadline < 0) return;
        if (phase != Phase.BODY) {
            cut();
            return;
        }
        phase = Phase.LATE;
        deadline = now + LAST_WORD;
        Runnable answer = late;
        Thread.ofVirtual().name("neurite-http-late").start(() -> {
            try {
                answer.run();
            } finally {
                cut();
            }
        });
    }

    synchronized boolean isCut() {
        return phase == Phase.CUT;
    }

    /// Closes the connection, whatever the thread does.
    synchronized void cut() {
        phase = Phase.CUT;
        thread.interrupt();
    }
}
