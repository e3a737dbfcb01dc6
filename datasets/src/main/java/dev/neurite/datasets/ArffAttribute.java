package dev.neurite.datasets;

import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.Spelling;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// A column that an ARFF file declares.
/// @param values those of a nominal one, in their order
/// @param format the pattern of a date; else empty
/// @param parser of such dates
record ArffAttribute(String name, Type type, Set<String> values, String format, Optional<DateTimeFormatter> parser) {
    private static final String USUAL_DATE = "yyyy-MM-dd'T'HH:mm:ss";

    // Bytes in memory.
    private static final int ATTRIBUTE = 140;
    private static final int SET = 150;
    private static final int VALUE = 110;

    enum Type {
        NUMERIC,
        NOMINAL,
        STRING,
        DATE
    }

    /// @param before the values of the attribute before, which are kept once if they are the same
    static ArffAttribute read(ArffLines lines, Set<String> before) {
        String name = lines.value("the name of an attribute").text();
        lines.pay(ATTRIBUTE + name.length());
        if (lines.take('{')) {
            return new ArffAttribute(name, Type.NOMINAL, nominal(lines, name, before), "", Optional.empty());
        }
        String type = lines.value("a type").text().toLowerCase(Locale.ROOT);
        ArffAttribute made = switch (type) {
            case "numeric", "real", "integer" -> new ArffAttribute(name, Type.NUMERIC, Set.of(), "", Optional.empty());
            case "string" -> new ArffAttribute(name, Type.STRING, Set.of(), "", Optional.empty());
            case "date" -> date(lines, name);
            case "relational" ->
                throw lines.fault(
                        "expects one value a row, got the relational attribute '" + name + "'",
                        "Write its parts as attributes of their own");
            default ->
                throw lines.fault(
                        "expects numeric, real, integer, string, date or values in braces as the type of '" + name
                                + "', got '" + type + "'",
                        Spelling.hint(type, List.of("numeric", "real", "integer", "string", "date")));
        };
        lines.requireEnd();
        return made;
    }

    private static Set<String> nominal(ArffLines lines, String name, Set<String> before) {
        Set<String> values = new LinkedHashSet<>();
        long taken = SET;
        lines.pay(SET);
        while (!lines.take('}')) {
            String value = lines.value("a value of '" + name + "' or }").text();
            if (values.add(value)) {
                taken += VALUE + value.length();
                lines.pay(VALUE + value.length());
            }
            lines.take(',');
        }
        if (values.size() == before.size() && List.copyOf(values).equals(List.copyOf(before))) {
            lines.pay(-taken);
            values = before;
        }
        if (values.isEmpty()) throw lines.fault("expects at least one value of '" + name + "', got none", "");
        lines.requireEnd();
        return values;
    }

    private static ArffAttribute date(ArffLines lines, String name) {
        String format =
                lines.isAtEnd() ? USUAL_DATE : lines.value("the form of a date").text();
        try {
            return new ArffAttribute(name, Type.DATE, Set.of(), format, Optional.of(parser(format)));
        } catch (IllegalArgumentException e) {
            throw lines.fault(
                    "expects the form of a date, such as yyyy-MM-dd, got '" + format + "': " + e.getMessage(), "");
        }
    }

    /// Reads dates of a form that Weka's `SimpleDateFormat` would, but no day that does not exist.
    private static DateTimeFormatter parser(String format) {
        String[] parts = format.split("'", -1);
        for (int i = 0; i < parts.length; i += 2) parts[i] = parts[i].replace('y', 'u'); // the rest is quoted
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(String.join("'", parts))
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    TypedTable.Column column() {
        return new TypedTable.Column(name, type == Type.NUMERIC ? Kind.NUMERIC : Kind.CATEGORICAL);
    }

    /// A hint at what is declared.
    String hint(String text) {
        return (Spelling.hint(text, List.copyOf(values)) + " Declared are " + Spelling.listed(List.copyOf(values)))
                .strip();
    }

    /// A date in the form that tables read; empty if the text is none.
    Optional<String> date(String text) {
        try {
            TemporalAccessor parsed = parser.orElseThrow().parse(text);
            LocalDate day = LocalDate.from(parsed);
            LocalTime time = parsed.query(TemporalQueries.localTime());
            if (time == null) return Optional.of(day.toString());
            ZoneId zone = parsed.query(TemporalQueries.zone());
            if (zone == null) return Optional.of(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(day.atTime(time)));
            return Optional.of(DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                            day.atTime(time).atZone(zone).withZoneSameInstant(ZoneOffset.UTC))
                    + "Z");
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
