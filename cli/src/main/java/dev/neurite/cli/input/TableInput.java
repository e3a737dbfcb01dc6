package dev.neurite.cli.input;

import dev.neurite.data.table.Table;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.TableFiles;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/// A table to predict from: a file of any format, or a stream of CSV.
/// @param where its name on the command line
/// @param in its content
/// @param file the file; empty for a stream that can be read once only
record TableInput(String where, InputStream in, Optional<Path> file) {
    static TableInput of(String where, InputStream in) {
        return new TableInput(where, in, Optional.empty());
    }

    Table read(ReadOptions options) {
        return file.isPresent() ? read(file.get(), options) : Csv.read(where, in, options);
    }

    /// Reads a file for a trained model, whose notes on CSV files say nothing about one of another format.
    static Table read(Path file, ReadOptions options) {
        boolean csv = TableFiles.format(file) == TableFiles.Format.CSV;
        return TableFiles.read(file, csv ? options : options.withoutCsv());
    }
}
