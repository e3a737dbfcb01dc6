package dev.neurite.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleSupplier;

/// Rounds that another program asks for, which measures several processes in turn: on a machine that others
/// use, too, rounds that follow each other within a second can be compared, those of two minutes often cannot.
///
/// Prints `ready` when an action has warmed up. Then each line of input asks for a round, whose milliseconds
/// are printed. An empty line, or the end of the input, ends the action.
final class Turns implements Stopwatch.Rounds {
    private final BufferedReader in;
    private final PrintStream out;

    Turns(InputStream in, PrintStream out) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.out = out;
    }

    /// Runs the rounds that are asked for; the median of all counts.
    @Override
    public double median(DoubleSupplier round, double warm) {
        List<Double> rounds = new ArrayList<>();
        print("ready");
        for (String line = next(); !line.isEmpty(); line = next()) {
            rounds.add(round.getAsDouble());
            print(Double.toString(rounds.getLast()));
        }
        Collections.sort(rounds);
        return rounds.isEmpty() ? warm : rounds.get(rounds.size() / 2);
    }

    private void print(String line) {
        out.println(line);
        out.flush();
    }

    private String next() {
        try {
            String line = in.readLine();
            return line == null ? "" : line;
        } catch (IOException e) {
            throw new IllegalStateException("standard input: " + e.getMessage(), e);
        }
    }
}
