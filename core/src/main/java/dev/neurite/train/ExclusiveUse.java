package dev.neurite.train;

import java.util.concurrent.atomic.AtomicBoolean;

/// Lets one call at a time into an object, until it is closed. A call during another one, from another
/// thread or from code that the other one calls, is refused: it would find the object half changed.
final class ExclusiveUse {
    /// One call, which ends when this is closed.
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final String where;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Use use = () -> taken.set(false);
    private volatile boolean closed;

    /// @param where the object, for messages
    ExclusiveUse(String where) {
        this.where = where;
    }

    /// Begins a call.
    /// @throws IllegalStateException during another one, or once closed
    Use begin() {
        if (closed) throw new IllegalStateException(where + ": expects calls before close(), got one after it");
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException(where + ": expects one call at a time, got one in the middle of another."
                    + " It belongs to one thread, and cannot be called from what it calls itself");
        }
        return use;
    }

    /// Refuses all later calls.
    void close() {
        closed = true;
    }
}
