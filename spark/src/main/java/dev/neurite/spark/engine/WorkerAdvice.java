package dev.neurite.spark.engine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the times of an epoch's steps say about the number of workers.
/// @param workers their number
/// @param compute the time that a worker computes in a step, seconds
/// @param communicate the time that it sends and receives in a step and computes nothing meanwhile, seconds
record WorkerAdvice(int workers, double compute, double communicate) {
    /// Of medians: that of the slowest worker for computing; for communication that of the worker which waits
    /// the least, as the others wait for slower ones too.
    static WorkerAdvice of(List<EpochReport> reports) {
        return new WorkerAdvice(
                reports.size(),
                reports.stream().mapToDouble(EpochReport::stepCompute).max().orElse(0),
                reports.stream().mapToDouble(EpochReport::stepWait).min().orElse(0));
    }

    /// Whether another number of workers, or other steps, would do better, in a sentence; empty if not.
    Optional<String> text() {
        if (workers == 1) return Optional.empty();
        double one = workers * compute;
        String times = "a step computes " + millis(compute) + " and communicates " + millis(communicate) + " on "
                + workers + " workers";
        if (compute + communicate >= one) {
            return Optional.of("more than 1 worker does not pay: " + times + ", and would take about " + millis(one)
                    + " on one; take 1 worker, or larger batches");
        }
        if (3 * communicate > compute) {
            return Optional.of(
                    "more workers do not pay: " + times + "; take larger batches, or leave it at " + workers);
        }
        return Optional.empty();
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, seconds < 0.1 ? "%.1f ms" : "%.0f ms", 1e3 * seconds);
    }
}
