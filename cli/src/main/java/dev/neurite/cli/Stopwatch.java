package dev.neurite.cli;

import java.util.Arrays;

/// Times something short by doing it again and again.
/// @param seconds how long a round of it takes, about
record Stopwatch(double seconds) {
    private static final int ROUNDS = 5;

    /// Does it for a warm-up as long as five rounds, in which it is compiled (vector code takes the JVM up to
    /// three seconds), and then five rounds.
    /// @return milliseconds each time took, the median of the five
    double millis(Runnable action) {
        round(action, ROUNDS * seconds);
        double[] rounds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) rounds[i] = round(action, seconds);
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static double round(Runnable action, double seconds) {
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
