package dev.neurite.kernel.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// What threads work with, kept from call to call. A thread gets again what it had last, as long as nobody else needs
/// it: the arrays in it are in the caches of its core. On two threads that saves about a fiftieth of ResNet-20's step.
public final class WorkspacePool<W> {
    private static final int KEPT = 64; // of so many threads

    private final Supplier<W> made;
    private final List<W> idle = new ArrayList<>();
    private final long[] owners = new long[KEPT];

    public WorkspacePool(Supplier<W> made) {
        this.made = made;
    }

    /// This thread's, or the one that is idle for the longest time, or a new one.
    public synchronized W take() {
        long thread = Thread.currentThread().threadId();
        for (int i = idle.size() - 1; i >= 0; i--) {
            if (owners[i] == thread) return remove(i);
        }
        return idle.isEmpty() ? made.get() : remove(0);
    }

    private W remove(int i) {
        System.arraycopy(owners, i + 1, owners, i, idle.size() - 1 - i);
        return idle.remove(i);
    }

    /// Takes it back.
    public synchronized void release(W workspace) {
        if (idle.size() == KEPT) return;
        owners[idle.size()] = Thread.currentThread().threadId();
        idle.add(workspace);
    }
}
