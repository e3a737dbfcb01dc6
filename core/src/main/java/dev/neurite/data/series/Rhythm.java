package dev.neurite.data.series;

import dev.neurite.data.table.DateTime;
import dev.neurite.error.ConfigException;
import java.time.DayOfWeek;
import java.util.Set;
import java.util.stream.Collectors;

/// How far the steps of a time series usually are from each other.
public sealed interface Rhythm {
    /// Whole months, such as 1, 3 or 12.
    /// @param count how many, at least 1
    /// @param lastDay whether steps are the last days of months
    record Months(int count, boolean lastDay) implements Rhythm {}

    /// A number of seconds, on some days of the week.
    /// @param seconds above 0; at most a day if days are left out
    /// @param days those that the series has; empty for all
    record Seconds(double seconds, Set<DayOfWeek> days) implements Rhythm {
        /// @throws ConfigException for seconds that are not above 0, or more than a day if days are left out
        public Seconds {
            days = Set.copyOf(days);
            double most = days.isEmpty() ? Double.MAX_VALUE : Rhythms.DAY;
            if (!(seconds > 0 && seconds <= most)) {
                throw new ConfigException(
                        "rhythm",
                        "expects seconds above 0, and at most a day if days are left out, got " + seconds + on(days));
            }
        }
    }

    /// A distance of times that are numbers.
    /// @param distance above 0
    record Numbers(double distance) implements Rhythm {}

    /// The usual distance of two steps: seconds, those of a mean month, or in the units of times that are numbers.
    default double usualDistance() {
        return switch (this) {
            case Months(int count, boolean _) -> count * Rhythms.MONTH;
            case Seconds(double seconds, Set<DayOfWeek> _) -> seconds;
            case Numbers(double distance) -> distance;
        };
    }

    /// The number of steps in some seconds; fewer in weeks of which days are left out.
    default double stepsIn(double seconds) {
        boolean some = this instanceof Seconds(double _, Set<DayOfWeek> days) && !days.isEmpty();
        double share = this instanceof Seconds of && some && seconds >= Rhythms.WEEK ? of.days.size() / 7.0 : 1;
        return seconds / usualDistance() * share;
    }

    /// The time of the step that comes `count` steps after another.
    /// @throws IllegalArgumentException for times that are numbers
    default DateTime after(DateTime last, int count) {
        return switch (this) {
            case Months(int months, boolean lastDay) -> last.plusMonths((long) months * count, lastDay);
            case Seconds(double seconds, Set<DayOfWeek> days) when days.isEmpty() -> last.plusSeconds(seconds * count);
            case Seconds(double seconds, Set<DayOfWeek> days) -> {
                DateTime next = last;
                for (int i = 0; i < count; i++) {
                    next = next.plusSeconds(seconds);
                    while (!days.contains(next.local().getDayOfWeek())) {
                        double rest = Rhythms.DAY - next.local().toLocalTime().toNanoOfDay() * 1e-9;
                        next = next.plusSeconds(seconds * Math.ceil(rest / seconds));
                    }
                }
                yield next;
            }
            case Numbers _ -> throw new IllegalArgumentException("times that are numbers");
        };
    }

    /// In words: `1 hour`, `3 months`, `1 day on MONDAY, TUESDAY`.
    default String words() {
        return switch (this) {
            case Months(int count, boolean _) -> count + (count == 1 ? " month" : " months");
            case Numbers(double distance) -> Rhythms.number(distance);
            case Seconds(double seconds, Set<DayOfWeek> days) -> {
                double unit = seconds >= Rhythms.DAY ? Rhythms.DAY : seconds >= 3600 ? 3600 : seconds >= 60 ? 60 : 1;
                String name = unit == Rhythms.DAY ? "day" : unit == 3600 ? "hour" : unit == 60 ? "minute" : "second";
                String count = Rhythms.number(seconds / unit);
                yield count + " " + name + (count.equals("1") ? "" : "s") + on(days);
            }
        };
    }

    /// The text of a note in a model file.
    default String note() {
        return switch (this) {
            case Months(int count, boolean lastDay) -> count + (lastDay ? " ends of months" : " months");
            case Numbers(double distance) -> Double.toString(distance);
            case Seconds(double seconds, Set<DayOfWeek> days) -> seconds + " seconds" + on(days);
        };
    }

    private static String on(Set<DayOfWeek> days) {
        return days.isEmpty()
                ? ""
                : days.stream().sorted().map(DayOfWeek::name).collect(Collectors.joining(", ", " on ", ""));
    }
}
