package dev.neurite.cli.bench;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/// Times a short action by repeating it.
/// @param seconds the approximate time of a round
/// @param turns asks for the rounds that count; empty if the last five count
record Stopwatch(double seconds, Optional<Rounds> turns) {
    private static final int ROUNDS = 5;
    private static final double STEADY =
            0.97; // of the five rounds before; if rounds get faster, the JVM is still warming up
    private static final double COMPILED = 0.05; // of the five rounds' time, spent by the JVM on compiling: little
    private static final int MOST = 10; // times five rounds
    private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

    /// Asks for rounds once the action has warmed up.
    interface Rounds {
        /// @param round runs one, returns milliseconds an action
        /// @param warm the milliseconds without any round
        /// @return the milliseconds that count
        double median(DoubleSupplier round, double warm);
    }

    /// A stopwatch of which the last five rounds count.
    Stopwatch(double seconds) {
        this(seconds, Optional.empty());
    }

    /// Measures five rounds, and five more as long as these are faster or the JVM compiles meanwhile: it does for up to
    /// three seconds with a perceptron and seven with ResNet-20.
    /// @return milliseconds an action, the median of the last five rounds, or of those that were asked for
    double millis(Runnable action) {
        double before = median(action);
        double now = median(action);
        boolean compiles = true;
        for (int i = 2; i < MOST && (compiles || now < STEADY * before); i++) {
            long start = System.nanoTime();
            long compiled = COMPILER.getTotalCompilationTime();
            before = now;
            now = median(action);
            double millis = (System.nanoTime() - start) * 1e-6;
            compiles = (double) (COMPILER.getTotalCompilationTime() - compiled) > COMPILED * millis;
        }
        double warm = now;
        return turns.map(each -> each.median(() -> round(action), warm)).orElse(warm);
    }

    private double median(Runnable action) {
        double[] rounds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) rounds[i] = round(action);
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private double round(Runnable action) {
        long start = System.nanoTime();
        long times = 0;
        long nanos;
        do {
            action.run();
            times++;
            nanos = System.nanoTime() - start;
        } while (nanos < seconds * 1e9);
        return nanos * 1e-6 / (double) times;
    }
}
