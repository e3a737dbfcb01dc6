package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.DataSplit;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Column;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.error.DataException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.h2.tools.SimpleResultSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class JdbcTest {
    private Connection database;
    private Statement statement;

    @BeforeEach
    void open() throws SQLException {
        database = DriverManager.getConnection("jdbc:h2:mem:");
        statement = database.createStatement();
        statement.execute("""
            CREATE TABLE fruit(id BIGINT, weight DOUBLE, price DECIMAL(9, 2), color VARCHAR, ripe BOOLEAN,
                picked DATE, seen TIMESTAMP, sold TIMESTAMP WITH TIME ZONE, note CLOB, few SMALLINT, token UUID,
                tags VARCHAR ARRAY)
            """);
        statement.execute("""
            INSERT INTO fruit VALUES
            (1, 150.5, 1.25, 'red', TRUE, '2026-11-26', '2026-11-26 08:30:15.5', '2026-11-26 08:30:00+01:00',
             'sweet', 3, '00000000-0000-0000-0000-000000000001', ARRAY['a']),
            (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
            """);
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private Table read(String query, ReadOptions options) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return Jdbc.read(rows, options);
        }
    }

    private static String cell(Table table, String column, int row) {
        int at = table.column(column);
        float value = table.value(row, at);
        return Float.isNaN(value) ? "" : table.columns().get(at).text(value);
    }

    @Test
    void readsEveryType() throws SQLException {
        Table table = read(
                "SELECT id, weight, price, color AS \"the color\", ripe, picked, seen, sold, note, few, token FROM"
                        + " fruit ORDER BY id",
                ReadOptions.USUAL);

        assertThat(table.columns())
                .extracting(Column::name)
                .containsExactly(
                        "ID", "WEIGHT", "PRICE", "the color", "RIPE", "PICKED", "SEEN", "SOLD", "NOTE", "FEW", "TOKEN");
        assertThat(table.columns())
                .extracting(Column::kind)
                .containsExactly(
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.NUMERIC,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.CATEGORICAL,
                        Kind.NUMERIC,
                        Kind.CATEGORICAL);
        assertThat(cell(table, "WEIGHT", 0)).isEqualTo("150.5");
        assertThat(cell(table, "PRICE", 0)).isEqualTo("1.25");
        assertThat(cell(table, "the color", 0)).isEqualTo("red");
        assertThat(cell(table, "RIPE", 0)).isEqualTo("true");
        assertThat(cell(table, "PICKED", 0)).isEqualTo("2026-11-26");
        assertThat(cell(table, "SEEN", 0)).isEqualTo("2026-11-26T08:30:15.500");
        assertThat(cell(table, "SOLD", 0)).isEqualTo("2026-11-26T08:30+01:00");
        assertThat(cell(table, "NOTE", 0)).isEqualTo("sweet");
        assertThat(cell(table, "FEW", 0)).isEqualTo("3");
        assertThat(cell(table, "TOKEN", 0)).endsWith("0001");
        for (Column each : table.columns().subList(1, 11))
            assertThat(cell(table, each.name(), 1)).isEmpty();
        assertThat(table.place(1)).isEqualTo("query, row 1");
    }

    @Test
    void longWholeNumbersKeepTheirDigitsAsTextsAndAreNotedAsNumbers() throws SQLException {
        List<String> notes = new ArrayList<>();
        String query = "SELECT CAST('12345678901234567' || x AS DECIMAL(20)) AS n FROM SYSTEM_RANGE(890, 891)";
        read(query, ReadOptions.USUAL.withNotes(notes::add)).close();
        assertThat(notes).singleElement().asString().contains("first 12345678901234567890 at row 0");

        for (Object each : List.of(new BigInteger("12345678901234567891"), new BigDecimal("12345678901234567891"))) {
            try (var rows = new SimpleResultSet()) { // H2's own types have none that drivers give as BigInteger
                rows.addColumn("n", Types.BIGINT, 20, 0);
                rows.addRow(each);
                Table table = Jdbc.read(rows, ReadOptions.USUAL.withTexts(Set.of("n")));
                assertThat(cell(table, "n", 0)).isEqualTo("12345678901234567891");
            }
        }
    }

    @Test
    void valuesThatAreNoTablesAreRefusedByName() {
        assertThatThrownBy(() -> read("SELECT id, tags FROM fruit", ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("query, row 0, column 'TAGS': expects a number, text, date, time or boolean")
                .hasMessageContaining("CAST");
    }

    @Test
    void aTextThatIsTooLongIsRefusedNotCut() throws SQLException {
        statement.execute("CREATE TABLE notes AS SELECT CAST(REPEAT('a', 1048576 + x) AS CLOB) AS note"
                + " FROM SYSTEM_RANGE(0, 1)");

        assertThat(cell(read("SELECT note FROM notes ORDER BY LENGTH(note) LIMIT 1", ReadOptions.USUAL), "NOTE", 0))
                .hasSize(1_048_576);
        assertThatThrownBy(() -> read("SELECT note FROM notes ORDER BY LENGTH(note)", ReadOptions.USUAL))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "query, row 1, column 'NOTE': expects a text of at most 1,048,576 characters, got 1,048,577")
                .hasMessageContaining("SUBSTRING(NOTE, 1, 1000)");
    }

    @Test
    void leftOutColumnsMayHoldAnything() throws SQLException {
        Table table = read("SELECT id, tags FROM fruit", ReadOptions.USUAL.without(Set.of("TAGS")));

        assertThat(table.rows()).isEqualTo(2);
    }

    @Test
    void errorsOfTheDatabaseAreNamed() throws SQLException {
        ResultSet rows = statement.executeQuery("SELECT * FROM fruit");
        rows.close();

        assertThatThrownBy(() -> Jdbc.read(rows))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("query: cannot be read: ")
                .hasCauseInstanceOf(SQLException.class);
        assertThatThrownBy(() -> read("SELECT * FROM fruit WHERE id > 9", ReadOptions.USUAL))
                .hasMessageContaining("query: expects at least one row, got 0 rows");
    }

    @Test
    void aQueryBecomesDataSets() throws SQLException {
        statement.execute("CREATE TABLE numbers AS SELECT x AS n, x * 0.5 AS half, MOD(x, 2) AS parity"
                + " FROM SYSTEM_RANGE(1, 50)");
        try (ResultSet rows = statement.executeQuery("SELECT * FROM numbers")) {
            DataSplit split = Jdbc.read(rows).toClassify("PARITY");

            assertThat(split.train().size() + split.test().size()).isEqualTo(50);
            assertThat(split.train().classNames()).containsExactly("0", "1");
        }
    }
}
