package dev.neurite.cli.bench;

import dev.neurite.cli.console.Text;
import dev.neurite.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// Measured speeds, beside what the processor reached at the same time.
/// @param peak GFLOP/s of one thread in a loop of multiply-adds on registers, while each core runs one
/// @param product GFLOP/s of a product of matrices of 1024 rows and columns, all threads together
/// @param share the share of the threads' peak that products reach
/// @param memory GB/s of reading and writing, all threads together
/// @param threads that compute
/// @param cores of them that have a physical core
record SpeedCheck(double peak, double product, double share, double memory, int threads, int cores) {
    private static final int ROWS = 1024;
    private static final double OPERATIONS = 2.0 * ROWS * ROWS * ROWS;
    private static final double LITTLE = 0.6; // of the peak: less than large products reach on any machine
    private static final double MOST = 1.2; // of the peak: where products reach more, it was measured wrongly
    private static final double COMPILED = 0.5; // seconds, after which the loop is, unless the machine is busy
    private static final int TRIES = 8; // to have it compiled
    private static final int PAIRS = 5;

    /// What was reached in turn, within a second, so that the clock and other programs were the same for both.
    private record Pair(double peak, double product) {}

    /// Measures for some multiples of a time.
    /// @param seconds the least time of a round
    static SpeedCheck measure(int threads, double seconds) {
        int cores = Math.min(threads, Kernels.defaultThreads());
        List<Pair> pairs = new ArrayList<>();
        try (ExecutorService loops = Executors.newFixedThreadPool(cores)) {
            Stopwatch.Rounds inTurn = (round, warm) -> {
                warmUp(loops, cores, seconds, OPERATIONS / (1e6 * warm));
                for (int i = 0; i < PAIRS; i++) {
                    double peak = peak(loops, cores, seconds / PAIRS);
                    pairs.add(new Pair(peak, OPERATIONS / (1e6 * round.getAsDouble())));
                }
                return warm;
            };
            new BenchCase.Gemm(ROWS).measure(threads, new Stopwatch(seconds / PAIRS, Optional.of(inTurn)));
        }
        double memory = new BenchCase.Memory().measure(threads, new Stopwatch(seconds / 10));
        return new SpeedCheck(
                median(pairs.stream().map(Pair::peak)) / cores,
                median(pairs.stream().map(Pair::product)),
                median(pairs.stream().map(each -> each.product / each.peak)),
                memory,
                threads,
                cores);
    }

    /// Runs the loops until they are faster than products, as they are once the JVM has compiled them. A busy machine
    /// gives its compiler little time.
    private static void warmUp(ExecutorService loops, int cores, double seconds, double product) {
        for (int i = 0; i < TRIES; i++) {
            if (peak(loops, cores, Math.max(COMPILED, seconds)) > product) return;
        }
    }

    /// The peaks of all cores at once, together.
    private static double peak(ExecutorService loops, int cores, double seconds) {
        return Stream.generate(() -> CompletableFuture.supplyAsync(() -> Kernels.peakGflops(seconds), loops))
                .limit(cores)
                .toList()
                .stream()
                .mapToDouble(CompletableFuture::join)
                .sum();
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = values.sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /// Whether the peak is far below what products reach, which it cannot be: other programs took the time.
    boolean isDisturbed() {
        return share > MOST;
    }

    String peakLine() {
        return isDisturbed() ? "not measured: the machine is busy" : Text.format("%.0f GFLOP/s a thread", peak);
    }

    String productLine() {
        String reached = Text.format("%.0f GFLOP/s", product);
        if (isDisturbed()) return reached;
        return Text.format("%s, %.0f %% of what the threads reach at most", reached, 100 * share);
    }

    String memoryLine() {
        return Text.format("%.1f GB/s", memory);
    }

    /// What is slower than it should be, and what to do about it.
    List<String> advice() {
        List<String> advice = new ArrayList<>();
        if (isDisturbed()) {
            advice.add("Other programs disturbed the measuring, so speeds say little. Close them, and run it again");
        }
        if (share < LITTLE) {
            advice.add(
                    "Products are far from what the threads reach. Another program takes time from them, or there are"
                            + " more threads than the machine gives: try " + "'neurite bench gemm --threads "
                            + Math.max(1, threads / 2) + "'");
        }
        if (threads > cores) {
            advice.add(
                    Text.format("%d threads share %d cores, which is not faster. Leave out --threads", threads, cores));
        }
        return advice;
    }
}
