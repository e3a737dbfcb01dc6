package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.TableWriter;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Reads files of Weka's format ARFF as a [Table], optionally gzip-compressed: UTF-8, rows as lists of values or
/// sparse (`{1 0.5, 3 red}`), quotes, comments, `?` for missing values.
///
/// <!-- OtherFormats#arff -->
/// ```java
/// Table table = Arff.read(file);
/// DataSplit fruit = table.toClassify("kind");
/// ```
///
/// `numeric`, `real` and `integer` attributes are columns of numbers, others of texts: a nominal value has to be one
/// that is declared, and a date becomes a text like `2026-11-26T08:30:00`. A value that a sparse row leaves out is
/// 0 or the first that is declared, as the format says; a text or date is missing then. Relational attributes and
/// weights of rows are refused.
public final class Arff {
    private static final int LONGEST_HEADER = 1 << 24; // characters

    private Arff() {}

    /// Reads a file with the usual options.
    /// @throws DataException if it is missing, no ARFF file, or has an invalid value, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(Path file) {
        return read(file, ReadOptions.USUAL);
    }

    /// Reads a file.
    /// @throws DataException if it is missing, no ARFF file, or has an invalid value, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    /// @throws dev.neurite.error.ConfigException for options of CSV files
    public static Table read(Path file, ReadOptions options) {
        return TableFiles.open(file, "an ARFF file", in -> read(file.toString(), in, options));
    }

    /// Reads a stream to its end.
    /// @param where its name in messages
    /// @throws DataException if it is no ARFF file, or has an invalid value, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    /// @throws dev.neurite.error.ConfigException for options of CSV files
    public static Table read(String where, InputStream in, ReadOptions options) {
        try (var lines = new ArffLines(where, TableFiles.unpacked(in))) {
            List<ArffAttribute> attributes = header(lines);
            try (var rows = new TypedTable(
                    where,
                    "line",
                    attributes.stream().map(ArffAttribute::column).toList(),
                    options)) {
                while (lines.next()) {
                    rows.begin(lines.line());
                    row(lines, attributes, rows);
                }
                return rows.finish();
            }
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    private static List<ArffAttribute> header(ArffLines lines) throws IOException {
        List<ArffAttribute> attributes = new ArrayList<>();
        long length = 0;
        while (lines.next()) {
            length += lines.length();
            if (length > LONGEST_HEADER) throw tooMany(lines, "characters before @data", LONGEST_HEADER);
            String keyword =
                    lines.value("a declaration such as @attribute").text().toLowerCase(Locale.ROOT);
            switch (keyword) {
                case "@relation" -> {}
                case "@attribute" -> {
                    if (attributes.size() == TableWriter.MOST_COLUMNS) {
                        throw tooMany(lines, "attributes", TableWriter.MOST_COLUMNS);
                    }
                    attributes.add(ArffAttribute.read(
                            lines,
                            attributes.isEmpty()
                                    ? Set.of()
                                    : attributes.getLast().values()));
                }
                case "@data" -> {
                    if (attributes.isEmpty()) throw lines.fault("expects @attribute lines before @data, got none", "");
                    return attributes;
                }
                default ->
                    throw lines.fault(
                            "expects @relation, @attribute or @data, got '" + keyword + "'",
                            attributes.isEmpty() ? "An ARFF file begins with @relation" : "");
            }
        }
        throw lines.fault("expects @data, got the end of the file", "");
    }

    private static DataException tooMany(ArffLines lines, String of, int most) {
        return lines.fault(String.format(Locale.ROOT, "expects at most %,d %s, got more", most, of), "");
    }

    private static void row(ArffLines lines, List<ArffAttribute> attributes, TypedTable rows) {
        if (lines.take('{')) {
            sparse(lines, attributes, rows);
            return;
        }
        List<ArffLines.Value> values = lines.values(attributes.size() + 1);
        if (values.size() != attributes.size()) {
            rows.misfitRow(
                    Integer.toString(values.size()),
                    String.format(
                            Locale.ROOT,
                            "expects %,d values, as many as attributes, got %s",
                            attributes.size(),
                            values.size() > attributes.size()
                                    ? "more"
                                    : String.format(Locale.ROOT, "%,d", values.size())),
                    "A missing value is ?");
            return;
        }
        for (int i = 0; i < values.size(); i++) write(attributes.get(i), i, values.get(i), rows);
        rows.endRow();
    }

    private static void sparse(ArffLines lines, List<ArffAttribute> attributes, TypedTable rows) {
        int next = 0;
        while (!lines.take('}')) {
            String place = lines.value("the index of an attribute or }").text();
            int index = place.matches("[0-9]{1,9}") ? Integer.parseInt(place) : -1;
            if (index < next || index >= attributes.size()) {
                throw lines.fault(
                        String.format(
                                Locale.ROOT,
                                "expects indices of attributes, from 0 and growing, below %,d, got %s",
                                attributes.size(),
                                place),
                        "");
            }
            for (; next < index; next++) leftOut(attributes.get(next), next, rows);
            write(attributes.get(index), index, lines.value("a value"), rows);
            next++;
            lines.take(',');
        }
        lines.requireEnd();
        for (; next < attributes.size(); next++) leftOut(attributes.get(next), next, rows);
        rows.endRow();
    }

    private static void leftOut(ArffAttribute attribute, int column, TypedTable rows) {
        switch (attribute.type()) {
            case NUMERIC -> rows.whole(column, 0);
            case NOMINAL -> rows.text(column, attribute.values().iterator().next());
            case STRING, DATE -> {}
        }
    }

    private static void write(ArffAttribute attribute, int column, ArffLines.Value value, TypedTable rows) {
        if (value.isMissing() || !rows.takes(column)) return;
        String text = value.text();
        if (attribute.type() == ArffAttribute.Type.NOMINAL
                && !attribute.values().contains(text)) {
            rows.misfit(column, text, "expects a value that is declared, got '" + text + "'", attribute.hint(text));
        } else if (attribute.type() == ArffAttribute.Type.DATE) {
            attribute
                    .date(text)
                    .ifPresentOrElse(
                            date -> rows.text(column, date),
                            () -> rows.misfit(
                                    column,
                                    text,
                                    "expects a date as in " + attribute.format() + ", got '" + text + "'",
                                    ""));
        } else {
            rows.text(column, text);
        }
    }
}
