package dev.neurite.dashboard.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether a process trains in a directory: it holds a lock on the file `.lock` there.
///
/// The lock is only looked at, never tried: on POSIX, closing a file releases all locks that the
/// process has on it, and a lock that is held for a moment would refuse a training that begins just
/// then. Linux lists locks in `/proc/locks`.
final class Locks {
    private static final Path TABLE = Path.of("/proc/locks");

    private Locks() {}

    /// Whether a file is locked; empty where the system does not tell.
    static Optional<Boolean> isLocked(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return Optional.of(false);
        if (!Files.isReadable(TABLE)) return Optional.empty();
        try (Stream<String> locks = Files.lines(TABLE)) {
            String inode = ":" + Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS) + " ";
            return Optional.of(locks.anyMatch(each -> each.contains(inode) && !each.contains("->")));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return Optional.empty(); // another system; the times of files tell
        }
    }
}
