package dev.neurite.spark.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// The number of workers of a training: the number that was asked for, or that of the executors.
final class WorkerCount {
    /// The wait for lost executors to come back.
    static final Duration RETURN = Duration.ofSeconds(20);

    private final Executors executors;
    private final OptionalInt asked;
    private final Duration first; // the wait for executors to come

    /// @param asked the number that was asked for, at least 1; empty for one on each executor
    /// @param first the longest wait for the first executors
    WorkerCount(Executors executors, OptionalInt asked, Duration first) {
        if (asked.isPresent() && asked.getAsInt() < 1) {
            throw new ConfigException("workers", "expects at least 1, got " + asked.getAsInt());
        }
        this.executors = executors;
        this.asked = asked;
        this.first = first;
    }

    /// The number as it is known now, without a wait.
    int now() {
        return asked.orElseGet(() -> Math.max(1, executors.slots()));
    }

    /// Waits for the executors.
    /// @throws ResourceException if none comes
    /// @throws ConfigException if fewer come than the workers that were asked for
    void awaitExecutors() throws InterruptedException {
        if (asked.isPresent()) requireSlots(asked.getAsInt());
        else requireOne();
    }

    /// The number that the training should have; waits for the executors.
    /// @param advise takes a sentence, if the shards are too few for the executors
    /// @throws ConfigException for more than shards or executors
    /// @throws ResourceException if there is no executor
    int wanted(int shards, Consumer<String> advise) throws InterruptedException {
        if (asked.isEmpty()) {
            int slots = requireOne();
            if (shards == 1 && slots > 1) {
                advise.accept("1 worker trains, as a step has 1 shard, and the cluster has slots for " + slots
                        + " workers; take .shards(" + slots + ")");
            }
            return Math.min(slots, shards);
        }
        int number = asked.getAsInt();
        if (number > shards) {
            throw new ConfigException(
                    "workers",
                    "expects at most one for each of " + shards + " shards, got " + number,
                    "Take .shards(" + number + ") in the trainer and in source");
        }
        requireSlots(number);
        return number;
    }

    /// The number after a failure, for which there are places then; waits for executors to come back.
    /// @param wanted the number that the training should have
    /// @throws ResourceException if there is no executor
    int left(int wanted) throws InterruptedException {
        int slots = executors.await(wanted, RETURN);
        if (slots == 0) slots = executors.await(1, first);
        if (slots == 0) throw noExecutor();
        return Math.min(wanted, slots);
    }

    private int requireOne() throws InterruptedException {
        int all = executors.awaitAll(first);
        if (all == 0) throw noExecutor();
        return all;
    }

    private void requireSlots(int number) throws InterruptedException {
        int slots = executors.await(number, first);
        if (slots == 0) throw noExecutor();
        if (slots < number) {
            throw new ConfigException(
                    "workers",
                    "expects " + number + " workers, the cluster has slots for " + slots,
                    "A worker takes a whole executor. Start more executors, or ask for fewer workers. " + longer());
        }
    }

    private String longer() {
        return "If executors need more than " + first.toSeconds() + " s to come, set " + SparkSettings.WAIT;
    }

    private ResourceException noExecutor() {
        return new ResourceException(
                "training on Spark",
                "expects at least 1 executor within " + first.toSeconds() + " s, got none",
                "Are there workers with free cores and memory? " + longer() + ". Spark's log says more");
    }
}
