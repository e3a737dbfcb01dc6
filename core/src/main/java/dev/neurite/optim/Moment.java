package dev.neurite.optim;

import java.util.Collections;
import java.util.List;

/// The progress of a training, the argument of a [Schedule]. Counts in the schedule's
/// [Schedule#unit()], steps or epochs.
/// @param now the number of completed steps or epochs, 0 in the first
/// @param total the number of steps or epochs of the run; 0 if unknown, as for a session
/// @param watched the monitored metric of each completed epoch, in order: the loss, unless
/// [dev.neurite.train.Trainer#monitor] names another
public record Moment(long now, long total, List<Double> watched) {
    /// Keeps the list without copying it.
    /// @throws dev.neurite.error.ConfigException for a number below 0
    public Moment {
        Ranges.count(0, "moment of a schedule", now);
        Ranges.count(0, "length of a run", total);
        watched = Collections.unmodifiableList(watched);
    }

    /// A moment for schedules that watch no metric.
    public static Moment of(long now, long total) {
        return new Moment(now, total, List.of());
    }

    /// The completed fraction of a schedule's length, from 0 to 1; 1 after its end.
    /// @param length as in [Schedule#length()]
    /// @throws dev.neurite.error.ConfigException if both lengths, the schedule's and the run's, are 0
    public double share(long length) {
        long whole = span(length);
        return now >= whole ? 1 : (double) now / whole;
    }

    /// The schedule's own length, or the rest of the run for a schedule without one.
    /// @param length as in [Schedule#length()]
    /// @throws dev.neurite.error.ConfigException if both lengths, the schedule's and the run's, are 0
    public long span(long length) {
        long whole = length > 0 ? length : total;
        Ranges.require(whole > 0, "schedule", "expects a length of its own, as the run's is not known, got none");
        return whole;
    }
}
