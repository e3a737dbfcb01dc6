package dev.neurite.dashboard.live;

import java.util.concurrent.CompletableFuture;

/// Something that a request asks the thread of a training to do between two steps.
/// @param task what to do there
/// @param result what comes of it
/// @param <T> the kind of the result
record Wish<T>(Task<T> task, CompletableFuture<T> result) {
    /// What to do between two steps.
    /// @param <T> the kind of the result
    interface Task<T> {
        T run() throws Exception;
    }

    static <T> Wish<T> of(Task<T> task) {
        return new Wish<>(task, new CompletableFuture<>());
    }

    /// Does it. An exception goes to who asked, and never into the training.
    @SuppressWarnings("IllegalCatch")
    void grant() {
        try {
            result.complete(task.run());
        } catch (Exception e) {
            result.completeExceptionally(e);
        }
    }

    /// Refuses it.
    void refuse(Exception reason) {
        result.completeExceptionally(reason);
    }
}
