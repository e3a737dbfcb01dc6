package dev.neurite.io;

import static java.util.Objects.requireNonNullElse;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// A file that is written as a whole or not at all: the bytes go into a temporary file in the same directory, which
/// [#commit] flushes to the disk and renames. Until then an old file stays as it is. [#close] deletes what was not
/// committed.
///
/// Links are followed: what they point to is replaced, and they stay. A device or a pipe is not replaced:
/// the bytes go to it at once. A directory or a socket is refused.
public final class AtomicFile implements AutoCloseable {
    private static final String PREFIX = ".neurite-";
    private static final String SUFFIX = ".tmp";
    private static final int MOST_LINKS = 40; // as Linux
    private static final int FILE_TYPE = 0xf000; // bits of a file's mode, see stat(2)
    private static final int SOCKET = 0xc000;

    /// Writes what is to be in a file.
    @FunctionalInterface
    public interface Content {
        /// Writes all of it.
        void writeTo(FileChannel channel) throws IOException;
    }

    private final Path file;
    private final Path target; // without links
    private final Optional<Path> temporary; // empty for a device or a pipe
    private final FileChannel channel;

    private AtomicFile(Path file) throws IOException {
        this.file = file;
        if (isDirect(file)) {
            this.target = file;
            this.temporary = Optional.empty();
            this.channel = FileChannel.open(file, StandardOpenOption.WRITE);
        } else {
            this.target = withoutLinks(file);
            Path beside = directory(target).resolve(temporaryName());
            this.temporary = Optional.of(beside);
            this.channel = FileChannel.open(beside, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        }
    }

    /// Begins to write a file.
    /// @param file its name, in a directory that exists
    /// @throws IOException for a directory or a socket, or if the file, or the temporary one, cannot be created
    public static AtomicFile open(Path file) throws IOException {
        return new AtomicFile(file);
    }

    /// Writes a file.
    /// @param file its name, in a directory that exists
    /// @throws ResourceException if it cannot be written; an old file is unchanged then
    public static void write(Path file, Content content) {
        try (AtomicFile whole = open(file)) {
            content.writeTo(whole.channel());
            whole.commit();
        } catch (IOException e) {
            throw unwritten(file, e);
        }
    }

    /// Writes a file of these bytes.
    /// @param file its name, in a directory that exists
    /// @throws ResourceException if it cannot be written; an old file is unchanged then
    public static void write(Path file, byte[] bytes) {
        write(file, channel -> {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) channel.write(rest);
        });
    }

    /// The exception for a file that could not be written; says whether there is an old one.
    public static ResourceException unwritten(Path file, IOException problem) {
        return new ResourceException(
                file.toString(),
                "cannot be written: " + ResourceException.reason(problem),
                Files.isRegularFile(file) ? "The old file is unchanged" : "");
    }

    /// Whether the bytes go to what has this name, as it cannot be replaced.
    /// @throws IOException for what can be neither written to nor replaced
    private static boolean isDirect(Path file) throws IOException {
        BasicFileAttributes is;
        try {
            is = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException _) {
            return false;
        }
        if (is.isDirectory()) throw new FileSystemException(file.toString(), null, "it is a directory");
        if (is.isOther() && isSocket(file)) throw new FileSystemException(file.toString(), null, "it is a socket");
        return is.isOther();
    }

    private static boolean isSocket(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.getAttribute(file, "unix:mode") instanceof Integer mode
                && (mode & FILE_TYPE) == SOCKET;
    }

    /// The file that a link points to at the end, even if there is none yet.
    private static Path withoutLinks(Path file) throws IOException {
        Path target = file;
        for (int links = 0; Files.isSymbolicLink(target); links++) {
            if (links == MOST_LINKS) throw new FileSystemException(file.toString(), null, "too many links");
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static Path directory(Path file) {
        return requireNonNullElse(file.toAbsolutePath().getParent(), file.toAbsolutePath());
    }

    /// A name for a temporary file, another one each time.
    public static String temporaryName() {
        return PREFIX + Long.toHexString(System.nanoTime()) + SUFFIX;
    }

    /// Whether this is the name of a temporary file, which was not completed.
    public static boolean isTemporary(String name) {
        return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
    }

    /// The name that it was opened by.
    public Path file() {
        return file;
    }

    /// Whether it is written as a whole; not a device or a pipe, to which the bytes go at once.
    public boolean isWhole() {
        return temporary.isPresent();
    }

    /// Takes the bytes.
    public FileChannel channel() {
        return channel;
    }

    /// Flushes the bytes to the disk, closes the channel and gives the file its final name.
    /// @throws IOException if the file cannot be written or renamed; an old file is unchanged
    /// @throws ResourceException if only its name may not be on the disk yet
    public void commit() throws IOException {
        if (temporary.isEmpty()) {
            channel.close();
            return;
        }
        channel.force(true);
        channel.close();
        Files.move(temporary.get(), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try {
            forceDirectory();
        } catch (IOException e) {
            throw new ResourceException(
                    file.toString(), "is written, but perhaps not yet on the disk: " + ResourceException.reason(e));
        }
    }

    private void forceDirectory() throws IOException {
        try (var names = FileChannel.open(directory(target), StandardOpenOption.READ)) {
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
            if (temporary.isPresent()) Files.deleteIfExists(temporary.get());
        }
    }
}
