package dev.neurite.cli.bench;

import dev.neurite.cli.console.Text;
import dev.neurite.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// Measured speeds, beside what the processor could reach.
/// @param peak GFLOP/s of one thread in a loop of multiply-adds on registers, the best of many short rounds
/// @param product GFLOP/s of a product of matrices of 1024 rows and columns, all threads together
/// @param memory GB/s of reading and writing, all threads together
/// @param threads that compute
/// @param cores of them that have a physical core
record SpeedCheck(double peak, double product, double memory, int threads, int cores) {
    private static final int ROWS = 1024;
    private static final double LITTLE = 0.6; // of the peak: less than large products reach on any machine
    private static final int FLOAT = 32; // bits
    private static final int LONGEST = 10; // rounds
    private static final double WHOLE = 0.8; // vector multiply-adds a cycle: a processor does one or two

    /// Measures for some multiples of a time.
    /// @param seconds the least time of a round
    static SpeedCheck measure(int threads, double seconds) {
        int cores = Math.min(threads, Kernels.defaultThreads());
        double product = new BenchCase.Gemm(ROWS).measure(threads, new Stopwatch(seconds / 5));
        double memory = new BenchCase.Memory().measure(threads, new Stopwatch(seconds / 10));
        double peak = 0; // below a product's until the loop is compiled, which takes long where others compute, too
        for (int i = 0; i < LONGEST && peak * cores < product; i++) {
            peak = Math.max(peak, Kernels.peakGflops(Math.max(0.5, seconds)));
        }
        return new SpeedCheck(peak, product, memory, threads, cores);
    }

    /// The share of the threads' peak that products reach.
    double share() {
        return product / (peak * cores);
    }

    /// How many vectors a thread multiplies and adds in a cycle; empty where the clock is not known.
    /// @param engine as `vector 256-bit`
    OptionalDouble perCycle(String engine, OptionalDouble megahertz) {
        int lanes = engine.equals("scalar") ? 1 : Integer.parseInt(engine.replaceAll("\\D", "")) / FLOAT;
        return megahertz.isEmpty() ? megahertz : OptionalDouble.of(peak * 1000 / (2 * lanes * megahertz.getAsDouble()));
    }

    String peakLine(String engine, OptionalDouble megahertz) {
        String line = Text.format("%.0f GFLOP/s a thread", peak);
        OptionalDouble cycle = perCycle(engine, megahertz);
        if (cycle.isEmpty()) return line;
        return line
                + Text.format(
                        ": %.1f multiply-adds of vectors a cycle at %.1f GHz; processors do 1 or 2",
                        cycle.getAsDouble(), megahertz.getAsDouble() / 1000);
    }

    String productLine() {
        return Text.format("%.0f GFLOP/s, %.0f %% of what the threads reach at most", product, 100 * share());
    }

    String memoryLine() {
        return Text.format("%.1f GB/s", memory);
    }

    /// What is slower than it should be, and what to do about it.
    List<String> advice(String engine, JvmState.Machine machine) {
        List<String> advice = new ArrayList<>();
        OptionalDouble cycle = perCycle(engine, machine.megahertz());
        if (cycle.isPresent() && cycle.getAsDouble() < WHOLE && !engine.equals("scalar")) {
            advice.add("A thread reaches less than its processor should. It is shared with another virtual machine, is"
                    + " slowed down by heat or to save power, or the process has a limit on its time");
        }
        if (share() < LITTLE) {
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
