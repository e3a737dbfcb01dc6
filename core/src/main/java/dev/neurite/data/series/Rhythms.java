package dev.neurite.data.series;

import dev.neurite.data.series.Rhythm.Months;
import dev.neurite.data.series.Rhythm.Numbers;
import dev.neurite.data.series.Rhythm.Seconds;
import dev.neurite.data.table.DateTime;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Finds the rhythm of times, and reads that of a note.
final class Rhythms {
    static final double DAY = 86_400; // seconds
    static final double WEEK = 7 * DAY;
    static final double MONTH = 365.2425 / 12 * DAY;
    private static final int FEW_DAYS = 10; // of rows, which do not show the days that are left out
    private static final int MOST_MONTHS = 12_000;
    private static final Pattern NOTE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?(?:E-?[0-9]+)?)"
            + "(?: (months|ends of months|seconds)(?: on ([A-Z]+(?:, [A-Z]+){0,6}))?)?");

    private Rhythms() {}

    /// The usual rhythm of times: the median of the distances, or whole months, or days of the week; empty if no
    /// series has two steps.
    /// @param times of all series, one after the other: seconds, or numbers
    /// @param moments the same as dates; empty if times are numbers
    /// @param starts the first step of each series, and the end of the last
    static Optional<Rhythm> of(double[] times, List<DateTime> moments, int[] starts) {
        int[] seconds = IntStream.range(0, starts.length - 1) // second rows of pairs
                .flatMap(s -> IntStream.range(Math.min(starts[s] + 1, starts[s + 1]), starts[s + 1]))
                .toArray();
        if (seconds.length == 0 || times.length == 0) return Optional.empty();
        double usual = median(Arrays.stream(seconds).mapToDouble(i -> times[i] - times[i - 1]));
        if (!(usual > 0)) return Optional.empty(); // rows that are not in order, which are refused
        if (moments.isEmpty()) return Optional.of(new Numbers(usual));
        return Optional.of(months(moments, seconds).orElseGet(() -> onDays(usual, moments, seconds)));
    }

    /// Whole months, if most steps have the same day of the month, or are last days, and the same time of day.
    private static Optional<Rhythm> months(List<DateTime> moments, int[] seconds) {
        int[] whole = Arrays.stream(seconds)
                .map(i -> moments.get(i).monthsAfter(moments.get(i - 1)))
                .filter(each -> each > 0)
                .toArray();
        if (2 * whole.length <= seconds.length) return Optional.empty();
        boolean ends = moments.stream().allMatch(DateTime::isLastDay);
        boolean differ = moments.stream()
                        .map(each -> each.local().getDayOfMonth())
                        .distinct()
                        .count()
                > 1;
        return Optional.of(new Months((int) median(Arrays.stream(whole).asDoubleStream()), ends && differ));
    }

    /// A number of seconds, on the days of the week that at least half as many steps have as the one with the most.
    private static Rhythm onDays(double usual, List<DateTime> moments, int[] seconds) {
        double span = Arrays.stream(seconds)
                .mapToDouble(i -> moments.get(i).seconds() - moments.get(i - 1).seconds())
                .sum();
        boolean few = span < 2 * WEEK || moments.size() * usual < FEW_DAYS * DAY;
        if (few || usual >= WEEK / 2) return new Seconds(usual, Set.of());
        Map<DayOfWeek, Integer> counts = new EnumMap<>(DayOfWeek.class);
        for (DateTime each : moments) counts.merge(each.local().getDayOfWeek(), 1, Integer::sum);
        int most = Collections.max(counts.values());
        counts.values().removeIf(count -> 2 * count < most);
        boolean all = counts.size() == DayOfWeek.values().length;
        return new Seconds(all ? usual : Math.min(usual, DAY), all ? Set.of() : counts.keySet());
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /// Reads a [Rhythm#note]; empty for another text.
    static Optional<Rhythm> parse(String note) {
        Matcher found = NOTE.matcher(note);
        if (!found.matches()) return Optional.empty();
        double number = Double.parseDouble(found.group(1));
        if (!(number > 0 && Double.isFinite(number))) return Optional.empty();
        return switch (found.group(2)) {
            case null -> Optional.of(new Numbers(number));
            case "seconds" -> days(found, number);
            default ->
                number == Math.rint(number) && number <= MOST_MONTHS && found.group(3) == null
                        ? Optional.of(new Months((int) number, found.group(2).startsWith("ends")))
                        : Optional.empty();
        };
    }

    private static Optional<Rhythm> days(Matcher found, double seconds) {
        if (found.group(3) == null) return Optional.of(new Seconds(seconds, Set.of()));
        Set<String> names = Set.of(found.group(3).split(", "));
        Set<DayOfWeek> days = Arrays.stream(DayOfWeek.values())
                .filter(each -> names.contains(each.name()))
                .collect(Collectors.toSet());
        boolean known = days.size() == names.size() && seconds <= DAY;
        return known ? Optional.of(new Seconds(seconds, days)) : Optional.empty();
    }

    /// A whole number without its fraction.
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "" + value;
    }
}
