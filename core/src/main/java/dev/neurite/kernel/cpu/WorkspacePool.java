package dev.neurite.kernel.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/// A pool of reusable objects with workspace. A thread gets the object back that it used last,
/// unless another thread has taken it, because its arrays are in the caches of the thread's core.
/// With two threads this makes a step of ResNet-20 about 2 % faster.
public final class WorkspacePool<W> {
    private static final int KEPT = 64; // the maximum number of idle objects

    private final Supplier<W> made;
    private final List<W> idle = new ArrayList<>();
    private final long[] owners = new long[KEPT];

    public WorkspacePool(Supplier<W> made) {
        this.made = made;
    }

    /// Takes the object that this thread used last, else the one idle for the longest time, else a
    /// new one.
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

    /// The sum of something over the idle objects.
    public synchronized long sum(ToLongFunction<W> of) {
        return idle.stream().mapToLong(of).sum();
    }

    /// Returns an object to the pool.
    public synchronized void release(W workspace) {
        if (idle.size() == KEPT) return;
        owners[idle.size()] = Thread.currentThread().threadId();
        idle.add(workspace);
    }
}
