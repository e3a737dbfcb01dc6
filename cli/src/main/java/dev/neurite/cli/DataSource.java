package dev.neurite.cli;

import dev.neurite.data.Dataset;
import dev.neurite.data.Split;
import dev.neurite.datasets.DataDirectory;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/// Data as named on a command line: a known name, a directory, see [DataDirectory], a NumPy file, or a CSV file.
sealed interface DataSource {
    /// Finds data without loading it. A file or directory goes before a data set of the same name.
    /// @throws dev.neurite.error.ConfigException for an unknown name
    static DataSource of(String argument) {
        if (!isPath(argument)) return new Named(argument, Datasets.provider(argument));
        Path path = Path.of(argument);
        boolean table = (isCsv(argument) || (isText(path) && !isNumpy(argument))) && !Files.isDirectory(path);
        return table ? new CsvSource(argument, path) : new Directory(argument, path);
    }

    private static boolean isPath(String argument) {
        try {
            boolean looksSo = argument.contains("/") || argument.contains(File.separator) || argument.startsWith(".");
            return !argument.isEmpty()
                    && (looksSo || isCsv(argument) || isNumpy(argument) || Files.exists(Path.of(argument)));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    private static boolean isCsv(String argument) {
        String name = argument.toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".tsv");
    }

    private static boolean isNumpy(String argument) {
        return argument.toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    /// Whether there is a file that may be text: neither packed by gzip nor an IDX file.
    private static boolean isText(Path path) {
        if (!Files.isRegularFile(path)) return false;
        try (InputStream in = Files.newInputStream(path)) {
            int first = in.read();
            return first != 0 && first != 0x1f;
        } catch (IOException _) {
            return true; // told when it is read
        }
    }

    /// The name of a path that may be part of a directory's.
    static String plain(Path path) {
        Path last = path.toAbsolutePath().normalize().getFileName();
        return String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
    }

    /// What was written on the command line.
    String text();

    /// What a run is called by.
    String name();

    /// The names of the columns, where there are any that a model should know.
    default List<String> features() {
        return List.of();
    }

    /// Reads the data to train on.
    /// @throws ConfigException for settings of other kinds of data
    /// @throws dev.neurite.error.DataException if files are missing or damaged
    LoadedData load(Settings settings);

    /// Reads the data to test a model with.
    /// @param notes takes what is odd, but no error
    /// @throws dev.neurite.error.DataException if files are missing or damaged, or are not what the model takes
    Dataset load(LoadedModel model, Consumer<String> notes);

    /// Reads the data that a model's training left to test it with.
    /// @param notes takes what is odd, but no error
    /// @throws dev.neurite.error.DataException if files are missing or damaged, or are not what the model takes
    default Dataset tested(LoadedModel model, Consumer<String> notes) {
        return load(model, notes);
    }

    private static void refuseTableModel(LoadedModel model, String text) {
        if (model.takesPixels()) return;
        throw new DataException(
                text,
                "expects a CSV file with the columns that the model was trained on, got other data",
                "It takes "
                        + String.join(
                                ", ",
                                model.preprocessing().orElseThrow().inputColumns().stream()
                                        .limit(12)
                                        .toList()));
    }

    private static ConfigException noImages(ImageFolder.Options images, String text) {
        return new ConfigException(
                images.isResized() ? DataOptions.IMAGE_SIZE : DataOptions.GRAY,
                "expects a directory of PNG or JPEG images, got " + text);
    }

    /// A data set by its name.
    record Named(String text, DatasetProvider provider) implements DataSource {
        @Override
        public String name() {
            return text;
        }

        @Override
        public List<String> features() {
            return provider.featureNames();
        }

        @Override
        public LoadedData load(Settings settings) {
            settings.data().table().refuseFor(text);
            ImageFolder.Options images = settings.data().images();
            if (!images.equals(ImageFolder.Options.USUAL)) throw noImages(images, text);
            return LoadedData.of(provider.load(), settings);
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            refuseTableModel(model, text);
            return provider.load().test();
        }
    }

    /// A directory, or a NumPy file.
    record Directory(String text, Path path) implements DataSource {
        @Override
        public String name() {
            return plain(path);
        }

        @Override
        public LoadedData load(Settings settings) {
            settings.data().table().refuseFor(text);
            ImageFolder.Options images = settings.data().images();
            if (!images.equals(ImageFolder.Options.USUAL) && !DataDirectory.isOfImages(path))
                throw noImages(images, text);
            return LoadedData.of(DataDirectory.load(path, images), settings);
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            refuseTableModel(model, text);
            boolean images = DataDirectory.isOfImages(path);
            Split split = DataDirectory.load(path, images ? model.images() : ImageFolder.Options.USUAL);
            return split.test();
        }
    }

    /// A table.
    record CsvSource(String text, Path path) implements DataSource {
        @Override
        public String name() {
            return plain(path).replaceFirst("\\.[A-Za-z]+$", "");
        }

        @Override
        public LoadedData load(Settings settings) {
            ImageFolder.Options images = settings.data().images();
            if (!images.equals(ImageFolder.Options.USUAL)) throw noImages(images, text);
            return new CsvTraining(path, settings).load();
        }

        @Override
        public Dataset load(LoadedModel model, Consumer<String> notes) {
            return CsvTesting.load(text, path, model, notes);
        }

        @Override
        public Dataset tested(LoadedModel model, Consumer<String> notes) {
            return CsvTesting.tested(text, path, model, notes);
        }
    }
}
