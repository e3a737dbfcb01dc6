package dev.neurite.kernel.cpu;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// The number of physical cores. Two hardware threads of one core share its multipliers, so a
/// second thread per core would not make kernels faster.
public final class Cores {
    private static final Path LINUX = Path.of("/sys/devices/system/cpu");

    private static final int AVAILABLE = available(LINUX, Runtime.getRuntime().availableProcessors());

    private Cores() {}

    /// The machine's physical cores, but no more than the processors available to this JVM when it
    /// started. On systems other than Linux all processors count, because they do not tell which
    /// ones share a core.
    public static int available() {
        return AVAILABLE;
    }

    /// @param processors a directory with one directory `cpu<n>` per processor, as on Linux
    static int available(Path processors, int given) {
        Set<String> cores = new HashSet<>();
        try (DirectoryStream<Path> each = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
            for (Path processor : each) {
                Path siblings = processor.resolve("topology/thread_siblings_list");
                if (Files.exists(siblings)) cores.add(Files.readString(siblings).strip());
            }
        } catch (IOException | DirectoryIteratorException e) {
            return given; // unknown: the documented fallback
        }
        return cores.isEmpty() ? given : Math.min(given, cores.size());
    }
}
