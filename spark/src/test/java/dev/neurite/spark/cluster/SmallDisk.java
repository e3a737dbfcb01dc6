package dev.neurite.spark.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A directory that is a file system of its own, and soon full. Only root may mount one.
public final class SmallDisk implements AutoCloseable {
    private final Path directory;

    /// @param megabytes its size
    public SmallDisk(int megabytes) throws IOException {
        directory = Files.createTempDirectory("neurite-disk-");
        Command.run(List.of("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "neurite", directory.toString()));
    }

    /// Why there can be none here; empty if there can.
    public static Optional<String> obstacle() {
        return Command.isRoot() && Files.exists(Path.of("/proc/mounts"))
                ? Optional.empty()
                : Optional.of("a small file system needs root, on Linux");
    }

    /// Where it is.
    public Path directory() {
        return directory;
    }

    /// Whether it could be unmounted. A process that was killed keeps its files open a moment longer than its name.
    private boolean unmounts() {
        try {
            Command.run(List.of("umount", directory.toString()));
            return true;
        } catch (AssertionError _) {
            return false; // busy
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Unmounts it, with its files; nobody may use it.
    @Override
    public void close() throws IOException {
        SparkHome.await("the end of its users", Duration.ofSeconds(20), this::unmounts);
        Files.delete(directory);
    }
}
