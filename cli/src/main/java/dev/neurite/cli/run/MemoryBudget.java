package dev.neurite.cli.run;

/// Memory that trainings share that go on at the same time: one begins when what it needs is free, or when it is alone.
public final class MemoryBudget {
    private final long total;
    private long taken;
    private int holders;

    /// A budget of so many bytes.
    /// @param total bytes
    public MemoryBudget(long total) {
        this.total = total;
    }

    /// What is free of this JVM's heap now, but for a tenth that the garbage collector needs.
    public static MemoryBudget ofHeap() {
        Runtime heap = Runtime.getRuntime();
        long used = heap.totalMemory() - heap.freeMemory();
        return new MemoryBudget((heap.maxMemory() - used) / 10 * 9);
    }

    /// Waits until so many bytes are free, and takes them.
    /// @param alone refuses what does not fit even by itself; asked where no other training goes on
    public synchronized void take(long bytes, Runnable alone) {
        while (holders > 0 && taken + bytes > total) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
        if (holders == 0) alone.run();
        holders++;
        taken += bytes;
    }

    /// Gives bytes back that were taken.
    public synchronized void release(long bytes) {
        holders--;
        taken -= bytes;
        notifyAll();
    }
}
