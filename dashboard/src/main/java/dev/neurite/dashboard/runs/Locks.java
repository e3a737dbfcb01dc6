package dev.neurite.dashboard.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a process trains in a directory: it holds a lock on the file `.lock` there.
///
/// The lock is only looked at, never tried: on POSIX, closing a file releases all locks that the
/// process has on it, and a lock that is held for a moment would refuse a training that begins just
/// then. Linux lists locks in `/proc/locks`.
/// @param table the lines of the table; empty where the system does not tell
/// @param mounts the mounted file systems
record Locks(Optional<List<String>> table, List<Mount> mounts) {
    private static final Path TABLE = Path.of("/proc/locks");
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final Pattern DEVICE = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

    /// A mounted file system.
    /// @param device as the table has it, ` 08:0f`
    private record Mount(Path place, String device) {}

    /// The locks of this moment.
    static Locks now() {
        return of(TABLE, MOUNTS);
    }

    /// @param table the locks, as in `/proc/locks`
    /// @param mounts the mounted file systems, as in `/proc/self/mountinfo`
    static Locks of(Path table, Path mounts) {
        Optional<List<String>> locks = lines(table);
        return new Locks(locks, locks.isPresent() ? mounts(lines(mounts).orElse(List.of())) : List.of());
    }

    private static Optional<List<String>> lines(Path file) {
        try {
            return Files.isReadable(file) ? Optional.of(Files.readAllLines(file)) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // another system; the times of files tell
        }
    }

    private static List<Mount> mounts(List<String> lines) {
        List<Mount> mounts = new ArrayList<>();
        for (String line : lines) {
            String[] fields = line.split(" ", 6); // id, parent, major:minor, root, place, more
            Matcher device = fields.length < 6 ? DEVICE.matcher("") : DEVICE.matcher(fields[2]);
            if (!device.matches()) continue;
            int major = Integer.parseInt(device.group(1));
            int minor = Integer.parseInt(device.group(2));
            mounts.add(
                    new Mount(Path.of(unescaped(fields[4])), String.format(Locale.ROOT, " %02x:%02x", major, minor)));
        }
        return mounts;
    }

    /// Whether a file is locked; empty where the system does not tell.
    Optional<Boolean> isLocked(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return Optional.of(false);
        if (table.isEmpty()) return Optional.empty();
        try {
            String inode = device(file.toRealPath()) + ":"
                    + Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS) + " ";
            return Optional.of(table.get().stream().anyMatch(each -> each.contains(inode) && !each.contains("->")));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return Optional.empty(); // another system; the times of files tell
        }
    }

    /// The device of a file as the table has it, ` 08:0f`; that of the mounted file system, which
    /// need not be the device that the file names (Btrfs). Empty if it is not known: then inodes alone
    /// are compared.
    private String device(Path file) {
        String device = "";
        int longest = -1;
        for (Mount each : mounts) {
            if (!file.startsWith(each.place()) || each.place().getNameCount() < longest) continue;
            longest = each.place().getNameCount(); // of two at the same place the later one hides the other
            device = each.device();
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
