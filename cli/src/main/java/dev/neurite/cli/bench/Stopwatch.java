package dev.neurite.cli.bench;

import java.util.Arrays;

/// Times a short action by repeating it.
/// @param seconds the approximate time of a round
record Stopwatch(double seconds) {
    private static final int ROUNDS = 5;
    private static final double STEADY =
            0.97; // of the five rounds before; if rounds get faster, the JVM is still warming up
    private static final int MOST = 10; // times five rounds

    /// Measures five rounds, and five more as long as these are faster: the JVM compiles meanwhile, for
    /// up to three seconds with a perceptron and seven with ResNet-20.
    /// @return milliseconds an action, the median of the last five rounds
    double millis(Runnable action) {
        double before = median(action);
        double now = median(action);
        for (int i = 2; i < MOST && now < STEADY * before; i++) {
            before = now;
            now = median(action);
        }
        return now;
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
