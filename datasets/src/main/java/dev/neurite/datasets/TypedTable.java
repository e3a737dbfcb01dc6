package dev.neurite.datasets;

import dev.neurite.data.table.NumberText;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.data.table.TableWriter;
import dev.neurite.datasets.ReadOptions.Misfit;
import dev.neurite.error.DataException;
import java.math.BigDecimal;
import java.util.BitSet;
import java.util.List;

/// Builds a table from rows whose columns have names and kinds, as a source other than CSV says them. What the
/// options say about a column wins.
final class TypedTable implements AutoCloseable {
    private static final long EXACT = 1 << 24; // up to it, every whole number is a float
    private static final String WHOLE = "[-+]?[0-9]{1,60}"; // as of CSV
    private static final long EXACT_DOUBLE = 1L << 53;

    /// A column of the source.
    record Column(String name, Kind kind) {}

    private final String where;
    private final String unit;
    private final ReadOptions options;
    private final List<String> names;
    private final int[] places; // the table's column for each of the source; −1 for none
    private final TableWriter to;
    private final BitSet rounded = new BitSet();
    private long at;
    private boolean any;

    /// @param where the source, for messages
    /// @param unit what [#begin] counts: `row` from 0, or `line` from 1
    TypedTable(String where, String unit, List<Column> columns, ReadOptions options) {
        options.requireNoCsv(where);
        this.where = where;
        this.unit = unit;
        this.options = options;
        var found = CsvColumns.named(
                where, options, columns.stream().map(Column::name).toList());
        this.names = found.names();
        this.places = found.places();
        this.to = found.writer();
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0 && to.kind(places[i]).isEmpty()) {
                to.declare(places[i], columns.get(i).kind());
            }
        }
    }

    /// Whether the values of a column of the source are stored.
    boolean takes(int column) {
        return places[column] >= 0;
    }

    /// Begins a row.
    /// @param at its number, for messages
    void begin(long at) {
        this.at = at;
    }

    /// Writes a number; NaN is a missing value.
    void number(int column, double value) {
        int place = places[column];
        if (place < 0 || Double.isNaN(value)) return;
        if (isText(place) || !options.missing().isEmpty()) text(column, written(value));
        else if (Float.isFinite((float) value)) to.number(place, (float) value);
        else tooLarge(column, written(value));
    }

    /// Writes a whole number.
    void whole(int column, long value) {
        int place = places[column];
        if (place < 0) return;
        if (isText(place) || !options.missing().isEmpty()) {
            text(column, Long.toString(value));
            return;
        }
        if (Math.abs(value) >= EXACT) noteRounding(place, column, BigDecimal.valueOf(value));
        to.number(place, (float) value);
    }

    /// Writes a text, without the spaces around it. One that is empty or means so is a missing value.
    void text(int column, String text) {
        int place = places[column];
        String plain = text.strip();
        if (place < 0 || plain.isEmpty() || options.missing().contains(plain)) return;
        if (isText(place)) {
            to.text(place, plain);
        } else if (NumberText.isNumber(plain)) {
            float value = Float.parseFloat(plain);
            if (Math.abs(value) >= EXACT && plain.matches(WHOLE)) noteRounding(place, column, new BigDecimal(plain));
            put(place, column, value, plain);
        } else {
            misfit(column, plain, "expects a number, got '" + plain + "'", missingHint(plain));
        }
    }

    /// Reports a cell that does not fit its column, which becomes a missing value.
    void misfit(int column, String text, String problem, String hint) {
        options.misfits().accept(new Misfit(where, names.get(column), unit, at, text, problem, hint));
    }

    /// Reports a row that does not fit, which is skipped; none of its values may have been written.
    void misfitRow(String text, String problem, String hint) {
        options.misfits().accept(new Misfit(where, "", unit, at, text, problem, hint));
    }

    void endRow() {
        any = true;
        if (unit.equals("line")) to.endRow(at);
        else to.endRow();
    }

    Table finish() {
        if (!any) throw new DataException(where, "expects at least one row, got 0 rows");
        return to.finish();
    }

    @Override
    public void close() {
        to.close();
    }

    private boolean isText(int place) {
        return to.kind(place).orElseThrow() == Kind.CATEGORICAL;
    }

    private void put(int place, int column, float value, String text) {
        if (Float.isFinite(value)) to.number(place, value, text);
        else tooLarge(column, text);
    }

    private void tooLarge(int column, String text) {
        misfit(column, text, "expects a number up to 3.4e38, got '" + text + "', which is beyond", "");
    }

    private String missingHint(String text) {
        return "If it stands for a missing value, say so"
                + options.settable(
                        "withMissing", "--missing" + (text.matches("[^\\s,'\"]{1,20}") ? " '" + text + "'" : ""));
    }

    /// Notes, once per column, a whole number that float32 rounds.
    private void noteRounding(int place, int column, BigDecimal value) {
        float kept = value.floatValue();
        if (rounded.get(place) || !Float.isFinite(kept) || new BigDecimal(kept).compareTo(value) == 0) return;
        rounded.set(place);
        options.notes()
                .accept(where + ", column '" + names.get(column) + "': whole numbers beyond 16,777,216 are rounded to"
                        + " float32, first " + value + " at " + unit + " " + at
                        + (options.isFree()
                                ? ". If they are names, read them as texts"
                                        + options.settable("withTexts", "--categories")
                                : ""));
    }

    private static String written(double value) {
        if (value == Math.rint(value) && Math.abs(value) < EXACT_DOUBLE) return Long.toString((long) value);
        return (float) value == value ? Float.toString((float) value) : Double.toString(value);
    }
}
