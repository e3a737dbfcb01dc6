package dev.neurite.serve.model;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What a queue has done since its model was loaded, as Triton's statistics count it. Safe to use from many threads.
public final class QueueStatistics {
    /// Sizes of batches that are counted one by one; larger ones are counted as the next power of two, so that
    /// what clients send does not grow the table.
    private static final int EXACT = 256;

    private final Map<Integer, Total> batches = new TreeMap<>();
    private OptionalLong last = OptionalLong.empty();
    private long rows;
    private Total succeeded = Total.NONE;
    private Total failed = Total.NONE;
    private Total waited = Total.NONE;
    private Total computed = Total.NONE;

    /// How often something was done, and how long it took altogether.
    public record Total(long count, long nanos) {
        public static final Total NONE = new Total(0, 0);

        Total plus(long more, long time) {
            return new Total(count + more, nanos + time);
        }
    }

    /// The batches of one size.
    /// @param rows the size; above 256 a power of two, which stands for those below it
    public record Batches(int rows, Total computed) {}

    /// What was counted until a moment.
    /// @param lastMillis when a request ended last, in milliseconds since 1970; empty if none has
    /// @param rows those of all batches that were computed
    /// @param executions batches that were computed
    /// @param succeeded requests that got their results, and the time from their call to their result
    /// @param failed all other requests
    /// @param waited requests that were computed, and the time before that
    /// @param computed the same requests, each with the whole time of its batch
    /// @param batches by size, the smallest first
    public record Snapshot(
            OptionalLong lastMillis,
            long rows,
            long executions,
            Total succeeded,
            Total failed,
            Total waited,
            Total computed,
            List<Batches> batches) {
        /// The list is copied.
        public Snapshot {
            batches = List.copyOf(batches);
        }
    }

    /// Counts a batch that was computed.
    /// @param requests those that have items in it
    /// @param rows its items; of tensors their rows
    /// @param waited the time in nanoseconds that these requests waited for it, added up
    /// @param nanos the time in nanoseconds that it took
    public synchronized void executed(int requests, int rows, long waited, long nanos) {
        this.rows += rows;
        this.waited = this.waited.plus(requests, waited);
        computed = computed.plus(requests, requests * nanos);
        int size = rows <= EXACT || rows > 1 << 30 ? rows : Integer.highestOneBit(rows - 1) << 1;
        batches.merge(size, new Total(1, nanos), (some, more) -> some.plus(1, more.nanos));
    }

    /// Counts a request that got its results.
    /// @param nanos from its call on
    public synchronized void succeeded(long nanos) {
        succeeded = succeeded.plus(1, nanos);
        last = OptionalLong.of(System.currentTimeMillis());
    }

    /// Counts a request that got none.
    /// @param nanos from its call on
    public synchronized void failed(long nanos) {
        failed = failed.plus(1, nanos);
        last = OptionalLong.of(System.currentTimeMillis());
    }

    public synchronized Snapshot snapshot() {
        List<Batches> sizes = batches.entrySet().stream()
                .map(each -> new Batches(each.getKey(), each.getValue()))
                .toList();
        long executions = sizes.stream().mapToLong(each -> each.computed.count).sum();
        return new Snapshot(last, rows, executions, succeeded, failed, waited, computed, sizes);
    }
}
