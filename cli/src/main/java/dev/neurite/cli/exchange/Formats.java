package dev.neurite.cli.exchange;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All formats. A new one is a class, and its name here.
final class Formats {
    static final List<ExportFormat> WRITTEN = List.of(
            new OnnxFormat(), new SafetensorsExport(), new PytorchExport(), new NumpyFormat(), new JavaFormat());
    static final List<ImportFormat> READ = List.of(
            new OnnxImport(), new SafetensorsImport(), new PytorchImport(), new NumpyFormat(), new KerasImport());

    /// Kinds that the reader of a format says more about.
    private static final Set<FileKind> OPEN = Set.of(FileKind.UNKNOWN, FileKind.ZIP);

    private Formats() {}

    /// Reads a run, a model file, or a file of another format.
    /// @param from its format; null for that of the file's ending
    static Content read(String path, @Nullable String from) {
        if (from == null && LoadedModel.isRun(path)) {
            LoadedModel run = LoadedModel.read(path);
            return Content.of(path, run.content());
        }
        Path file = path("the file to read", path);
        if (path.isEmpty()) throw new DataException("file", "expects a run or a model file, got no name");
        if (!Files.exists(file)) throw DataException.missing(file, "a run or a model file");
        if (Files.isDirectory(file))
            return Content.of(path, LoadedModel.read(path).content()); // says what is missing
        FileKind kind = FileKind.of(file);
        Optional<ImportFormat> known = from == null && READ.stream().noneMatch(each -> hasEnding(each, path))
                ? reading(kind)
                : Optional.empty();
        ImportFormat format = known.orElseGet(() -> of("--from", from, path, READ));
        requireKind(format, file, kind);
        return format.read(file);
    }

    /// The format that reads a kind of files.
    private static Optional<ImportFormat> reading(FileKind kind) {
        return READ.stream().filter(each -> each.kinds().contains(kind)).findFirst();
    }

    /// Refuses a file that another format reads, or none.
    /// @throws ModelFormatException with the other format
    private static void requireKind(ImportFormat format, Path file, FileKind kind) {
        if (format.kinds().contains(kind) || OPEN.contains(kind)) return;
        throw new ModelFormatException(
                file.toString(),
                "expects a file of the format " + format.name() + ", got " + kind.words(),
                reading(kind)
                        .map(other -> "Name the format: --from " + other.name())
                        .orElse(""));
    }

    /// The format of a name, or of a file's ending.
    /// @param option that gives the name
    /// @param name null for the file's ending
    /// @throws ConfigException for an unknown one
    static <F extends Format> F of(String option, @Nullable String name, String file, List<F> known) {
        List<String> names = known.stream().map(Format::name).toList();
        return known.stream()
                .filter(each ->
                        name == null ? hasEnding(each, file) : each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> name == null
                        ? new ConfigException(
                                file,
                                "expects a file whose ending tells its format, "
                                        + Spelling.listed(known.stream()
                                                .flatMap(each -> each.offered().stream())
                                                .toList()),
                                "Or name the format: " + option + " " + String.join("|", names))
                        : new ConfigException(
                                option,
                                "expects one of " + String.join(", ", names) + ", got '" + name + "'",
                                Spelling.hint(name, names)));
    }

    private static boolean hasEnding(Format format, String file) {
        String lower = file.toLowerCase(Locale.ROOT);
        return format.endings().stream().anyMatch(lower::endsWith);
    }

    /// Whether a path is a file that one of the formats reads, by its ending or content.
    static boolean isFile(String path) {
        try {
            Path file = Path.of(path);
            return Files.isRegularFile(file)
                    && (READ.stream().anyMatch(each -> hasEnding(each, path))
                            || reading(FileKind.of(file)).isPresent());
        } catch (InvalidPathException _) {
            return false; // reported when it is read
        }
    }

    static Path path(String what, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException(what, "expects a path, got '" + text + "': " + e.getReason());
        }
    }
}
