package dev.neurite.dashboard.live;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Something that a request asks the thread of a training to do between two steps. It is done or
/// withdrawn, never both.
/// @param <T> the kind of the result
final class Wish<T> {
    /// What to do between two steps.
    /// @param <T> the kind of the result
    interface Task<T> {
        T run() throws Exception;
    }

    private final Task<T> task;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean(); // by the training, or by who withdraws it

    Wish(Task<T> task) {
        this.task = task;
    }

    /// What comes of it.
    CompletableFuture<T> result() {
        return result;
    }

    /// Does it, unless it was withdrawn. What it throws goes to who asked, and never into the training:
    /// also an [OutOfMemoryError] of a copy of the model.
    @SuppressWarnings("IllegalCatch")
    void grant() {
        if (!taken.compareAndSet(false, true)) return;
        try {
            result.complete(task.run());
        } catch (Exception | Error e) {
            result.completeExceptionally(e);
        }
    }

    /// Refuses it.
    void refuse(Exception reason) {
        if (taken.compareAndSet(false, true)) result.completeExceptionally(reason);
    }

    /// Takes it back.
    /// @return false if the training does it already, or has done it
    boolean withdraw() {
        return taken.compareAndSet(false, true);
    }
}
