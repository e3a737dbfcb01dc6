package dev.neurite.cli.input;

import dev.neurite.data.table.Table;
import dev.neurite.datasets.Csv;
import dev.neurite.datasets.CsvOptions;
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

    Table read(CsvOptions options) {
        return file.isPresent() ? TableFiles.read(file.get(), options) : Csv.read(where, in, options);
    }
}
