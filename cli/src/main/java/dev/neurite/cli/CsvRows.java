package dev.neurite.cli;

import static java.util.Objects.requireNonNullElse;

import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/// Reads rows of numbers from CSV: UTF-8, commas, with or without a header. A header with the names of
/// the columns that the model was trained on may have them in any order, and others beside them.
final class CsvRows {
    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .get();
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private final String where;
    private final Shape shape;
    private final List<String> features;
    private final Consumer<String> warn;
    private final List<float[]> rows = new ArrayList<>();
    private int[] columns;
    private int cells;

    private CsvRows(String where, Shape shape, List<String> features, Consumer<String> warn) {
        this.where = where;
        this.shape = shape;
        this.features = features;
        this.warn = warn;
        this.columns = IntStream.range(0, shape.size()).toArray();
        this.cells = shape.size();
    }

    /// @param where how to call the data in messages
    /// @param shape what the model takes
    /// @param features the names of its columns; empty if unknown
    /// @throws DataException if this is no table of finite numbers as the model takes them
    static InputRows read(String where, InputStream in, Shape shape, List<String> features, Consumer<String> warn) {
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        var reader = new CsvRows(where, shape, features, warn);
        try (CSVParser csv = FORMAT.parse(withoutMark(new InputStreamReader(new BufferedInputStream(in), decoder)))) {
            for (CSVRecord line : csv) reader.add(line, csv.getCurrentLineNumber());
        } catch (UncheckedIOException e) {
            throw reader.unreadable(requireNonNullElse(e.getCause(), new IOException(e)));
        } catch (IOException e) {
            throw reader.unreadable(e);
        }
        if (reader.rows.isEmpty()) throw new DataException(where, "expects at least one row of numbers, got none");
        return new InputRows.Floats(reader.rows.toArray(float[][]::new), shape);
    }

    private static Reader withoutMark(Reader reader) throws IOException {
        var pushback = new java.io.PushbackReader(reader);
        int first = pushback.read();
        if (first >= 0 && first != BYTE_ORDER_MARK) pushback.unread(first);
        return pushback;
    }

    private DataException unreadable(IOException e) {
        if (e instanceof CharacterCodingException)
            return new DataException(where, "expects text in UTF-8, got other bytes");
        if (e instanceof CSVException) return new DataException(where, "expects CSV, got: " + e.getMessage());
        return new DataException(where, "cannot be read: " + e.getMessage());
    }

    private void add(CSVRecord line, long lineNumber) {
        String place = where + ", line " + lineNumber;
        if (rows.isEmpty() && line.getRecordNumber() == 1 && isHeader(line)) {
            header(line);
            return;
        }
        if (line.size() != cells) {
            String semicolons = line.size() == 1 && line.get(0).contains(";") ? "Separate columns by commas" : "";
            throw new DataException(place, "expects " + cells + " numbers, got " + line.size(), semicolons);
        }
        float[] row = new float[columns.length];
        for (int i = 0; i < row.length; i++) row[i] = number(line.get(columns[i]), place, columns[i]);
        rows.add(row);
    }

    /// Whether some cell has a name: no number, nor anything that could be meant as one.
    private static boolean isHeader(CSVRecord line) {
        return line.stream().anyMatch(cell -> {
            try {
                Float.parseFloat(cell);
                return false;
            } catch (NumberFormatException _) {
                return !cell.isBlank() && Character.isLetter(cell.strip().codePointAt(0));
            }
        });
    }

    private void header(CSVRecord line) {
        List<String> names = line.stream().map(String::strip).toList();
        cells = names.size();
        if (features.isEmpty()) {
            if (cells != shape.size()) {
                throw new DataException(where, "expects " + shape.size() + " columns for this model, got " + cells);
            }
            return;
        }
        List<String> missing =
                features.stream().filter(name -> !names.contains(name)).toList();
        if (!missing.isEmpty()) {
            throw new DataException(
                    where,
                    "expects the columns " + String.join(", ", features) + ", got none named "
                            + String.join(", ", missing),
                    "Its first line, " + String.join(",", names) + ", was taken for a header, as it is not all numbers;"
                            + " without one, columns are taken in that order");
        }
        columns = features.stream().mapToInt(names::indexOf).toArray();
        List<String> others =
                names.stream().filter(name -> !features.contains(name)).toList();
        if (!others.isEmpty()) warn.accept("note: " + where + ": not used: " + String.join(", ", others));
    }

    private static float number(String cell, String place, int column) {
        String text = cell.strip();
        char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
        try {
            float value = last == '.' || (last >= '0' && last <= '9') ? Float.parseFloat(text) : Float.NaN;
            if (Float.isFinite(value)) return value;
        } catch (NumberFormatException _) {
            // Told below.
        }
        throw new DataException(
                place + ", column " + (column + 1),
                "expects a finite number, got " + (text.isEmpty() ? "nothing" : "'" + text + "'"));
    }
}
