package dev.neurite.optim;

import java.util.Collections;
import java.util.List;

/// Where a training stands when a [Schedule] is asked: all that a schedule can know. Counts in the
/// schedule's [Schedule#unit()], steps or epochs.
/// @param now how many steps or epochs are over, so 0 in the first
/// @param total how many the run has; 0 if nobody knows, as where the caller brings batch after batch
/// @param watched the value of the monitored metric in each epoch that is over, in order: the loss,
/// unless [dev.neurite.train.Trainer#monitor] names another
public record Moment(long now, long total, List<Double> watched) {
    /// Keeps the list, not a copy of it.
    /// @throws dev.neurite.error.ConfigException for a number below 0
    public Moment {
        Ranges.count(0, "moment of a schedule", now);
        Ranges.count(0, "length of a run", total);
        watched = Collections.unmodifiableList(watched);
    }

    /// A moment for schedules that watch no losses.
    public static Moment of(long now, long total) {
        return new Moment(now, total, List.of());
    }

    /// The share of a schedule's length that is over, from 0 to 1; 1 from its end on.
    /// @param length as in [Schedule#length()]
    /// @throws dev.neurite.error.ConfigException if both lengths, the schedule's and the run's, are 0
    public double share(long length) {
        long whole = span(length);
        return now >= whole ? 1 : (double) now / whole;
    }

    /// The schedule's own length, or what is left of the run for a schedule without one.
    /// @param length as in [Schedule#length()]
    /// @throws dev.neurite.error.ConfigException if both lengths, the schedule's and the run's, are 0
    public long span(long length) {
        long whole = length > 0 ? length : total;
        Ranges.require(whole > 0, "schedule", "expects a length of its own, as the run's is not known, got none");
        return whole;
    }
}
