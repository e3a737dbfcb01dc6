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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A lock on a directory, held by one process. The system releases it when the process ends in any way.
///
/// The lock is on a file that is used for nothing else: on POSIX, closing any other channel to a locked
/// file would release the lock. A second lock in the same process is refused.
public final class DirectoryLock implements AutoCloseable {
    public static final String FILE = ".lock";
    static final String WAIT = "Wait until the other process has ended, or end it";

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock; // the JVM forgets one that is not referred to
    private final boolean made;

    /// @param made whether this lock created the file
    private DirectoryLock(Path file, FileChannel channel, FileLock lock, boolean made) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.made = made;
    }

    /// Locks a directory until [#close].
    /// @param work for messages, what is done in it: `trained`
    /// @throws ResourceException if it is locked already, or cannot be written to
    public static DirectoryLock take(Path directory, String work) {
        return tryTake(directory)
                .orElseThrow(() -> new ResourceException(
                        directory.toString(),
                        "expects to be " + work + " by one process at a time, got a second one",
                        WAIT));
    }

    /// Locks a directory until [#close]; empty if it is locked already.
    /// @throws ResourceException if it cannot be written to
    static Optional<DirectoryLock> tryTake(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            boolean made = !Files.exists(file);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = lock(channel);
            if (lock != null && channel.size() == 0) return Optional.of(new DirectoryLock(file, channel, lock, made));
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be locked: " + ResourceException.reason(e));
        }
    }

    /// The lock; null if another process holds it, or this one.
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    /// Closes the lock and deletes its file if the lock created it, for a directory that stays unused.
    public void abandon() {
        if (made) delete();
        else close();
    }

    /// Closes the lock and deletes its file. The file is deleted first: after the release another process may hold
    /// it. A byte in the file tells a process that has opened it before that it locks nothing any more.
    void delete() {
        try (this) {
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
