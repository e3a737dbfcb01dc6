package dev.neurite.cli.exchange;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A directory for a model without a training, which all commands take that take a run.
/// @param path of the directory
public record ModelDirectory(Path path) {
    /// The option that names it.
    public static final String OPTION = "--out";

    /// The directory to make, or an empty one.
    /// @param out what the option says; null where it is not given
    /// @throws ConfigException for a file, a directory with files, and nothing
    /// @throws ResourceException if it cannot be read
    public static ModelDirectory of(@Nullable String out) {
        if (out == null || out.isBlank()) {
            throw new ConfigException(OPTION, "expects a directory for the model, got none");
        }
        Path path = Formats.path(OPTION, out);
        if (!Files.exists(path)) return new ModelDirectory(path);
        if (!Files.isDirectory(path)) throw new ConfigException(OPTION + " " + path, "expects a directory, got a file");
        try (Stream<Path> files = Files.list(path)) {
            if (files.findAny().isEmpty()) return new ModelDirectory(path);
        } catch (IOException e) {
            throw new ResourceException(path.toString(), "cannot be read: " + ResourceException.reason(e));
        }
        throw new ConfigException(
                OPTION + " " + path, "expects a new or empty directory, got one with files", "Choose another");
    }

    /// Writes the model.
    /// @return its file
    /// @throws ResourceException if it cannot be written
    public Path write(ModelFile model) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new ResourceException(path.toString(), "cannot be made: " + ResourceException.reason(e));
        }
        Path file = path.resolve(LoadedModel.MODEL_FILE);
        model.write(file, Catalog.standard());
        return file;
    }

    /// The size of a file in bytes.
    public static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }
}
