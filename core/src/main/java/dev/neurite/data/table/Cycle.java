package dev.neurite.data.table;

import java.time.LocalDateTime;

/// A cycle of the calendar. The place in it is an input of a network as the sine and cosine of an angle, so that its
/// end is beside its beginning.
public enum Cycle {
    /// The minutes of an hour.
    HOUR(3600),
    /// The hours of a day.
    DAY(86_400),
    /// The days of a week, which begins on Monday.
    WEEK(7 * 86_400),
    /// The days of a year.
    YEAR(365.2425 * 86_400);

    private final double seconds;

    Cycle(double seconds) {
        this.seconds = seconds;
    }

    /// Its length, seconds; of a year the mean.
    public double seconds() {
        return seconds;
    }

    /// The part of the cycle that has passed, from 0 to below 1.
    public double passed(LocalDateTime time) {
        double day = time.toLocalTime().toNanoOfDay() / 86_400e9;
        return switch (this) {
            case HOUR -> day * 24 % 1;
            case DAY -> day;
            case WEEK -> (time.getDayOfWeek().getValue() - 1 + day) / 7;
            case YEAR -> (time.getDayOfYear() - 1 + day) / time.toLocalDate().lengthOfYear();
        };
    }
}
