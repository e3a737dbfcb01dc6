package dev.neurite.spark.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs commands of the system.
final class Command {
    private Command() {}

    /// Whether the tests may change the system.
    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /// Runs a command to its end.
    /// @throws AssertionError if it fails, with what it said
    static void run(List<String> words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(10, TimeUnit.SECONDS))
                    .as("%s ends", words)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        assertThat(process.exitValue()).as("%s: %s", words, said).isZero();
    }
}
