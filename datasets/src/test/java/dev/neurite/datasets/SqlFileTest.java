package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqlFileTest {
    private static final String SECRET = "never-shown";

    @TempDir
    Path directory;

    /// A driver that tells all it knows in its message. It is found by the jar of a test only.
    public static final class TalkativeDriver implements Driver {
        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:talkative:");
        }

        @Override
        public Connection connect(String url, Properties user) throws SQLException {
            String all = "no way to " + url + " with " + user.getProperty("password") + " or PASSWORD=other";
            if (url.contains("odd")) throw new IllegalArgumentException(all);
            if (url.contains("parts")) throw new SQLException(url.replaceFirst(".*host;", ""));
            if (url.contains("shortened")) throw new SQLException("no way to " + url.substring(0, url.length() - 1));
            if (url.contains("missing")) throw new NoClassDefFoundError("other/Driver");
            String late = url.replaceFirst(".*late-", "");
            if (!late.equals(url)) return failing(Connection.class, late, all, new AtomicBoolean());
            throw new SQLException(all, "28000");
        }

        /// A part of a connection. One method fails, and then all do.
        private static <T> T failing(Class<T> type, String name, String message, AtomicBoolean gone) {
            InvocationHandler answer = (_, method, _) -> {
                if (gone.get()) throw new SQLException("gone is " + message);
                gone.set(method.getName().equals(name));
                if (gone.get()) throw new IllegalStateException("cannot parse " + message);
                Class<?> result = method.getReturnType();
                if (result == boolean.class) return !method.getName().equals("next"); // no rows
                if (result == int.class) return 1;
                if (result == String.class) return "n";
                return result.isInterface() ? failing(result, name, message, gone) : null;
            };
            return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answer));
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties user) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getLogger("talkative");
        }
    }

    private Table read(String query, String... environment) throws IOException {
        Path file = Files.writeString(directory.resolve("fruit.sql"), query);
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) all.put(environment[i], environment[i + 1]);
        return SqlFile.read(file, ReadOptions.USUAL, all);
    }

    private Table read(String query) throws IOException {
        return read(query, SqlFile.DATABASE, "jdbc:h2:mem:");
    }

    /// The jar of a driver in a package of its own, which nothing but the jar has.
    /// @param named the class that the jar names
    private String driver(String named) throws IOException {
        String name = TalkativeDriver.class.getName().replace('.', '/');
        String other = name.replaceFirst("^dev", "own"); // of the same length, as class files count bytes
        Path jar = directory.resolve("driver.jar");
        try (var zip = new ZipOutputStream(Files.newOutputStream(jar));
                InputStream compiled = SqlFileTest.class.getResourceAsStream("SqlFileTest$TalkativeDriver.class")) {
            zip.putNextEntry(new ZipEntry("META-INF/services/java.sql.Driver"));
            zip.write(named.getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry(other + ".class"));
            String code = new String(compiled.readAllBytes(), StandardCharsets.ISO_8859_1);
            zip.write(code.replace(name, other).getBytes(StandardCharsets.ISO_8859_1));
        }
        return jar.toString();
    }

    @Test
    void readsTheRowsOfAQuery() throws IOException {
        String query = "\uFEFF-- of two kinds\nSELECT X AS n, X > 1 AS more, DATE '2026-11-26' AS picked,"
                + " NULLIF(X, 2) AS gap FROM SYSTEM_RANGE(1, 3)\n;\n";
        Table table = read(query);

        assertThat(table.columns()).extracting(Table.Column::name).containsExactly("N", "MORE", "PICKED", "GAP");
        assertThat(table.value(2, 0)).isEqualTo(3);
        assertThat(table.columns().get(1).text(table.value(0, 1))).isEqualTo("false");
        assertThat(table.columns().get(2).text(table.value(0, 2))).isEqualTo("2026-11-26");
        assertThat(table.value(1, 3)).isNaN();
    }

    @Test
    void environmentsThatDoNotFit() {
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.USER, "me"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NEURITE_DB_URL: expects the database of " + directory.resolve("fruit.sql"))
                .hasMessageContaining("NEURITE_DB_URL=jdbc:postgresql://localhost/shop");
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, "postgres://me:" + SECRET + "@host/shop"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("begins with jdbc:")
                .hasMessageNotContaining(SECRET);
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, "jdbc:mysql://me:" + SECRET + "@host/shop"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NEURITE_DB_DRIVER: expects the jar of a driver for jdbc:mysql, got none")
                .hasMessageContaining("NEURITE_DB_DRIVER=FILE.jar")
                .hasMessageNotContaining(SECRET);
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, "jdbc:h2:mem:", SqlFile.DRIVER, "none.jar"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NEURITE_DB_DRIVER: expects the jar of a JDBC driver, got no file: none.jar");
    }

    @Test
    void driversAreFoundInTheirJarsAndTheirMessagesHideWhatSignsIn() throws IOException {
        String url = "jdbc:talkative:host;password=" + SECRET;
        String jar = driver("own.neurite.datasets.SqlFileTest$TalkativeDriver");
        for (String each : List.of(url, url + ";odd")) {
            assertThatThrownBy(() -> read(
                            "SELECT 1", SqlFile.DATABASE, each, SqlFile.PASSWORD, SECRET + "-2", SqlFile.DRIVER, jar))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("fruit.sql: expects a database that can be reached, got: no way to …"
                            + " with … or PASSWORD=…")
                    .hasMessageNotContaining(SECRET)
                    .hasNoCause();
        }
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, url, SqlFile.DRIVER, jar))
                .hasMessageContaining("NEURITE_DB_USER and NEURITE_DB_PASSWORD");
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, url, SqlFile.DRIVER, driver("no.such.Driver")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NEURITE_DB_DRIVER: expects a driver that this Java can load, got:");
    }

    @Test
    void faultsAfterConnectingHideWhatSignsIn() throws IOException {
        String jar = driver("own.neurite.datasets.SqlFileTest$TalkativeDriver");
        for (String late : List.of("getMetaData", "createStatement", "executeQuery", "getColumnCount", "next")) {
            String url = "jdbc:talkative:host;password=" + SECRET + ";late-" + late;
            assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, url, SqlFile.DRIVER, jar))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining(
                            "fruit.sql: expects a query that the database answers, got: cannot parse no way to … with")
                    .hasNoCause()
                    .satisfies(fault -> assertThat(stackTrace(fault)).doesNotContain(SECRET));
        }
        String url = "jdbc:talkative:host;password=" + SECRET + ";late-close"; // after a fault of the rows
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, url, SqlFile.DRIVER, jar))
                .hasMessageContaining("fruit.sql: expects at least one row, got 0 rows")
                .satisfies(fault -> assertThat(stackTrace(fault))
                        .contains("Suppressed", "cannot parse no way to … with", "gone is no way to … with")
                        .doesNotContain(SECRET));
    }

    private static String stackTrace(Throwable fault) {
        var text = new StringWriter();
        fault.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void partsOfAUrlAreHidden() throws IOException {
        String jar = driver("own.neurite.datasets.SqlFileTest$TalkativeDriver");
        for (String each : List.of(
                "host;parts with " + SECRET + " alone;password=" + SECRET, // the driver names the password alone
                "host;parts: me:" + SECRET + "@host",
                "host;shortened=a " + SECRET + " b")) { // not the whole URL, which has spaces
            assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, "jdbc:talkative:" + each, SqlFile.DRIVER, jar))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("…")
                    .hasMessageNotContaining(SECRET);
        }
        String whole = "jdbc:talkative:" + SECRET + "/odd " + SECRET; // has the password in it
        assertThatThrownBy(
                        () -> read("SELECT 1", SqlFile.DATABASE, whole, SqlFile.PASSWORD, SECRET, SqlFile.DRIVER, jar))
                .hasMessageContaining("got: no way to … with … or");
        assertThatThrownBy(() -> read(
                        "SELECT 1", SqlFile.DATABASE, "jdbc:talkative:odd", SqlFile.PASSWORD, "o", SqlFile.DRIVER, jar))
                .hasMessageContaining("got: no way to … with o or");
    }

    @Test
    void aDriverThatCannotBeLoadedIsBlamed() throws IOException {
        String jar = driver("own.neurite.datasets.SqlFileTest$TalkativeDriver");
        assertThatThrownBy(() -> read("SELECT 1", SqlFile.DATABASE, "jdbc:talkative:missing", SqlFile.DRIVER, jar))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("NEURITE_DB_DRIVER: expects a driver that this Java can load, got:");
    }

    @Test
    void manySpacesTakeNoTime() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(read("SELECT 1" + " ".repeat(400_000) + "AS n" + " ".repeat(400_000) + ";")
                                .rows())
                        .isOne());
    }

    @Test
    void queriesThatAreNone() {
        assertThatThrownBy(() -> read(" ;\n")).isInstanceOf(DataException.class).hasMessageContaining("got an empty");
        assertThatThrownBy(() -> read(" ".repeat(1 << 20) + "SELECT 1"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at most 1,048,576 bytes");
        assertThatThrownBy(() -> read("SELECT weight FROM fruit"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("fruit.sql: expects a query that the database answers, got: Table")
                .hasMessageNotContaining("SQL statement");
        assertThatThrownBy(() -> read("SELECT 1 AS n WHERE FALSE"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("fruit.sql: expects at least one row");
        assertThatThrownBy(() -> read("SELECT ARRAY[1] AS n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("fruit.sql, row 0, column 'N'");
    }

    @Test
    void whatOnlyCsvFilesHaveIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("fruit.sql"), "SELECT 1");
        ReadOptions tabs = ReadOptions.USUAL.withDelimiter('\t');
        assertThatThrownBy(() -> SqlFile.read(file, tabs, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delimiter: expects a CSV file, got " + file);
    }
}
