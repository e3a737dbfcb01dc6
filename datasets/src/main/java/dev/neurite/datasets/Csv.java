package dev.neurite.datasets;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import dev.neurite.data.table.Table;
import dev.neurite.error.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads CSV files as a [Table], packed by gzip or not: UTF-8 with or without a mark, lines that end in any way,
/// cells in quotes, which may hold delimiters and line ends. A column holds numbers if its first cell that is not
/// missing is one, else texts; a later cell of the other kind is refused. One exception: whole numbers and texts like
/// `A3`
/// in one column are codes, all of them texts; a note says so. Between semicolons, numbers may have decimal commas.
/// The file is never in memory as a whole: what would not fit into the heap goes to a temporary file. It is read a
/// second time only for a column of codes that begins with a number; a stream, which cannot be, refuses such a column.
public final class Csv {
    private Csv() {}

    /// Reads a file.
    /// @throws DataException if it is missing, empty, no table, or has a cell that is refused, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(Path file, CsvOptions options) {
        String where = file.toString();
        if (!Files.exists(file)) {
            throw new DataException(
                    where,
                    "expects a CSV file, got nothing: it does not exist",
                    file.isAbsolute() ? "" : "Looked in " + Path.of("").toAbsolutePath());
        }
        if (Files.isDirectory(file)) throw new DataException(where, "expects a CSV file, got a directory");
        try {
            Set<String> codes = new HashSet<>();
            try (InputStream in = Files.newInputStream(file)) {
                Table table = read(where, in, options, codes, Files.isRegularFile(file));
                if (codes.isEmpty()) return table;
                table.close();
            }
            try (InputStream in = Files.newInputStream(file)) { // what is to be reported was
                codes.addAll(options.texts());
                CsvOptions silent = options.withTexts(codes).withNotes(_ -> {}).withMisfits(_ -> {});
                return read(where, in, silent, new HashSet<>(), false);
            }
        } catch (AccessDeniedException _) {
            throw new DataException(where, "expects a file that may be read, got no permission");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + e.getMessage());
        }
    }

    /// Reads a stream to its end, packed by gzip or not.
    /// @param where what it is, for messages
    /// @throws DataException if it is empty, no table, or has a cell that is refused, with its line
    /// @throws dev.neurite.error.ResourceException if a temporary file is needed and cannot be written
    public static Table read(String where, InputStream in, CsvOptions options) {
        return read(where, in, options, new HashSet<>(), false);
    }

    /// @param codes gets the columns that have to be read as texts, if the file can be read again
    private static Table read(String where, InputStream in, CsvOptions options, Set<String> codes, boolean again) {
        try (var rows = new CsvTable(where, options, again)) {
            parse(where, in, options, rows, () -> {}, () -> {});
            codes.addAll(rows.codes());
            return rows.finish();
        }
    }

    /// Reads a stream to its end and hands its rows on in parts: as soon as there are so many, and before it waits for
    /// more to come. Columns have to be known before the first row: the options are [like][CsvOptions#like] a
    /// preprocessing, or [of numbers][CsvOptions#withNumbers()].
    /// @param where what it is, for messages
    /// @param most rows of a part
    /// @param parts takes each table
    /// @throws DataException if it is empty, no table, or has a cell that is refused, with its line; rows
    ///     before it may have been handed on
    public static void readParts(String where, InputStream in, CsvOptions options, int most, Consumer<Table> parts) {
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
            CsvOptions options,
            CsvTable rows,
            Runnable beforeWaiting,
            Runnable afterRow) {
        var format = CsvReader.builder()
                .fieldSeparator(options.delimiter())
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .trimWhitespacesAroundQuotes(!Character.isWhitespace(options.delimiter()));
        var cells = CsvRecordHandler.of(each -> each.maxFields(Utf8Csv.LONGEST_ROW + 1));
        try (var text = new Utf8Csv(where, unpacked(in), options.delimiter(), beforeWaiting);
                CsvReader<CsvRecord> csv = format.build(cells, text)) {
            for (CsvRecord each : csv) {
                rows.add(each);
                afterRow.run();
            }
        } catch (CsvParseException e) {
            // The parser wraps what its reader and the consumer of rows throw.
            if (e.getCause() instanceof RuntimeException thrown && !(thrown instanceof CsvParseException)) throw thrown;
            String cause = e.getCause() == null ? "" : ": " + e.getCause().getMessage();
            throw new DataException(where, "expects CSV, got: " + e.getMessage() + cause);
        } catch (UncheckedIOException e) {
            throw unreadable(where, e.getCause() == null ? new IOException(e) : e.getCause());
        } catch (IOException e) {
            throw unreadable(where, e);
        }
    }

    /// What is in a stream: what gzip has packed in it, or itself.
    private static InputStream unpacked(InputStream in) throws IOException {
        var pushed = new PushbackInputStream(in, 2);
        byte[] start = pushed.readNBytes(2);
        pushed.unread(start);
        boolean packed = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        return packed ? new GZIPInputStream(pushed, 1 << 16) : pushed;
    }

    private static DataException unreadable(String where, IOException e) {
        if (e instanceof ZipException || e instanceof EOFException) {
            return new DataException(where, "expects undamaged gzip data, got an error: " + e.getMessage());
        }
        return new DataException(where, "cannot be read: " + e.getMessage());
    }
}
