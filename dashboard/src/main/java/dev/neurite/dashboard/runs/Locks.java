package dev.neurite.dashboard.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether a process trains in a directory: it holds a lock on the file `.lock` there.
///
/// The lock is only looked at, never tried: on POSIX, closing a file releases all locks that the
/// process has on it, and a lock that is held for a moment would refuse a training that begins just
/// then. Linux lists locks in `/proc/locks`.
final class Locks {
    private static final Path TABLE = Path.of("/proc/locks");
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    private Locks() {}

    /// Whether a file is locked; empty where the system does not tell.
    static Optional<Boolean> isLocked(Path file) {
        return isLocked(file, TABLE, MOUNTS);
    }

    /// @param table the locks, as in `/proc/locks`
    /// @param mounts the mounted file systems, as in `/proc/self/mountinfo`
    static Optional<Boolean> isLocked(Path file, Path table, Path mounts) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return Optional.of(false);
        if (!Files.isReadable(table)) return Optional.empty();
        try (Stream<String> locks = Files.lines(table)) {
            String inode = device(file.toRealPath(), mounts) + ":"
                    + Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS) + " ";
            return Optional.of(locks.anyMatch(each -> each.contains(inode) && !each.contains("->")));
        } catch (IOException | UncheckedIOException | UnsupportedOperationException | IllegalArgumentException _) {
            return Optional.empty(); // another system; the times of files tell
        }
    }

    /// The device of a file as `/proc/locks` has it, ` 08:0f`; that of the mounted file system, which
    /// need not be the device that the file names (Btrfs). Empty if it is not known: then inodes alone
    /// are compared.
    private static String device(Path file, Path mounts) throws IOException {
        if (!Files.isReadable(mounts)) return "";
        String device = "";
        int longest = -1;
        try (Stream<String> lines = Files.lines(mounts)) {
            for (String line : (Iterable<String>) lines::iterator) {
                String[] fields = line.split(" ", 6); // id, parent, major:minor, root, place, more
                if (fields.length < 6 || !fields[2].matches("\\d{1,9}:\\d{1,9}")) continue;
                Path place = Path.of(unescaped(fields[4]));
                if (!file.startsWith(place) || place.getNameCount() < longest) continue;
                longest = place.getNameCount(); // of two at the same place the later one hides the other
                int colon = fields[2].indexOf(':');
                device = String.format(
                        Locale.ROOT,
                        " %02x:%02x",
                        Integer.parseInt(fields[2].substring(0, colon)),
                        Integer.parseInt(fields[2].substring(colon + 1)));
            }
        }
        return device;
    }

    private static String unescaped(String place) {
        return place.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
