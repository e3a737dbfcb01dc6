package dev.neurite.datasets;

import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableWriter;
import dev.neurite.error.Spelling;
import java.text.DateFormat;
import java.text.ParsePosition;
import java.text.SimpleDateFormat;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;

/// A column that an ARFF file declares.
/// @param values those of a nominal one, in their order
/// @param format the pattern of a date, as `SimpleDateFormat` reads it; else empty
record ArffAttribute(String name, Type type, Set<String> values, String format) {
    private static final String USUAL_DATE = "yyyy-MM-dd'T'HH:mm:ss";

    enum Type {
        NUMERIC,
        NOMINAL,
        STRING,
        DATE
    }

    static ArffAttribute read(ArffLines lines) {
        String name = lines.value("the name of an attribute").text();
        if (lines.take('{')) return new ArffAttribute(name, Type.NOMINAL, nominal(lines, name), "");
        String type = lines.value("a type").text().toLowerCase(Locale.ROOT);
        ArffAttribute made = switch (type) {
            case "numeric", "real", "integer" -> new ArffAttribute(name, Type.NUMERIC, Set.of(), "");
            case "string" -> new ArffAttribute(name, Type.STRING, Set.of(), "");
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

    private static Set<String> nominal(ArffLines lines, String name) {
        Set<String> values = new LinkedHashSet<>();
        while (!lines.take('}')) {
            values.add(lines.value("a value of '" + name + "' or }").text());
            lines.take(',');
            if (values.size() > TableWriter.MOST_TEXTS) throw lines.fault("expects fewer values of '" + name + "'", "");
        }
        if (values.isEmpty()) throw lines.fault("expects at least one value of '" + name + "', got none", "");
        lines.requireEnd();
        return values;
    }

    private static ArffAttribute date(ArffLines lines, String name) {
        String format =
                lines.isAtEnd() ? USUAL_DATE : lines.value("the form of a date").text();
        try {
            if (parser(format).format(new Date(0)).isEmpty()) throw new IllegalArgumentException("it is empty");
        } catch (IllegalArgumentException e) {
            throw lines.fault(
                    "expects the form of a date, such as yyyy-MM-dd, got '" + format + "': " + e.getMessage(), "");
        }
        return new ArffAttribute(name, Type.DATE, Set.of(), format);
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
        DateFormat parser = parser(format);
        var at = new ParsePosition(0);
        Date date = parser.parse(text, at);
        if (date == null || at.getIndex() < text.length()) return Optional.empty();
        boolean zone = format.replaceAll("'[^']*'", "").matches("(?s).*[zZX].*");
        boolean timed = format.replaceAll("'[^']*'", "").matches("(?s).*[HhKkms].*");
        LocalDateTime utc = LocalDateTime.ofInstant(date.toInstant(), ZoneOffset.UTC);
        if (!timed) return Optional.of(utc.toLocalDate().toString());
        return Optional.of(utc.format(DateTimeFormatter.ISO_LOCAL_DATE_TIME) + (zone ? "Z" : ""));
    }

    private static DateFormat parser(String format) {
        var parser = new SimpleDateFormat(format, Locale.ROOT);
        parser.setTimeZone(TimeZone.getTimeZone("UTC"));
        parser.setLenient(false);
        return parser;
    }
}
