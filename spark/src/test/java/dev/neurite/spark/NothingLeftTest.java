package dev.neurite.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// What the other tests of this module leave behind: nothing. The build runs this after them, when their own process
/// has ended: Spark deletes files at the very end. All their processes have one directory for files that they make, and
/// its name in their environment.
@Tag("afterwards")
class NothingLeftTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static String directory;

    @BeforeAll
    static void find() {
        directory = System.getProperty("tests.directory", "");
        assumeTrue(!directory.isEmpty(), "the build runs this after the other tests");
    }

    @Test
    void noFileIsLeft() throws IOException {
        Path all = Path.of(directory);
        assertThat(all).as("where the tests ran").isDirectory();
        try (Stream<Path> files = Files.walk(all)) {
            assertThat(files.filter(each -> !each.equals(all))).isEmpty();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noProcessIsLeft() throws Exception {
        assertThat(processes("PATH=")).as("what this sees").isNotEmpty();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        List<String> left = processes(directory);
        while (!left.isEmpty() && System.nanoTime() < deadline) { // some may be ending
            Thread.sleep(100);
            left = processes(directory);
        }
        assertThat(left).isEmpty();
    }

    /// The command lines of processes that have a text in their environment.
    private static List<String> processes(String text) throws IOException {
        List<String> found = new ArrayList<>();
        for (ProcessHandle each : ProcessHandle.allProcesses().toList()) {
            Path process = Path.of("/proc", Long.toString(each.pid()));
            try {
                if (!read(process.resolve("environ")).contains(text)) continue;
                found.add(each.pid() + " " + read(process.resolve("cmdline")).replace('\0', ' '));
            } catch (IOException _) {
                // it has ended meanwhile, or is somebody else's
            }
        }
        return found;
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
