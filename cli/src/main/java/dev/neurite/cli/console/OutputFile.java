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
/// all; a pipe or device is written to directly.
/// @param stream takes the results
/// @param file the file; empty for standard output
/// @param whole the file that is written as a whole; empty for standard output, a pipe and a device
public record OutputFile(PrintStream stream, Optional<Path> file, Optional<AtomicFile> whole) implements AutoCloseable {
    /// Opens a file, or takes standard output without one.
    /// @param option the option that names the file
    /// @param name its path; null for standard output
    /// @param usual standard output
    /// @throws ConfigException for a path that is a directory or invalid
    /// @throws ResourceException if it cannot be written
    public static OutputFile of(String option, @Nullable String name, PrintStream usual) {
        if (name == null) return new OutputFile(usual, Optional.empty(), Optional.empty());
        try {
            Path file = Path.of(name);
            if (name.isBlank() || Files.isDirectory(file)) {
                throw new ConfigException(
                        option, "expects a file, got " + (name.isBlank() ? "nothing" : "a directory"));
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                return new OutputFile(stream(Files.newOutputStream(file)), Optional.of(file), Optional.empty());
            }
            if (Files.isSymbolicLink(file) && Files.exists(file)) file = file.toRealPath();
            AtomicFile whole = AtomicFile.open(file);
            OutputStream out = Channels.newOutputStream(whole.channel());
            return new OutputFile(stream(out), Optional.of(file), Optional.of(whole));
        } catch (InvalidPathException e) {
            throw new ConfigException(option, "expects a file, got '" + name + "': " + e.getReason());
        } catch (NoSuchFileException _) {
            Path directory = Path.of(name).toAbsolutePath().getParent();
            throw new ResourceException(name, "cannot be written: the directory " + directory + " does not exist");
        } catch (IOException e) {
            throw new ResourceException(name, "cannot be written: " + ResourceException.reason(e));
        }
    }

    private static PrintStream stream(OutputStream out) {
        return new PrintStream(new BufferedOutputStream(out), false, StandardCharsets.UTF_8);
    }

    /// Flushes.
    /// @return false if standard output is closed, as behind `head`
    /// @throws ResourceException if a file cannot be written
    public boolean flush() {
        boolean failed = stream.checkError();
        if (failed && file.isPresent()) {
            String hint = whole.isPresent() ? "The disk may be full" : "Its reader may have closed it";
            throw new ResourceException(file.get().toString(), "cannot be written", hint);
        }
        return !failed;
    }

    /// Gives the file its name; everything is written.
    public void keep() {
        flush();
        if (whole.isEmpty()) return;
        try {
            whole.get().commit();
        } catch (IOException e) {
            throw new ResourceException(
                    whole.get().file().toString(), "cannot be written: " + ResourceException.reason(e));
        }
    }

    @Override
    public void close() {
        if (whole.isEmpty()) {
            if (file.isPresent()) stream.close();
            return;
        }
        try {
            whole.get().close();
        } catch (IOException e) {
            throw new ResourceException(
                    whole.get().file().toString(), "leaves a temporary file: " + ResourceException.reason(e));
        }
    }
}
