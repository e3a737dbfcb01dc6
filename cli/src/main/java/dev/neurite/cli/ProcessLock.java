package dev.neurite.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;

/// Holds a file for one process, and for one holder in it.
final class ProcessLock {
    private ProcessLock() {}

    /// Takes a file until the channel is closed; the system gives it back when the process ends, however it does.
    /// @return whether it was free
    static boolean take(FileChannel channel) throws IOException {
        try {
            // A byte far behind the end, so that the file can be read meanwhile, where locks forbid that.
            return channel.tryLock(Long.MAX_VALUE - 1, 1, false) != null;
        } catch (OverlappingFileLockException _) {
            return false; // somebody else in this process has it
        }
    }
}
