package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What a command reads. None of its outputs may replace it, by whatever name or link.
/// @param paths files, and directories for the files in them, except HTML, which no command reads
public record FilesRead(List<Path> paths) {
    public FilesRead {
        paths = List.copyOf(paths);
    }

    /// Files by their names on the command line; `-` and what is no path are no files.
    public static FilesRead of(List<String> names) {
        return new FilesRead(names.stream().flatMap(FilesRead::path).toList());
    }

    private static Stream<Path> path(String name) {
        try {
            return name.isEmpty() || name.equals("-") ? Stream.empty() : Stream.of(Path.of(name));
        } catch (InvalidPathException _) {
            return Stream.empty(); // reported when it is read
        }
    }

    /// With more files.
    public FilesRead and(List<Path> others) {
        return new FilesRead(Stream.concat(paths.stream(), others.stream()).toList());
    }

    /// Refuses an output that is one of the files.
    /// @param option the option that names the output
    /// @throws ConfigException then
    /// @throws ResourceException if a directory cannot be read
    public void refuse(String option, Path output) {
        if (!Files.isRegularFile(output)) return; // a new file, or one that is not replaced
        for (Path each : paths) {
            try {
                if (Files.isDirectory(each) ? holds(each, output) : isSame(each, output)) {
                    throw new ConfigException(
                            option + " " + output,
                            "expects a file that the command does not read, got " + each
                                    + (Files.isDirectory(each) ? ", which holds it" : ""),
                            "Choose another file");
                }
            } catch (IOException | UncheckedIOException e) {
                throw new ResourceException(each.toString(), "cannot be read: " + e.getMessage());
            }
        }
    }

    private static boolean holds(Path directory, Path output) throws IOException {
        if (String.valueOf(output.getFileName()).toLowerCase(Locale.ROOT).endsWith(".html")) return false;
        try (Stream<Path> all = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (Files.isRegularFile(each) && Files.isSameFile(each, output)) return true;
            }
            return false;
        }
    }

    private static boolean isSame(Path file, Path output) throws IOException {
        return Files.exists(file) && Files.isSameFile(file, output);
    }
}
