package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Idle executors for later predictions, with their buffers. Safe to use from many threads.
///
/// If there are too many, or their buffers are too large, those unused for the longest time are
/// dropped. Those on closed kernels are dropped at the next prediction.
final class ExecutorPool {
    private static final int MOST = 64;
    private static final long MOST_FLOATS = 1L << 26; // 256 MB in all

    private final Function<Kernels, Executor> maker;
    private final ArrayDeque<Executor> idle = new ArrayDeque<>(); // the last used first

    /// @param maker makes an executor on these kernels
    ExecutorPool(Function<Kernels, Executor> maker) {
        this.maker = maker;
    }

    /// An executor on these kernels, for the caller alone until [#release].
    Executor take(Kernels kernels) {
        Executor known = takeIdle(kernels);
        return known == null ? maker.apply(kernels) : known;
    }

    private synchronized @Nullable Executor takeIdle(Kernels kernels) {
        if (!idle.isEmpty()) idle.removeIf(each -> each.kernels().isClosed());
        for (Executor executor : idle) {
            if (executor.kernels().equals(kernels)) {
                idle.removeFirstOccurrence(executor);
                return executor;
            }
        }
        return null;
    }

    /// Keeps an executor for later. An executor that failed must not come back.
    void release(Executor executor) {
        executor.reset();
        keep(executor);
    }

    private synchronized void keep(Executor executor) {
        idle.addFirst(executor);
        long floats = 0;
        for (Executor each : idle) floats += each.bufferFloats();
        while (!idle.isEmpty() && (idle.size() > MOST || floats > MOST_FLOATS)) {
            floats -= idle.removeLast().bufferFloats();
        }
    }
}
