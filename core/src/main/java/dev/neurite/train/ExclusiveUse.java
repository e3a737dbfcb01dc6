package dev.neurite.train;

import java.util.concurrent.atomic.AtomicBoolean;

/// Allows one call at a time to an object, until it is closed. Refuses a call during another one, from
/// another thread or from code that the other call runs: the object may be inconsistent then.
final class ExclusiveUse {
    /// A call; closing this ends it.
    interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final String where;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Use use = () -> taken.set(false);
    private volatile boolean closed;

    /// @param where the name of the object, for messages
    ExclusiveUse(String where) {
        this.where = where;
    }

    /// Begins a call.
    /// @throws IllegalStateException during another call, or after [#close]
    Use begin() {
        if (closed) throw new IllegalStateException(where + ": expects calls before close(), got one after it");
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException(where + ": expects one call at a time, got one in the middle of another."
                    + " Only one thread may use it at a time, and not from code that it calls");
        }
        return use;
    }

    /// Refuses all later calls.
    void close() {
        closed = true;
    }
}
