package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Executors that wait for the next prediction, with their buffers. Safe to use from many threads.
///
/// Those longest unused make room where there are too many, or their buffers too large; those whose
/// kernels are closed go with the next prediction.
final class ExecutorPool {
    private static final int MOST = 64;
    private static final long MOST_FLOATS = 1L << 26; // 256 MB in all

    private final Function<Kernels, Executor> making;
    private final ArrayDeque<Executor> idle = new ArrayDeque<>(); // the last used first

    /// @param making makes an executor on these kernels
    ExecutorPool(Function<Kernels, Executor> making) {
        this.making = making;
    }

    /// An executor on these kernels, for the caller alone until it is released.
    Executor take(Kernels kernels) {
        Executor waiting = waiting(kernels);
        return waiting == null ? making.apply(kernels) : waiting;
    }

    private synchronized @Nullable Executor waiting(Kernels kernels) {
        if (!idle.isEmpty()) idle.removeIf(each -> each.kernels().isClosed());
        for (Executor executor : idle) {
            if (executor.kernels().equals(kernels)) {
                idle.removeFirstOccurrence(executor);
                return executor;
            }
        }
        return null;
    }

    /// Keeps an executor for later. Only those that ended well come back.
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
