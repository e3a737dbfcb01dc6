package dev.neurite.kernel.cpu;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// How many threads can compute at full speed. Two hardware threads of one core share its multipliers, so a
/// second one gains nothing here and disturbs the first.
public final class Cores {
    private static final Path LINUX = Path.of("/sys/devices/system/cpu");

    private static final int AVAILABLE = available(LINUX, Runtime.getRuntime().availableProcessors());

    private Cores() {}

    /// The machine's physical cores, but no more than the processors that this JVM was given when it started.
    /// Where the system does not tell which processors share a core (any but Linux), all processors count.
    public static int available() {
        return AVAILABLE;
    }

    /// @param processors a folder with one folder `cpu<n>` a processor, as Linux has it
    static int available(Path processors, int given) {
        Set<String> cores = new HashSet<>();
        try (DirectoryStream<Path> each = Files.newDirectoryStream(processors, "cpu[0-9]*")) {
            for (Path processor : each) {
                Path siblings = processor.resolve("topology/thread_siblings_list");
                if (Files.exists(siblings)) cores.add(Files.readString(siblings).strip());
            }
        } catch (IOException | DirectoryIteratorException e) {
            return given; // not told: the documented fallback
        }
        return cores.isEmpty() ? given : Math.min(given, cores.size());
    }
}
