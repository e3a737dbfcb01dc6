package dev.neurite.serve.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A request in a [BatchQueue]. Whoever computes takes its items and adds their results: one thread after the
/// other, with the lock of the queue between them.
/// @param <T> an item
/// @param <R> the result of an item
final class QueuedRequest<T, R> {
    /// Ends what waits too long. A virtual thread that waits with a limit wakes a thread of its scheduler (JDK 25), for
    /// each request twice; this one wakes for the first deadline only.
    private static final ScheduledThreadPoolExecutor TIMERS = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("neurite-serve-deadlines").factory());

    static {
        TIMERS.setRemoveOnCancelPolicy(true);
    }

    private final List<T> items;
    private final Batching<T> batching;
    private final Deadline deadline;
    private final long since = System.nanoTime();
    private final List<R> results = new ArrayList<>();
    private final CompletableFuture<List<R>> answer = new CompletableFuture<>();
    private int next; // item

    QueuedRequest(List<T> items, Batching<T> batching, Deadline deadline) {
        this.items = Collections.unmodifiableList(new ArrayList<>(items));
        this.batching = batching;
        this.deadline = deadline;
    }

    // ------------------------------------------------------------------------------------- for the thread that waits

    /// Waits for the results, until the deadline.
    List<R> await() throws InterruptedException, ExecutionException {
        if (answer.isDone()) return answer.get();
        Future<?> timer =
                TIMERS.schedule(() -> fail(Deadline.over()), deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        try {
            return answer.get();
        } finally {
            timer.cancel(false);
        }
    }

    /// Wants no answer any more.
    void cancel() {
        answer.cancel(false);
    }

    // ---------------------------------------------------------------------------------------- for whoever computes

    /// When it came, by [System#nanoTime].
    long since() {
        return since;
    }

    /// Whether it is answered, or too late for that.
    boolean isOver() {
        return answer.isDone() || deadline.isOver();
    }

    /// The rows of the items that were not taken.
    int rows() {
        return rows(next, items.size());
    }

    private int rows(int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) sum += batching.rows().applyAsInt(items.get(i));
        return sum;
    }

    /// The tokens of the items that were not taken, estimated.
    long tokens() {
        long sum = 0;
        for (T each : left()) sum += batching.tokens().applyAsInt(each);
        return sum;
    }

    List<T> items() {
        return items;
    }

    /// The items that were not taken.
    List<T> left() {
        return items.subList(next, items.size());
    }

    /// A part with none of them yet.
    Part part() {
        return new Part(next);
    }

    void succeed(List<R> all) {
        answer.complete(all);
    }

    void fail(Throwable problem) {
        answer.completeExceptionally(problem);
    }

    /// Items of it that are computed in one batch.
    final class Part {
        private final int from;
        private int to;

        private Part(int from) {
            this.from = from;
            this.to = from;
        }

        /// Adds the next item.
        void grow() {
            to++;
        }

        boolean isEmpty() {
            return to == from;
        }

        /// Takes its items.
        /// @return whether some are left
        boolean take() {
            next = to;
            return to < items.size();
        }

        QueuedRequest<T, R> request() {
            return QueuedRequest.this;
        }

        List<T> items() {
            return items.subList(from, to);
        }

        int rows() {
            return QueuedRequest.this.rows(from, to);
        }

        boolean isWhole() {
            return from == 0 && to == items.size();
        }

        void add(List<R> more) {
            results.addAll(more);
            if (results.size() == items.size()) succeed(results);
        }
    }
}
