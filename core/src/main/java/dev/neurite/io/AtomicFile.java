package dev.neurite.io;

import static java.util.Objects.requireNonNullElse;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// A file that is written as a whole or not at all: the bytes go into a temporary file in the same directory, which
/// [#commit] flushes to the disk and renames. Until then an old file stays as it is. [#close] deletes what was not
/// committed.
public final class AtomicFile implements AutoCloseable {
    private static final String PREFIX = ".neurite-";
    private static final String SUFFIX = ".tmp";

    private final Path file;
    private final Path directory;
    private final Path temporary;
    private final FileChannel channel;

    private AtomicFile(Path file) throws IOException {
        this.file = file;
        this.directory = requireNonNullElse(file.toAbsolutePath().getParent(), file.toAbsolutePath());
        this.temporary = directory.resolve(temporaryName());
        this.channel = FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    }

    /// Begins to write a file.
    /// @param file its final name, in a directory that exists
    /// @throws IOException if the temporary file cannot be created
    public static AtomicFile open(Path file) throws IOException {
        return new AtomicFile(file);
    }

    /// A name for a temporary file, another one each time.
    public static String temporaryName() {
        return PREFIX + Long.toHexString(System.nanoTime()) + SUFFIX;
    }

    /// Whether this is the name of a temporary file, which was not completed.
    public static boolean isTemporary(String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    /// The final name.
    public Path file() {
        return file;
    }

    /// The temporary file's channel.
    public FileChannel channel() {
        return channel;
    }

    /// Flushes the bytes to the disk, closes the channel and gives the file its final name.
    /// @throws IOException if the file cannot be written or renamed; an old file is unchanged
    /// @throws ResourceException if only its name may not be on the disk yet
    public void commit() throws IOException {
        channel.force(true);
        channel.close();
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try {
            forceDirectory();
        } catch (IOException e) {
            throw new ResourceException(
                    file.toString(), "is written, but perhaps not yet on the disk: " + ResourceException.reason(e));
        }
    }

    private void forceDirectory() throws IOException {
        try (var names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (AccessDeniedException e) {
            // Windows cannot open directories; its rename is durable.
            if (!System.getProperty("os.name").startsWith("Windows")) throw e;
        }
    }

    /// Deletes the temporary file, if it was not committed.
    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(temporary);
        }
    }
}
