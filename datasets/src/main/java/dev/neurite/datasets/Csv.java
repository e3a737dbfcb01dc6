package dev.neurite.datasets;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Consumer;

/// Reads CSV files as a [Table], optionally gzip-compressed: UTF-8 with or without a byte-order mark,
/// any line ends, quoted cells, which may contain delimiters and line ends.
///
/// <!-- Snippets#csv -->
/// ```java
/// Table table = Csv.read(file);
/// DataSplit fruit = table.toClassify("kind", how -> how.withMissingFilled());
/// ```
///
/// A column holds numbers if its first cell that is not missing is a number, else texts; a later cell
/// of the other kind is refused. Exception: whole numbers and texts like `A3` in one column are codes
/// and all read as texts, with a note; so are whole numbers some of which have leading zeros, like
/// `007`, unless [ReadOptions#withNumbers(Set)] says that they are numbers. With `;` as delimiter,
/// numbers may have a decimal comma.
///
/// Rows beyond a quarter of the heap go to a temporary file. A file is read a second time only if a
/// column of codes begins with a number; a stream cannot be read again, so such a column is refused.
public final class Csv {
    private Csv() {}

    /// Reads a file with the usual options: commas, names of columns in the first line.
    /// @throws DataException if it is missing, empty, no table, or has an invalid cell, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(Path file) {
        return read(file, ReadOptions.USUAL);
    }

    /// Reads a stream to its end with the usual options, such as `App.class.getResourceAsStream("fruit.csv")`.
    /// @throws DataException if it is empty, no table, or has an invalid cell, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(InputStream in) {
        return read("table", in, ReadOptions.USUAL);
    }

    /// Reads a file.
    /// @throws DataException if it is missing, empty, no table, or has an invalid cell, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(Path file, ReadOptions options) {
        TableFiles.requireFile(file, "a CSV file");
        String where = file.toString();
        try {
            Set<String> codes = new HashSet<>();
            try (InputStream in = Files.newInputStream(file)) {
                Table table = read(where, in, options, codes, Files.isRegularFile(file));
                if (codes.isEmpty()) return table;
                table.close();
            }
            codes.forEach(options.misfits()::takeBack);
            try (InputStream in = Files.newInputStream(file)) { // notes and misfits were reported in the first pass
                codes.addAll(options.texts());
                ReadOptions silent = options.withTexts(codes).withNotes(_ -> {}).withMisfits(_ -> {});
                return read(where, in, silent, new HashSet<>(), false);
            }
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    /// Reads a stream to its end, optionally gzip-compressed.
    /// @param where its name in messages
    /// @throws DataException if it is empty, no table, or has an invalid cell, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(String where, InputStream in, ReadOptions options) {
        return read(where, in, options, new HashSet<>(), false);
    }

    /// @param codes receives the columns that must be read again as texts
    /// @param again whether the file can be read again
    private static Table read(String where, InputStream in, ReadOptions options, Set<String> codes, boolean again) {
        try (var rows = new CsvTable(where, options, again)) {
            parse(where, in, options, rows, () -> {}, () -> {});
            codes.addAll(rows.codes());
            return rows.finish();
        }
    }

    /// Reads a stream to its end and delivers its rows in parts: when a part is full, and before
    /// waiting for more input. The kinds of columns must be known: options from [ReadOptions#like] or
    /// [ReadOptions#withNumbers()].
    /// @param where its name in messages
    /// @param most the largest number of rows in a part
    /// @param parts receives each part
    /// @throws DataException if it is empty, no table, or has an invalid cell, with its line; earlier
    /// rows may have been delivered
    public static void readParts(String where, InputStream in, ReadOptions options, int most, Consumer<Table> parts) {
        try (var rows = new CsvTable(where, options, false)) {
            Runnable handOn = () -> rows.part().ifPresent(parts);
            parse(where, in, options, rows, handOn, () -> {
                if (rows.count() >= most) handOn.run();
            });
            handOn.run();
            rows.requireAny();
        }
    }

    private static void parse(
            String where,
            InputStream in,
            ReadOptions options,
            CsvTable rows,
            Runnable beforeWaiting,
            Runnable afterRow) {
        var format = CsvReader.builder()
                .fieldSeparator(options.csv().delimiter())
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .trimWhitespacesAroundQuotes(
                        !Character.isWhitespace(options.csv().delimiter()));
        var cells = CsvRecordHandler.of(each -> each.maxFields(Utf8Csv.LONGEST_ROW + 1));
        try (var text = new Utf8Csv(
                        where, TableFiles.unpacked(in), options.csv().delimiter(), beforeWaiting);
                CsvReader<CsvRecord> csv = format.build(cells, text)) {
            Iterator<CsvRecord> records = csv.iterator();
            while (hasNext(where, records)) {
                rows.add(records.next());
                afterRow.run();
            }
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    /// Whether another row follows, which is read and parsed here.
    private static boolean hasNext(String where, Iterator<CsvRecord> records) {
        try {
            return records.hasNext();
        } catch (CsvParseException e) {
            // The parser wraps what its reader throws, and the consumer of parts that is called before waiting.
            if (e.getCause() instanceof RuntimeException thrown && !(thrown instanceof CsvParseException)) throw thrown;
            String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            throw new DataException(where, "expects CSV, got: " + e.getMessage() + cause);
        } catch (UncheckedIOException e) {
            throw TableFiles.unreadable(where, e.getCause() == null ? new IOException(e) : e.getCause());
        }
    }
}
