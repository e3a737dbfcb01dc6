package dev.neurite.cli.bench;

import java.util.Arrays;

/// Times something short by doing it again and again.
/// @param seconds how long a round of it takes, about
record Stopwatch(double seconds) {
    private static final int ROUNDS = 5;
    private static final double STEADY = 0.97; // of what the five rounds before took: faster is still warming up
    private static final int MOST = 10; // times five rounds

    /// Does it for five rounds, and for five more as long as these are faster: it is being compiled, which takes the
    /// JVM up to three seconds for a perceptron and seven for ResNet-20.
    /// @return milliseconds each time took, the median of the last five rounds
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
