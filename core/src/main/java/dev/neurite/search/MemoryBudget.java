package dev.neurite.search;

/// Memory shared by trainings at the same time. A training begins when the memory it needs is free, or no other runs.
public final class MemoryBudget {
    private final long total;
    private long taken;
    private int holders;

    /// A budget.
    /// @param total in bytes
    public MemoryBudget(long total) {
        this.total = total;
    }

    /// 90 % of the heap that is free now; the rest is for the garbage collector.
    public static MemoryBudget ofHeap() {
        Runtime heap = Runtime.getRuntime();
        long used = heap.totalMemory() - heap.freeMemory();
        return new MemoryBudget((heap.maxMemory() - used) / 10 * 9);
    }

    /// Waits until the bytes are free, and takes them.
    /// @param alone called if no other training runs; throws if the training does not fit into the heap at all
    /// @return false if the thread was interrupted while it waited; then nothing is taken
    public synchronized boolean take(long bytes, Runnable alone) {
        while (holders > 0 && taken + bytes > total) {
            try {
                wait();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        if (holders == 0) alone.run();
        holders++;
        taken += bytes;
        return true;
    }

    /// Returns bytes taken by [#take].
    public synchronized void release(long bytes) {
        holders--;
        taken -= bytes;
        notifyAll();
    }
}
