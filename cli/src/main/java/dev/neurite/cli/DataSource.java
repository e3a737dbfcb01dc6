package dev.neurite.cli;

import dev.neurite.data.Split;
import dev.neurite.datasets.DataDirectory;
import dev.neurite.datasets.DatasetProvider;
import dev.neurite.datasets.Datasets;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.error.ConfigException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// A data set as named on a command line: a known name, or a directory or file, see [DataDirectory].
final class DataSource {
    private final String text;
    private final String name;
    private final List<String> features;
    private final Function<ImageFolder.Options, Split> loader;
    private final BooleanSupplier ofImages; // files, which can be changed while they are read

    private DataSource(
            String text,
            String name,
            List<String> features,
            Function<ImageFolder.Options, Split> loader,
            BooleanSupplier ofImages) {
        this.text = text;
        this.name = name;
        this.features = features;
        this.loader = loader;
        this.ofImages = ofImages;
    }

    /// Finds a data set without loading it. A directory goes before a data set of the same name.
    /// @throws dev.neurite.error.ConfigException for an unknown name
    static DataSource of(String argument) {
        if (isPath(argument)) {
            Path directory = Path.of(argument);
            Path last = directory.toAbsolutePath().normalize().getFileName();
            String plain = String.valueOf(last).replaceAll("[^A-Za-z0-9._-]+", "-");
            return new DataSource(
                    argument,
                    plain,
                    List.of(),
                    images -> DataDirectory.load(directory, images),
                    () -> DataDirectory.isOfImages(directory));
        }
        DatasetProvider provider = Datasets.provider(argument);
        return new DataSource(argument, argument, provider.featureNames(), _ -> provider.load(), () -> false);
    }

    private static boolean isPath(String argument) {
        try {
            boolean looksSo = argument.contains("/") || argument.contains(File.separator) || argument.startsWith(".");
            boolean named = argument.toLowerCase(Locale.ROOT).endsWith(".npz");
            return !argument.isEmpty() && (looksSo || named || Files.exists(Path.of(argument)));
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
    /// @param images what becomes of images
    /// @throws ConfigException if that is unusual, and the data is no directory of images
    /// @throws dev.neurite.error.DataException if files are missing or damaged
    Split load(ImageFolder.Options images) {
        if (!images.equals(ImageFolder.Options.USUAL) && !ofImages.getAsBoolean()) {
            throw new ConfigException(
                    images.isResized() ? DataOptions.IMAGE_SIZE : DataOptions.GRAY,
                    "expects a directory of PNG or JPEG images, got " + text);
        }
        return loader.apply(images);
    }

    /// Reads the data as a model needs it.
    /// @throws dev.neurite.error.DataException if files are missing or damaged
    Split load(LoadedModel model) {
        return loader.apply(ofImages.getAsBoolean() ? model.images() : ImageFolder.Options.USUAL);
    }
}
