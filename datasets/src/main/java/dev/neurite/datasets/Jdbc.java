package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.TypedTable.Column;
import dev.neurite.error.DataException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Clob;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads the rows of a database's query as a [Table].
///
/// <!-- OtherFormats#jdbc -->
/// ```java
/// try (Connection database = DriverManager.getConnection(url);
///         Statement query = database.createStatement();
///         ResultSet rows = query.executeQuery("SELECT weight, color, kind FROM fruit")) {
///     return Jdbc.read(rows).toClassify("kind");
/// }
/// ```
///
/// Numbers become float32; NULL is a missing value. Texts, dates, times and booleans (`true`, `false`) become texts.
/// Columns have the names that the query gives them (`AS`).
public final class Jdbc {
    private static final int LONGEST_TEXT = 1 << 20;

    private Jdbc() {}

    /// Reads all rows that are left, with the usual options. Closes nothing.
    /// @throws DataException if there are none, the database reports an error, or a column has values that are no
    /// table's, such as arrays and bytes
    public static Table read(ResultSet rows) {
        return read(rows, ReadOptions.USUAL);
    }

    /// Reads all rows that are left. Closes nothing.
    /// @throws DataException if there are none, the database reports an error, or a column has values that are no
    /// table's, such as arrays and bytes
    /// @throws dev.neurite.error.ConfigException for options of CSV files
    public static Table read(ResultSet rows, ReadOptions options) {
        try {
            return read("query", rows, options);
        } catch (SQLException e) {
            var fault = new DataException("query", "cannot be read: " + e.getMessage());
            fault.initCause(e);
            throw fault;
        }
    }

    /// @param where the query, for messages
    static Table read(String where, ResultSet rows, ReadOptions options) throws SQLException {
        List<Column> columns = columns(rows.getMetaData());
        try (var table = new TypedTable(where, "row", columns, options)) {
            for (long row = 0; rows.next(); row++) {
                table.begin(row);
                for (int i = 0; i < columns.size(); i++) {
                    if (!table.takes(i)) continue;
                    write(table, i, new Place(where, row, columns.get(i).name()), rows.getObject(i + 1));
                }
                table.endRow();
            }
            return table.finish();
        }
    }

    private static List<Column> columns(ResultSetMetaData of) throws SQLException {
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= of.getColumnCount(); i++) {
            Kind kind = switch (of.getColumnType(i)) {
                case Types.TINYINT,
                        Types.SMALLINT,
                        Types.INTEGER,
                        Types.BIGINT,
                        Types.REAL,
                        Types.FLOAT,
                        Types.DOUBLE,
                        Types.NUMERIC,
                        Types.DECIMAL -> Kind.NUMERIC;
                default -> Kind.CATEGORICAL;
            };
            columns.add(new Column(of.getColumnLabel(i), kind));
        }
        return columns;
    }

    /// Where a value is, for messages.
    private record Place(String where, long row, String column) {
        @Override
        public String toString() {
            return where + ", row " + row + ", column '" + column + "'";
        }
    }

    private static String whole(Clob text, Place place) throws SQLException {
        long length = text.length();
        if (length <= LONGEST_TEXT) return text.getSubString(1, (int) length);
        throw new DataException(
                place.toString(),
                String.format(Locale.ROOT, "expects a text of at most %,d characters, got %,d", LONGEST_TEXT, length),
                "Shorten it in the query, as in SUBSTRING(" + place.column() + ", 1, 1000), or leave it out");
    }

    private static void write(TypedTable to, int column, Place place, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> {}
            case Long number -> to.whole(column, number);
            case Integer number -> to.whole(column, number);
            case Short number -> to.whole(column, number);
            case Byte number -> to.whole(column, number);
            case BigInteger number -> to.text(column, number.toString());
            case BigDecimal number -> to.text(column, number.toString());
            case Number number -> to.number(column, number.doubleValue());
            case Boolean truth -> to.text(column, truth.toString());
            case CharSequence text -> to.text(column, text.toString());
            case Date date -> to.text(column, date.toLocalDate().toString());
            case Time time -> to.text(column, time.toLocalTime().toString());
            case Timestamp moment -> to.text(column, moment.toLocalDateTime().toString());
            case Temporal moment -> to.text(column, moment.toString());
            case UUID id -> to.text(column, id.toString());
            case Clob text -> to.text(column, whole(text, place));
            default ->
                throw new DataException(
                        place.toString(),
                        "expects a number, text, date, time or boolean, got a "
                                + value.getClass().getSimpleName(),
                        "Convert it in the query, as in CAST(" + place.column() + " AS VARCHAR), or leave it out");
        }
    }
}
