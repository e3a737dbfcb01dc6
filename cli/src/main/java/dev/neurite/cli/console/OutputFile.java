package dev.neurite.cli.console;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output of results: standard output, or a file. A regular file is written as a whole or not at
/// all; a pipe or device is written to directly, see [AtomicFile].
/// @param stream takes the results
/// @param file the file; empty for standard output
public record OutputFile(PrintStream stream, Optional<AtomicFile> file) implements AutoCloseable {
    /// Opens a file, or takes standard output without one.
    /// @param option the option that names the file
    /// @param name its path; null for standard output
    /// @param read what the command reads
    /// @param usual standard output
    /// @throws ConfigException for a path that is a directory or invalid, and for a file that the command reads
    /// @throws ResourceException if it cannot be written
    public static OutputFile of(String option, @Nullable String name, FilesRead read, PrintStream usual) {
        if (name == null) return new OutputFile(usual, Optional.empty());
        try {
            Path file = Path.of(name);
            if (name.isBlank() || Files.isDirectory(file)) {
                throw new ConfigException(
                        option, "expects a file, got " + (name.isBlank() ? "nothing" : "a directory"));
            }
            read.refuse(option, file);
            AtomicFile whole = AtomicFile.open(file);
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(whole.channel()));
            return new OutputFile(new PrintStream(out, false, StandardCharsets.UTF_8), Optional.of(whole));
        } catch (InvalidPathException e) {
            throw new ConfigException(option, "expects a file, got '" + name + "': " + e.getReason());
        } catch (NoSuchFileException _) {
            Path directory = Path.of(name).toAbsolutePath().getParent();
            throw new ResourceException(name, "cannot be written: the directory " + directory + " does not exist");
        } catch (IOException e) {
            throw AtomicFile.unwritten(Path.of(name), e);
        }
    }

    /// Flushes.
    /// @return false if standard output is closed, as behind `head`
    /// @throws ResourceException if a file cannot be written
    public boolean flush() {
        boolean failed = stream.checkError();
        if (failed && file.isPresent()) {
            String hint = file.get().isWhole() ? "The disk may be full" : "Its reader may have closed it";
            throw new ResourceException(file.get().file().toString(), "cannot be written", hint);
        }
        return !failed;
    }

    /// Gives the file its name; everything is written.
    public void keep() {
        flush();
        if (file.isEmpty()) return;
        try {
            file.get().commit();
        } catch (IOException e) {
            throw AtomicFile.unwritten(file.get().file(), e);
        }
    }

    @Override
    public void close() {
        if (file.isEmpty()) return;
        try {
            file.get().close();
        } catch (IOException e) {
            throw new ResourceException(
                    file.get().file().toString(), "leaves a temporary file: " + ResourceException.reason(e));
        }
    }
}
