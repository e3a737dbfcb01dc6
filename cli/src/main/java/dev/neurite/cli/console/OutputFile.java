package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where results go: to standard output, or to a file, which is there as a whole or not at all.
/// @param stream takes the results
/// @param file the file; empty for standard output
/// @param temporary where they are until all are there; empty for standard output
public record OutputFile(PrintStream stream, Optional<Path> file, Optional<Path> temporary) implements AutoCloseable {
    /// The file of a name, or standard output where there is none.
    /// @param option what asked for a file
    /// @param name its path; null for none
    /// @throws ConfigException for a name that is none
    /// @throws ResourceException if it cannot be written
    public static OutputFile of(String option, @Nullable String name, PrintStream usual) {
        if (name == null) return new OutputFile(usual, Optional.empty(), Optional.empty());
        try {
            Path file = Path.of(name);
            if (name.isBlank() || Files.isDirectory(file)) {
                throw new ConfigException(
                        option, "expects a file, got " + (name.isBlank() ? "nothing" : "a directory"));
            }
            Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
            var out = new BufferedOutputStream(Files.newOutputStream(temporary));
            return new OutputFile(
                    new PrintStream(out, false, StandardCharsets.UTF_8), Optional.of(file), Optional.of(temporary));
        } catch (InvalidPathException e) {
            throw new ConfigException(option, "expects a file, got '" + name + "': " + e.getReason());
        } catch (IOException e) {
            throw new ResourceException(name, "cannot be written: " + ResourceException.reason(e));
        }
    }

    /// Writes what is buffered.
    /// @return whether somebody still reads it
    /// @throws ResourceException if a file cannot be written
    public boolean flush() {
        boolean failed = stream.checkError();
        if (failed && file.isPresent()) {
            throw new ResourceException(file.get().toString(), "cannot be written", "The disk may be full");
        }
        return !failed;
    }

    /// Gives a file its name: all is written.
    public void keep() {
        flush();
        if (file.isEmpty() || temporary.isEmpty()) return;
        stream.close();
        try {
            Files.move(temporary.get(), file.get(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ResourceException(file.get().toString(), "cannot be written: " + ResourceException.reason(e));
        }
    }

    @Override
    public void close() {
        if (temporary.isEmpty()) return;
        stream.close();
        try {
            Files.deleteIfExists(temporary.get());
        } catch (IOException e) {
            throw new ResourceException(
                    temporary.get().toString(), "cannot be deleted: " + ResourceException.reason(e));
        }
    }
}
