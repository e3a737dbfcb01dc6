package dev.neurite.cli;

import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Holds a directory for one process. The system gives it back when the process ends, however it does.
///
/// What is locked is a file of its own: to close any other opening of a locked file would give it back, on POSIX. So
/// does a second attempt of the same process, which is refused.
final class DirectoryLock implements AutoCloseable {
    static final String FILE = ".lock";

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Takes a directory, until the lock is closed.
    /// @param work what goes on there: `trained`
    /// @throws ResourceException if another one has it, or it cannot be written to
    static DirectoryLock take(Path directory, String work) {
        Path file = directory.resolve(FILE);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isFree(channel)) return new DirectoryLock(file, channel);
            channel.close();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be locked: " + e);
        }
        throw new ResourceException(
                directory.toString(),
                "expects to be " + work + " by one process at a time, got a second one",
                "Wait until the other one has ended, or end it");
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false; // somebody else in this process has it
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be given back: " + e);
        }
    }
}
