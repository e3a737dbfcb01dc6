package dev.neurite.cli.option;

import dev.neurite.cli.console.FilesRead;
import dev.neurite.error.ConfigException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The option `--html`: the file of a report.
public final class HtmlOption {
    public static final String NAME = "--html";

    @Option(
            names = NAME,
            paramLabel = "FILE",
            description = "Also write a report: one HTML file with curves, errors, examples, network, configuration and"
                    + " environment, as far as the command has them. It needs no connection and prints well.")
    private @Nullable String html;

    /// Whether it is given.
    public boolean isGiven() {
        return html != null;
    }

    /// The file; empty for none.
    /// @param read what the command reads
    /// @throws ConfigException if it is a directory, in no directory, or what the command reads
    public Optional<Path> file(FilesRead read) {
        return file(read, Optional.empty());
    }

    /// The file; empty for none.
    /// @param read what the command reads
    /// @param created a directory that the command writes to, which need not exist; a file in it must end
    /// with .html, as no other one there does
    /// @throws ConfigException if it is a directory, in no directory, or what the command reads or writes
    public Optional<Path> file(FilesRead read, Optional<Path> created) {
        if (html == null) return Optional.empty();
        try {
            Path file = Path.of(html);
            if (html.isBlank() || Files.isDirectory(file)) {
                throw new ConfigException(NAME, "expects a file, got " + (html.isBlank() ? "nothing" : "a directory"));
            }
            Path directory = file.toAbsolutePath().normalize().getParent();
            boolean comes = created.filter(
                            each -> each.toAbsolutePath().normalize().equals(directory))
                    .isPresent();
            if (directory != null && !comes && !Files.isDirectory(directory)) {
                throw new ConfigException(
                        NAME + " " + html, "expects a file in a directory that exists, got one in " + directory);
            }
            if (comes && !file.toString().endsWith(".html")) {
                throw new ConfigException(
                        NAME + " " + html,
                        "expects a name that ends with .html in the directory of the other results, got "
                                + file.getFileName());
            }
            read.refuse(NAME, file);
            return Optional.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException(NAME, "expects a file, got '" + html + "': " + e.getReason());
        }
    }
}
