package dev.neurite.cli;

import dev.neurite.data.Split;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.datasets.IdxDirectory;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// A data set as named on a command line: a known name, or a directory of IDX files.
final class DataSource {
    private final String text;
    private final String name;
    private final List<String> features;
    private final Supplier<Split> loader;

    private DataSource(String text, String name, List<String> features, Supplier<Split> loader) {
        this.text = text;
        this.name = name;
        this.features = features;
        this.loader = loader;
    }

    /// Finds a data set without loading it. A directory goes before a data set of the same name.
    /// @throws dev.neurite.error.ConfigException for an unknown name
    static DataSource of(String argument) {
        if (isPath(argument)) {
            Path directory = Path.of(argument);
            Path last = directory.toAbsolutePath().normalize().getFileName();
            String plain = String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
            return new DataSource(argument, plain, List.of(), () -> IdxDirectory.load(directory));
        }
        DatasetProvider provider = Datasets.provider(argument);
        return new DataSource(argument, argument, provider.featureNames(), provider::load);
    }

    private static boolean isPath(String argument) {
        try {
            boolean looksSo = argument.contains("/") || argument.contains(File.separator) || argument.startsWith(".");
            return !argument.isEmpty() && (looksSo || Files.exists(Path.of(argument)));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    String text() {
        return text;
    }

    String name() {
        return name;
    }

    List<String> features() {
        return features;
    }

    /// Reads the data.
    /// @throws dev.neurite.error.DataException if files are missing or damaged
    Split load() {
        return loader.get();
    }
}
