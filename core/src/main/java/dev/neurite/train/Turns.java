package dev.neurite.train;

import java.util.concurrent.atomic.AtomicBoolean;

/// Has something serve one call at a time, until it is closed. A call that comes while another goes on, from another
/// thread or from code that the other one calls, is refused: it would find things half done.
final class Turns {
    /// One call, which its end closes.
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    private final String where;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Turn turn = () -> taken.set(false);
    private volatile boolean closed;

    /// @param where what is served, for messages
    Turns(String where) {
        this.where = where;
    }

    /// Begins a call.
    /// @throws IllegalStateException while another goes on, or once it is closed
    Turn take() {
        if (closed) throw new IllegalStateException(where + ": expects calls before close(), got one after it");
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException(where + ": expects one call at a time, got one in the middle of another."
                    + " It belongs to one thread, and cannot be called from what it calls itself");
        }
        return turn;
    }

    /// No more calls.
    void close() {
        closed = true;
    }
}
