package dev.neurite.data.table;

import dev.neurite.error.DataException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A date or time that a table has as text: `2026-11`, `2026-11-26`, `2026/11/26`, `26.11.2026`, with a time after a
/// day as in `2026-11-26T08:30`, `2026-11-26 08:30:15.5`, `2026-11-26T08:30Z`, `2026-11-26T08:30+01:00`. A date as
/// `11/12/2026` is not read, as some put the day first and others the month.
/// @param local the date and the time of day where it was taken; the start of the month or day if they are not given
/// @param offset seconds by which that place is ahead of UTC; 0 if it is not given
/// @param form the pattern of the text, for [DateTimeFormatter], without the offset
/// @param zone the offset as text; empty if it is not given
public record DateTime(LocalDateTime local, int offset, String form, String zone) {
    /// A way to write a day or month, its parts as groups `y`, `m` and `d`.
    private record DateForm(Pattern text, String form) {
        DateForm(String text, String form) {
            this(Pattern.compile(text), form);
        }
    }

    private static final List<DateForm> DATES = List.of(
            new DateForm("(?<y>[0-9]{4})-(?<m>[0-9]{2})-(?<d>[0-9]{2})", "uuuu-MM-dd"),
            new DateForm("(?<y>[0-9]{4})/(?<m>[0-9]{1,2})/(?<d>[0-9]{1,2})", "uuuu/MM/dd"),
            new DateForm("(?<d>[0-9]{1,2})[.](?<m>[0-9]{1,2})[.](?<y>[0-9]{4})", "dd.MM.uuuu"),
            new DateForm("(?<y>[0-9]{4})-(?<m>[0-9]{2})(?<d>)", "uuuu-MM"));

    private static final Pattern TIME = Pattern.compile(
            "([T ])([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?" + "(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?");

    private static final Pattern ANY_FORM = Pattern.compile("([0-9]{4}-[0-9]{2}(-[0-9]{2})?"
            + "|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
            + "|[0-9]{1,2}[./][0-9]{1,2}[./]([0-9]{2}|[0-9]{4}))([T ].*)?");

    /// Whether a text looks like a date in any form, perhaps with a time; not all such texts can be
    /// read.
    static boolean looksLikeDate(String text) {
        return ANY_FORM.matcher(text).matches();
    }

    /// Reads a text; empty if it is no date or time.
    public static Optional<DateTime> parse(String text) {
        for (DateForm each : DATES) {
            Matcher date = each.text.matcher(text);
            if (date.lookingAt()) return moment(date, each.form, text.substring(date.end()));
        }
        return Optional.empty();
    }

    /// Reads the text of a cell.
    /// @throws DataException if it is no date or time
    static DateTime of(String text, String place, String column) {
        return parse(text)
                .orElseThrow(() -> new DataException(
                        place + ", column '" + column + "'",
                        "expects a date or time as in 2026-11-26, 26.11.2026 or 2026-11-26T08:30, got '" + text + "'"));
    }

    private static Optional<DateTime> moment(Matcher date, String form, String rest) {
        Matcher time = TIME.matcher(rest);
        boolean timed = time.matches() && !date.group("d").isEmpty();
        if (!timed && !rest.isEmpty()) return Optional.empty();
        try {
            int day = date.group("d").isEmpty() ? 1 : Integer.parseInt(date.group("d"));
            LocalDate on = LocalDate.of(Integer.parseInt(date.group("y")), Integer.parseInt(date.group("m")), day);
            String dateForm = form.replace("MM", "M".repeat(date.group("m").length()))
                    .replace("dd", "d".repeat(date.group("d").length()));
            if (!timed) return Optional.of(new DateTime(on.atStartOfDay(), 0, dateForm, ""));
            String fraction = time.group(5) == null ? "" : time.group(5);
            LocalTime at = LocalTime.of(
                    Integer.parseInt(time.group(2)),
                    Integer.parseInt(time.group(3)),
                    time.group(4) == null ? 0 : Integer.parseInt(time.group(4)),
                    fraction.isEmpty() ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9)));
            String zone = time.group(6) == null ? "" : time.group(6);
            int offset = zone.isEmpty() ? 0 : ZoneOffset.of(zone).getTotalSeconds();
            String timeForm = "'" + time.group(1) + "'HH:mm" + (time.group(4) == null ? "" : ":ss")
                    + (fraction.isEmpty() ? "" : "." + "S".repeat(fraction.length()));
            return Optional.of(new DateTime(on.atTime(at), offset, dateForm + timeForm, zone));
        } catch (DateTimeException _) {
            return Optional.empty(); // such as February 30
        }
    }

    /// Seconds since the beginning of 1970, UTC.
    public double seconds() {
        Instant instant = local.toInstant(ZoneOffset.ofTotalSeconds(offset));
        return instant.getEpochSecond() + instant.getNano() * 1e-9;
    }

    /// Another moment, in the same form.
    /// @param seconds since the beginning of 1970, UTC, to a microsecond
    public DateTime at(double seconds) {
        double whole = Math.floor(seconds);
        LocalDateTime time = LocalDateTime.ofEpochSecond((long) whole + offset, 0, ZoneOffset.UTC)
                .plusNanos(1000 * Math.round((seconds - whole) * 1e6));
        return new DateTime(time, offset, form, zone);
    }

    /// Whether it is a month, without a day.
    boolean isMonth() {
        return !form.contains("d");
    }

    /// Days since the beginning of 1970, UTC.
    double days() {
        return seconds() / 86_400;
    }

    /// The moment this many months later: on the same day of the month, or its last day if it has fewer.
    /// @param lastDay whether it is the last day of the month in any case
    public DateTime plusMonths(long months, boolean lastDay) {
        LocalDateTime next = local.plusMonths(months);
        if (lastDay) next = next.withDayOfMonth(next.toLocalDate().lengthOfMonth());
        return new DateTime(next, offset, form, zone);
    }

    /// The moment this many seconds later.
    public DateTime plusSeconds(double seconds) {
        return new DateTime(local.plusNanos(Math.round(seconds * 1e9)), offset, form, zone);
    }

    /// The number of whole months since another moment: if both have the same day of the month, or are last days of
    /// months, and the same time of day. 0 if they are not whole.
    public int monthsAfter(DateTime before) {
        long months = ChronoUnit.MONTHS.between(before.local.withDayOfMonth(1), local.withDayOfMonth(1));
        boolean day = local.getDayOfMonth() == before.local.getDayOfMonth() || (isLastDay() && before.isLastDay());
        boolean whole = day && local.toLocalTime().equals(before.local.toLocalTime());
        return whole ? Math.toIntExact(months) : 0;
    }

    /// Whether it is the last day of its month.
    public boolean isLastDay() {
        return local.getDayOfMonth() == local.toLocalDate().lengthOfMonth();
    }

    /// The text, in the form of the one that was read.
    @Override
    public String toString() {
        return local.format(DateTimeFormatter.ofPattern(form, Locale.ROOT)) + zone;
    }
}
