package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads the rows of the query in a `.sql` file. The environment says of which database, so that nothing that signs
/// in is in a file or a command line; no message has the URL or a password either.
final class SqlFile {
    static final String DATABASE = "NEURITE_DB_URL";
    static final String USER = "NEURITE_DB_USER";
    static final String PASSWORD = "NEURITE_DB_PASSWORD";
    static final String DRIVER = "NEURITE_DB_DRIVER";

    private static final int LONGEST = 1 << 20; // bytes of a query
    private static final int ROWS_AT_ONCE = 1000;
    private static final int SHORTEST_SECRET = 3; // characters

    /// In a URL: `password=…`, and what is before an `@`.
    private static final Pattern PASSWORDS = Pattern.compile("(?i)(?<=password=|pwd=)[^;&]+|[^/:;?&=@]+(?=@)");

    private final String where;
    private final Map<String, String> environment;

    private SqlFile(Path file, Map<String, String> environment) {
        this.where = file.toString();
        this.environment = environment;
    }

    static Table read(Path file, ReadOptions options, Map<String, String> environment) {
        TableFiles.requireFile(file, "a query");
        options.requireNoCsv(file.toString());
        return new SqlFile(file, environment).read(query(file), options);
    }

    private interface Step {
        void run() throws SQLException;
    }

    private interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    private static String query(Path file) {
        String where = file.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new DataException(
                        where, String.format(Locale.ROOT, "expects a query of at most %,d bytes, got more", LONGEST));
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            String query = statement(text.startsWith("\uFEFF") ? text.substring(1) : text);
            if (query.isEmpty()) throw new DataException(where, "expects a query, got an empty file");
            return query;
        } catch (CharacterCodingException _) {
            throw new DataException(where, "expects a query in UTF-8, got other bytes");
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    /// The query without the semicolon and spaces at its end.
    private static String statement(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ';' || Character.isWhitespace(text.charAt(end - 1)))) end--;
        return text.substring(0, end).strip();
    }

    private Table read(String query, ReadOptions options) {
        try (URLClassLoader drivers = drivers()) {
            return read(connect(drivers), query, options);
        } catch (NeuriteException e) {
            throw e;
        } catch (SQLException | RuntimeException e) { // some drivers refuse by the latter
            throw refused(e);
        } catch (IOException e) {
            throw new ConfigException(DRIVER, "cannot be read: " + e.getMessage());
        }
    }

    private Table read(Connection database, String query, ReadOptions options) throws SQLException {
        try (Closing _ = closing(database::close)) {
            readOnly(database);
            boolean undone = database.getMetaData().supportsTransactions();
            if (undone) database.setAutoCommit(false); // PostgreSQL sends rows in parts only then
            Statement statement = database.createStatement();
            try (Closing _ = closing(undone ? database::rollback : () -> {});
                    Closing _ = closing(statement::close)) { // its rows, too
                statement.setFetchSize(ROWS_AT_ONCE);
                return Jdbc.read(where, statement.executeQuery(query), options);
            }
        }
    }

    private static void readOnly(Connection database) {
        try {
            database.setReadOnly(true);
        } catch (SQLException | RuntimeException _) {
            // a hint, which some drivers do not take once they are connected
        }
    }

    /// A step of the end. What the driver says of it is made plain here, as it may only be suppressed later.
    private Closing closing(Step step) {
        return () -> {
            try {
                step.run();
            } catch (SQLException | RuntimeException e) {
                throw refused(e);
            }
        };
    }

    private DataException refused(Exception fault) {
        return new DataException(where, "expects a query that the database answers, got: " + plain(fault));
    }

    private String value(String name) {
        return environment.getOrDefault(name, "");
    }

    /// Loads drivers from the named jars, and from where this class is.
    private URLClassLoader drivers() {
        List<URL> jars = new ArrayList<>();
        for (String each : value(DRIVER).split(File.pathSeparator, -1)) {
            if (each.isBlank()) continue;
            var jar = new File(each);
            if (!jar.isFile()) {
                throw new ConfigException(DRIVER, "expects the jar of a JDBC driver, got no file: " + each);
            }
            try {
                jars.add(jar.toURI().toURL());
            } catch (MalformedURLException e) {
                throw new ConfigException(DRIVER, "expects the jar of a JDBC driver, got " + each + ": " + e);
            }
        }
        return new URLClassLoader(jars.toArray(URL[]::new), SqlFile.class.getClassLoader());
    }

    private Connection connect(ClassLoader drivers) {
        String url = value(DATABASE);
        if (url.isBlank()) {
            throw new ConfigException(
                    DATABASE,
                    "expects the database of " + where + ", got none",
                    "Set it in the environment: " + DATABASE + "=jdbc:postgresql://localhost/shop");
        }
        if (!url.startsWith("jdbc:")) {
            throw new ConfigException(DATABASE, "expects a text that begins with jdbc:, got another");
        }
        var user = new Properties();
        if (!value(USER).isEmpty()) user.setProperty("user", value(USER));
        if (!value(PASSWORD).isEmpty()) user.setProperty("password", value(PASSWORD));
        try {
            for (Driver each : ServiceLoader.load(Driver.class, drivers)) {
                if (!each.acceptsURL(url)) continue;
                Optional<Connection> connection = Optional.ofNullable(each.connect(url, user));
                if (connection.isPresent()) return connection.get();
            }
        } catch (SQLException | RuntimeException e) { // some drivers refuse a URL by the latter
            boolean refused = e instanceof SQLException sql
                    && String.valueOf(sql.getSQLState()).startsWith("28");
            throw new DataException(
                    where,
                    "expects a database that can be reached, got: " + plain(e),
                    refused ? USER + " and " + PASSWORD + " in the environment sign in" : "");
        } catch (LinkageError | ServiceConfigurationError e) {
            throw new ConfigException(
                    value(DRIVER).isBlank() ? "class path" : DRIVER,
                    "expects a driver that this Java can load, got: " + e);
        }
        throw new ConfigException(
                DRIVER,
                "expects the jar of a driver for " + url.replaceFirst("(?s)^(jdbc:\\w*).*", "$1") + ", got "
                        + (value(DRIVER).isBlank() ? "none" : value(DRIVER)),
                "Get it from the database's makers, and set " + DRIVER + "=FILE.jar in the environment");
    }

    /// The first line of a driver's message without the URL and passwords: drivers name both.
    /// For the same reason the exception is not passed on as a cause.
    private String plain(Exception fault) {
        String message = Objects.requireNonNullElse(fault.getMessage(), "");
        String line = message.lines().findFirst().orElse(fault.getClass().getSimpleName());
        for (String each : secrets()) line = line.replace(each, "…");
        return line.replaceAll("(?i)jdbc:.*", "jdbc:…") // a URL may have spaces
                .replaceAll("(?i)(password|pwd)=.*", "$1=…")
                .replaceFirst("; SQL statement:$", "");
    }

    /// The URL and passwords, also those in the URL, which a driver may name alone; the longest first. A very short one
    /// would be told by the places of the `…`.
    private List<String> secrets() {
        String url = value(DATABASE);
        Stream<String> inside = PASSWORDS.matcher(url).results().map(MatchResult::group);
        return Stream.concat(Stream.of(url, value(PASSWORD)), inside)
                .filter(each -> each.length() >= SHORTEST_SECRET)
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }
}
