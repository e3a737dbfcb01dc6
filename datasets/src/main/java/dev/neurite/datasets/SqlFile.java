package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/// Reads the rows of the query in a `.sql` file. The environment says of which database, so that nothing that signs
/// in is in a file or a command line; no message has it either.
final class SqlFile {
    static final String DATABASE = "NEURITE_DB_URL";
    static final String USER = "NEURITE_DB_USER";
    static final String PASSWORD = "NEURITE_DB_PASSWORD";
    static final String DRIVER = "NEURITE_DB_DRIVER";

    private static final int LONGEST = 1 << 20; // bytes of a query
    private static final int ROWS_AT_ONCE = 1000;

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
            String query = text.replaceFirst("^\uFEFF", "").strip().replaceFirst("[;\\s]+$", "");
            if (query.isEmpty()) throw new DataException(where, "expects a query, got an empty file");
            return query;
        } catch (CharacterCodingException _) {
            throw new DataException(where, "expects a query in UTF-8, got other bytes");
        } catch (IOException e) {
            throw TableFiles.unreadable(where, e);
        }
    }

    private Table read(String query, ReadOptions options) {
        try (URLClassLoader drivers = drivers();
                Connection database = connect(drivers)) {
            boolean undone = database.getMetaData().supportsTransactions();
            if (undone) database.setAutoCommit(false); // PostgreSQL sends rows in parts only then
            try (Statement statement = database.createStatement()) {
                statement.setFetchSize(ROWS_AT_ONCE);
                try (ResultSet rows = statement.executeQuery(query)) {
                    return Jdbc.read(where, rows, options);
                }
            } finally {
                if (undone) database.rollback(); // reading changes nothing, whatever the query
            }
        } catch (SQLException e) {
            throw new DataException(where, "expects a query that the database answers, got: " + plain(e));
        } catch (LinkageError | ServiceConfigurationError e) {
            throw new ConfigException(DRIVER, "expects a driver that this Java can load, got: " + e);
        } catch (IOException e) {
            throw new ConfigException(DRIVER, "cannot be read: " + e.getMessage());
        }
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
        }
        throw new ConfigException(
                DRIVER,
                "expects the jar of a driver for " + url.replaceFirst("(?s)^(jdbc:\\w*).*", "$1") + ", got "
                        + (value(DRIVER).isBlank() ? "none" : value(DRIVER)),
                "Get it from the database's makers, and set " + DRIVER + "=FILE.jar in the environment");
    }

    /// The first line of a driver's message without what signs in: drivers name URLs, and URLs may have passwords.
    /// For the same reason the exception is not passed on as a cause.
    private String plain(Exception fault) {
        String line = String.valueOf(fault.getMessage()).lines().findFirst().orElse("no reason");
        if (!value(PASSWORD).isEmpty()) line = line.replace(value(PASSWORD), "…");
        return line.replace(value(DATABASE), "jdbc:…")
                .replaceAll("jdbc:[^\\s\"']*", "jdbc:…")
                .replaceAll("(?i)(password|pwd)=[^\\s;&\"']*", "$1=…")
                .replaceFirst("; SQL statement:$", "");
    }
}
