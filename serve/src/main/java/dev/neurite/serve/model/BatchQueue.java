package dev.neurite.serve.model;

import dev.neurite.http.HttpProblem;
import java.util.List;
import java.util.function.Function;

/// Where the items of requests wait until they are computed, those of several requests together. Safe to use from many
/// threads.
/// @param <T> an item: a row, a text, the tensors of a request
/// @param <R> the result of an item
public final class BatchQueue<T, R> implements AutoCloseable {
    private final Function<List<T>, List<R>> compute;

    /// @param compute results of items, in their order
    BatchQueue(Function<List<T>, List<R>> compute) {
        this.compute = compute;
    }

    /// Computes items, together with those of other requests, and waits for their results.
    /// @param deadline until when
    /// @return results in the order of the items
    /// @throws HttpProblem 503 if too many wait, 504 if the deadline is over
    /// @throws RuntimeException what the model throws for these items; those of other requests are not concerned
    public List<R> compute(List<T> items, Deadline deadline) {
        deadline.check();
        return compute.apply(items);
    }

    @Override
    public void close() {}
}
