package dev.neurite.datasets;

import dev.neurite.data.table.Table;
import dev.neurite.datasets.parquet.ParquetReader;
import dev.neurite.error.DataException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Tables in files: CSV, ARFF, Parquet and queries, by the name of the file.
public final class TableFiles {
    /// The formats of tables.
    public enum Format {
        /// Text with a row a line, read by [Csv]; also a file with another ending.
        CSV(".*\\.[ct]sv(\\.gz)?"),
        /// Weka's format, read by [Arff].
        ARFF(".*\\.arff(\\.gz)?"),
        /// Columns in binary, read by [Parquet].
        PARQUET(".*\\.(parquet|pq)"),
        /// A query of a database, of which the environment says the rest: `NEURITE_DB_URL`, and where they are needed
        /// `NEURITE_DB_USER`, `NEURITE_DB_PASSWORD` and `NEURITE_DB_DRIVER`, jars of drivers that are not on
        /// the class path. Its rows are read as [Jdbc] does.
        SQL(".*\\.sql");

        private final String names;

        Format(String names) {
            this.names = "(?s)" + names;
        }
    }

    /// What reads an open file.
    @FunctionalInterface
    interface Reader {
        Table read(InputStream in) throws IOException;
    }

    private TableFiles() {}

    /// Reads a file with the usual options.
    /// @throws DataException if it is missing, damaged, no table, or a query that the database does not answer
    /// @throws dev.neurite.error.ConfigException for a query if the environment does not say of which database
    public static Table read(Path file) {
        return read(file, ReadOptions.USUAL);
    }

    /// Reads a file.
    /// @throws DataException if it is missing, damaged, no table, or a query that the database does not answer
    /// @throws dev.neurite.error.ConfigException for options of CSV files and another format, and for a query
    /// if the environment does not say of which database
    public static Table read(Path file, ReadOptions options) {
        return switch (format(file)) {
            case CSV -> Csv.read(file, options);
            case ARFF -> Arff.read(file, options);
            case PARQUET -> Parquet.read(file, options);
            case SQL -> SqlFile.read(file, options, System.getenv());
        };
    }

    /// The format of a file, by its name; of a file with another name by its first bytes, CSV if they do not say.
    public static Format format(Path file) {
        String name = file.toString();
        for (Format each : Format.values()) if (isNamed(name, each)) return each;
        return ParquetReader.isParquet(start(file)) ? Format.PARQUET : Format.CSV;
    }

    /// Whether a file is named as one of a table.
    public static boolean isNamedSo(String name) {
        for (Format each : Format.values()) if (isNamed(name, each)) return true;
        return false;
    }

    private static boolean isNamed(String name, Format format) {
        return name.toLowerCase(Locale.ROOT).matches(format.names);
    }

    private static byte[] start(Path file) {
        if (!Files.isRegularFile(file)) return new byte[0];
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(4);
        } catch (IOException _) {
            return new byte[0]; // reported when it is read
        }
    }

    /// Opens a file and reads it.
    /// @param kind what it should be, for messages: `a CSV file`
    static Table open(Path file, String kind, Reader reader) {
        requireFile(file, kind);
        try (InputStream in = Files.newInputStream(file)) {
            return reader.read(in);
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    static void requireFile(Path file, String kind) {
        String where = file.toString();
        if (!Files.exists(file)) {
            throw DataException.missing(file, kind);
        }
        if (Files.isDirectory(file)) throw new DataException(where, "expects " + kind + ", got a directory");
    }

    /// The uncompressed content of a stream.
    static InputStream unpacked(InputStream in) throws IOException {
        var pushed = new PushbackInputStream(in, 2);
        byte[] start = pushed.readNBytes(2);
        pushed.unread(start);
        boolean packed = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        return packed ? new GZIPInputStream(pushed, 1 << 16) : pushed;
    }

    static DataException unreadable(String where, IOException e) {
        if (e instanceof AccessDeniedException) {
            return new DataException(where, "expects a file that may be read, got no permission");
        }
        if (e instanceof ZipException || e instanceof EOFException) {
            return new DataException(where, "expects undamaged gzip data, got an error: " + e.getMessage());
        }
        return new DataException(where, "cannot be read: " + e.getMessage());
    }
}
