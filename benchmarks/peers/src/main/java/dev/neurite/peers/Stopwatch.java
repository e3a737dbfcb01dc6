package dev.neurite.peers;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Scanner;

/// Times an action as `neurite bench` does: in groups of five rounds until one is not faster than the one before, as
/// the JVM compiles meanwhile.
/// @param inTurns whether rounds that another program asks for count, as with `neurite bench --turns`, not the last
/// five
record Stopwatch(boolean inTurns) {
    private static final int ROUNDS = 5;
    private static final double STEADY = 0.97; // of the five rounds before
    private static final int MOST = 10; // times five rounds

    /// Milliseconds each time takes: the median of the rounds that count.
    double millis(Runnable action, double seconds) {
        double before = median(action, seconds);
        double now = median(action, seconds);
        for (int i = 2; i < MOST && now < STEADY * before; i++) {
            before = now;
            now = median(action, seconds);
        }
        return inTurns ? median(roundsAskedFor(action, seconds), now) : now;
    }

    /// The milliseconds of a round for each line of input, up to an empty one or the end.
    private static List<Double> roundsAskedFor(Runnable action, double seconds) {
        var input = new Scanner(System.in, StandardCharsets.UTF_8);
        List<Double> rounds = new ArrayList<>();
        print("ready");
        while (input.hasNextLine() && !input.nextLine().isEmpty()) {
            rounds.add(round(action, seconds));
            print(rounds.getLast().toString());
        }
        return rounds;
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static double median(List<Double> rounds, double ofNone) {
        Collections.sort(rounds);
        return rounds.isEmpty() ? ofNone : rounds.get(rounds.size() / 2);
    }

    private static double median(Runnable action, double seconds) {
        double[] rounds = new double[ROUNDS];
        for (int i = 0; i < rounds.length; i++) rounds[i] = round(action, seconds);
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
        return nanos * 1e-6 / times;
    }
}
