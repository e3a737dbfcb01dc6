package dev.neurite.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A directory that is a file system of its own, and soon full. Only root may mount one.
public final class SmallDisk implements AutoCloseable {
    private final Path directory;

    /// @param megabytes its size
    public SmallDisk(int megabytes) throws IOException, InterruptedException {
        directory = Files.createTempDirectory("neurite-disk-");
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "neurite", directory.toString());
    }

    /// Why there can be none here; empty if there can.
    public static Optional<String> obstacle() {
        boolean root = System.getProperty("user.name").equals("root");
        return root && Files.exists(Path.of("/proc/mounts"))
                ? Optional.empty()
                : Optional.of("a small file system needs root, on Linux");
    }

    /// Where it is.
    public Path directory() {
        return directory;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", List.of(command), said).isZero();
    }

    /// Unmounts it, with its files; nobody may use it.
    @Override
    public void close() throws IOException, InterruptedException {
        run("umount", directory.toString());
        Files.delete(directory);
    }
}
