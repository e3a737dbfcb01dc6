package dev.neurite.serve.model;

import dev.neurite.error.ConfigException;
import java.time.Duration;

/// How requests for a model are computed together.
/// @param rows the most rows or texts that are computed together, from 1; a larger request is computed in parts
/// @param tokens the most tokens of texts that are computed together, estimated from their lengths
/// @param delay how long the first of a batch waits for others while the model is idle, up to a minute. While it
/// computes, what comes is the next batch anyway
/// @param waiting the most rows or texts that wait; more get 503. Of a request that is computed in parts those of
/// one part count
public record BatchSettings(int rows, int tokens, Duration delay, int waiting) {
    private static final int MOST = 1 << 20;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /// 32 rows or texts, 8192 tokens, no delay, 1000 that wait.
    public static final BatchSettings USUAL = new BatchSettings(32, 8192, Duration.ZERO, 1000);

    /// Checks the numbers.
    /// @throws ConfigException if one is out of range
    public BatchSettings {
        check("batch", rows);
        check("batch tokens", tokens);
        check("queue", waiting);
        if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new ConfigException("delay", "expects 0 to 60 seconds, got " + delay.toMillis() / 1e3 + " s");
        }
    }

    private static void check(String where, int number) {
        if (number < 1 || number > MOST) throw new ConfigException(where, "expects 1 to " + MOST + ", got " + number);
    }

    public BatchSettings rows(int most) {
        return new BatchSettings(most, tokens, delay, waiting);
    }

    public BatchSettings tokens(int most) {
        return new BatchSettings(rows, most, delay, waiting);
    }

    public BatchSettings delay(Duration longest) {
        return new BatchSettings(rows, tokens, longest, waiting);
    }

    public BatchSettings waiting(int most) {
        return new BatchSettings(rows, tokens, delay, most);
    }
}
