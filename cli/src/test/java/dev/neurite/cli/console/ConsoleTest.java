package dev.neurite.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.cli.Main;
import dev.neurite.cli.run.DirectoryLock;
import dev.neurite.error.ResourceException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Quoting, pipes, locks: what depends on the system.
final class ConsoleTest {
    @TempDir
    Path temp;

    private static Console io(Map<String, String> environment) {
        return new Console(
                new PrintStream(PrintStream.nullOutputStream()),
                new PrintStream(PrintStream.nullOutputStream()),
                InputStream.nullInputStream(),
                environment,
                true,
                true,
                true);
    }

    @Test
    void aHintHasTheWordThatWasTypedAndQuotesWhatNeedsIt() {
        assertThat(io(Map.of()).typed(Console.commandLine("evaluate", "runs/a-1")))
                .isEqualTo("neurite evaluate runs/a-1");
        assertThat(io(Map.of("NEURITE_COMMAND", "./neurite")).typed(Console.commandLine("train", "--resume", "my run")))
                .isEqualTo("./neurite train --resume 'my run'");
    }

    @Test
    void aLineOfTheTerminalEndsBetweenWords() {
        Console narrow = io(Map.of("COLUMNS", "40"));
        assertThat(narrow.fitted("train  cross-entropy   adam   batch 16   lr 0.001   epochs 50"))
                .isEqualTo("train  cross-entropy   adam   batch 16\n       lr 0.001   epochs 50");
        assertThat(narrow.fitted("advice It overfits. Try: ./neurite train iris --l2 0.001 --epochs 20"))
                .isEqualTo("advice It overfits. Try:\n       ./neurite train iris --l2 0.001 --epochs 20");
        assertThat(narrow.fitted("next   ./neurite evaluate runs/2026-11-30_iris-1 --confusion"))
                .endsWith("./neurite evaluate runs/2026-11-30_iris-1 --confusion");
        assertThat(narrow.fitted("short")).isEqualTo("short");
        assertThat(io(Map.of()).fitted("x".repeat(200))).hasSize(200);
    }

    @DisabledOnOs(OS.WINDOWS)
    @ParameterizedTest
    @ValueSource(strings = {"a b", "it's", "$HOME", "`x`", "*", "!", "\"", "a\\b", "größe", "~", "", ";"})
    void aShellReadsAQuotedWordAsItIs(String word) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "printf %s " + Console.quoted(word)).start();
        assertThat(new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(word);
    }

    /// The system's message for a closed pipe depends on its language.
    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aPipeHasAReaderThatMayGoAway() throws Exception {
        Path pipe = temp.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(Main.hasReader(pipe)).isTrue();
        assertThat(Main.hasReader(Files.createFile(temp.resolve("file")))).isFalse();
        assertThat(Main.hasReader(Path.of("/dev/null"))).isFalse();
        assertThat(Main.hasReader(temp.resolve("none"))).isFalse();
    }

    /// Else another process could hold a file that a third cannot see.
    @Test
    void aLockIsDeletedBeforeItIsReleased() {
        Path file = temp.resolve(DirectoryLock.FILE);
        DirectoryLock lock = DirectoryLock.take(temp, "trained");
        assertThatThrownBy(() -> DirectoryLock.take(temp, "trained")).isInstanceOf(ResourceException.class);
        lock.abandon();
        assertThat(file).doesNotExist();
        DirectoryLock.take(temp, "trained").close();
        assertThat(file).exists();
        DirectoryLock.take(temp, "trained").abandon();
        assertThat(file).exists(); // it was there before
    }

    /// By threads, as a lock is one of a process and of a thread in it.
    @Test
    @Timeout(60)
    void aDirectoryHasOneHolderAtATimeAlthoughLocksAreDeleted() throws Exception {
        var holders = new AtomicInteger();
        var most = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            Path directory = Files.createDirectory(temp.resolve("d" + i));
            Runnable holding = () -> {
                for (int j = 0; j < 30; j++) {
                    try {
                        DirectoryLock lock = DirectoryLock.take(directory, "trained");
                        most.accumulateAndGet(holders.incrementAndGet(), Math::max);
                        Thread.onSpinWait();
                        holders.decrementAndGet();
                        lock.abandon();
                    } catch (ResourceException _) {
                        Thread.onSpinWait(); // another one has it
                    }
                }
            };
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(_ -> Thread.ofPlatform().start(holding))
                    .toList();
            for (Thread each : threads) each.join();
        }
        assertThat(most.get()).isEqualTo(1);
    }

    /// As for a file beyond ASCII in the locale C.
    @Test
    void aNameThatTheSystemCannotHaveIsNoBug() {
        var err = new java.io.ByteArrayOutputStream();
        var console = new Console(
                new java.io.PrintStream(java.io.OutputStream.nullOutputStream()),
                new java.io.PrintStream(err, true, java.nio.charset.StandardCharsets.UTF_8),
                java.io.InputStream.nullInputStream(),
                Map.of(),
                false,
                false,
                false);
        int code = new ErrorReporter(console, false, false)
                .report(new java.nio.file.InvalidPathException("t??.txt", "Malformed input"));
        assertThat(code).isEqualTo(3);
        assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("error: t??.txt: expects a name that this system can give a file")
                .contains("LC_ALL=C.UTF-8")
                .doesNotContain("bug");
    }

    @Test
    void theLocaleOfTheTerminalWinsOverThatOfTheProgram() {
        assertThat(io(Map.of("LC_ALL", "C.UTF-8")).unicode()).isTrue();
        assertThat(io(Map.of("LC_ALL", "C.UTF-8", "NEURITE_LOCALE", "C")).unicode())
                .isFalse();
    }
}
