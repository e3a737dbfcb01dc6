package dev.neurite.cli.run;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Holds a directory for one process. The system releases it when the process ends, however it does.
///
/// What is locked is a file of its own: to close any other opening of a locked file would release it, on POSIX. So
/// does a second attempt of the same process, which is refused.
public final class DirectoryLock implements AutoCloseable {
    public static final String FILE = ".lock";

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock; // the JVM forgets one that is not referred to
    private final boolean made;

    /// @param made whether the file was not there before
    private DirectoryLock(Path file, FileChannel channel, FileLock lock, boolean made) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.made = made;
    }

    /// Takes a directory, until the lock is closed.
    /// @param work what goes on there: `trained`
    /// @throws ResourceException if another one has it, or it cannot be written to
    public static DirectoryLock take(Path directory, String work) {
        Path file = directory.resolve(FILE);
        try {
            boolean made = !Files.exists(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(channel);
            if (lock != null && channel.size() == 0) return new DirectoryLock(file, channel, lock, made);
            channel.close();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be locked: " + ResourceException.reason(e));
        }
        throw new ResourceException(
                directory.toString(),
                "expects to be " + work + " by one process at a time, got a second one",
                "Wait until the other one has ended, or end it");
    }

    /// Null where another process has it, or another part of this one.
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    /// Closes the lock of a directory in which nothing is going to be done. Deletes its file if it is no older than the
    /// lock, and does so before the release, as afterwards another process may hold it. A process that has already
    /// opened the file finds a byte in it, and knows that it locks nothing any more.
    public void abandon() {
        try (this) {
            if (!made) return;
            Files.deleteIfExists(file);
            channel.write(ByteBuffer.wrap(new byte[1]));
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be deleted: " + ResourceException.reason(e));
        }
    }

    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be released: " + ResourceException.reason(e));
        }
    }
}
