package dev.neurite.train;

import dev.neurite.error.ConfigException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Pauses a training when it has taken this long since it began or was resumed, see [Trainer#resume]. A
/// step in progress, and the validation at the end of an epoch, end first.
/// @param limit above 0
public record TimeLimit(Duration limit) implements Callback {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    /// @throws ConfigException for a limit of 0 or less, or of more than 292 years
    public TimeLimit {
        if (!limit.isPositive()) throw new ConfigException("time limit", "expects more than 0, got " + limit);
        if (limit.compareTo(LONGEST) > 0) {
            throw new ConfigException("time limit", "expects at most " + LONGEST.toDays() + " days, got " + limit);
        }
    }

    @Override
    public Observer begin(TrainingControl training) {
        return begin(training, System::nanoTime);
    }

    /// `90s`, `8h`
    private String text() {
        return limit.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    /// @param clock the time in nanoseconds
    Observer begin(TrainingControl training, LongSupplier clock) {
        long start = clock.getAsLong();
        return event -> {
            boolean over = clock.getAsLong() - start >= limit.toNanos();
            if (over && event instanceof TrainingEvent.StepEnded) training.pause("time limit of " + text());
        };
    }
}
