package dev.neurite.data.table;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A date or time that a table has as text, in the form of ISO 8601: `2026-11`, `2026-11-26`, `2026-11-26T08:30`,
/// `2026-11-26 08:30:15.5`, `2026-11-26T08:30Z`, `2026-11-26T08:30+01:00`.
/// @param local the date and the time of day where it was taken; the start of the month or day if they are not given
/// @param offset seconds by which that place is ahead of UTC; 0 if it is not given
/// @param form the pattern of the text, for [DateTimeFormatter], without the offset
/// @param zone the offset as text; empty if it is not given
public record Moment(LocalDateTime local, int offset, String form, String zone) {
    private static final Pattern TEXT = Pattern.compile("([0-9]{4})-([0-9]{2})(?:-([0-9]{2})"
            + "(?:([T ])([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?)?");

    private static final Pattern ANY_FORM = Pattern.compile("([0-9]{4}-[0-9]{2}(-[0-9]{2})?"
            + "|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}"
            + "|[0-9]{1,2}[./][0-9]{1,2}[./]([0-9]{2}|[0-9]{4}))([T ].*)?");

    /// Whether a text looks like a date in any form, perhaps with a time; not all such texts can be
    /// read.
    static boolean looksLikeDate(String text) {
        return ANY_FORM.matcher(text).matches();
    }

    /// Reads a text; empty if it is no date or time.
    public static Optional<Moment> parse(String text) {
        Matcher found = TEXT.matcher(text);
        if (!found.matches()) return Optional.empty();
        try {
            String fraction = found.group(8) == null ? "" : found.group(8);
            LocalDateTime local = LocalDateTime.of(
                    number(found, 1, 0),
                    number(found, 2, 1),
                    number(found, 3, 1),
                    number(found, 5, 0),
                    number(found, 6, 0),
                    number(found, 7, 0),
                    fraction.isEmpty() ? 0 : Integer.parseInt((fraction + "00000000").substring(0, 9)));
            String zone = found.group(9) == null ? "" : found.group(9);
            int offset = zone.isEmpty() ? 0 : ZoneOffset.of(zone).getTotalSeconds();
            return Optional.of(new Moment(local, offset, form(found, fraction), zone));
        } catch (DateTimeException _) {
            return Optional.empty(); // such as February 30
        }
    }

    private static int number(Matcher found, int group, int none) {
        return found.group(group) == null ? none : Integer.parseInt(found.group(group));
    }

    private static String form(Matcher found, String fraction) {
        if (found.group(3) == null) return "uuuu-MM";
        if (found.group(4) == null) return "uuuu-MM-dd";
        return "uuuu-MM-dd'" + found.group(4) + "'HH:mm" + (found.group(7) == null ? "" : ":ss")
                + (fraction.isEmpty() ? "" : "." + "S".repeat(fraction.length()));
    }

    /// Seconds since the beginning of 1970, UTC.
    public double seconds() {
        Instant instant = local.toInstant(ZoneOffset.ofTotalSeconds(offset));
        return instant.getEpochSecond() + instant.getNano() * 1e-9;
    }

    /// The moment this many months later: on the same day of the month, or its last day if it has fewer.
    /// @param lastDay whether it is the last day of the month in any case
    public Moment plusMonths(long months, boolean lastDay) {
        LocalDateTime next = local.plusMonths(months);
        if (lastDay) next = next.withDayOfMonth(next.toLocalDate().lengthOfMonth());
        return new Moment(next, offset, form, zone);
    }

    /// The moment this many seconds later.
    public Moment plusSeconds(double seconds) {
        return new Moment(local.plusNanos(Math.round(seconds * 1e9)), offset, form, zone);
    }

    /// The number of whole months since another moment: if both have the same day of the month, or are last days of
    /// months, and the same time of day. 0 if they are not whole.
    public int monthsAfter(Moment before) {
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
