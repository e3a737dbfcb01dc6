package dev.neurite.dashboard.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.dashboard.view.Subject;
import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Names of runs that no address takes as they are.
@Timeout(120)
final class RunNameTest {
    private static final String CONFIG = "data:\n  source: iris\n";

    @TempDir
    private Path place;

    private void run(String name) throws IOException {
        Files.writeString(Files.createDirectories(place.resolve(name)).resolve("config.yaml"), CONFIG);
    }

    private RunDirectories directories() {
        return RunDirectories.of(
                place,
                file -> new Subject(
                        ModelFile.read(file, Catalog.standard()), "", Optional.empty(), Optional.empty(), -1));
    }

    @Test
    void usualNamesStay() {
        for (String name : List.of("2026-11-30_iris-1", "tä", "日本", "a b", "backup~", "~a", "x~zz", "100%", "?")) {
            assertThat(RunName.of(place.resolve(name))).isEqualTo(name);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsListedIsFound() throws IOException {
        List<String> odd =
                List.of("line\nbreak", "tab\there", "back\\slash", "esc\u001b[31m", "left\u202eright", "a~0ab");
        for (String each : odd) run(each);
        RunDirectories directories = directories();
        List<String> names = directories.names();
        assertThat(names)
                .containsExactlyInAnyOrder(
                        "line~0abreak", "tab~09here", "back~5cslash", "esc~1b[31m", "left~e2~80~aeright", "a~7e0ab");
        assertThat(directories.summaries()).extracting(RunSummary::id).containsExactlyElementsOf(names);
        for (String each : names) {
            DirectoryRun run = directories.find(each).orElseThrow();
            assertThat(RunName.of(run.directory())).isEqualTo(each);
            assertThat(run.facts().data().name()).isEqualTo("iris");
        }
        assertThat(directories.find("line\nbreak")).isEmpty();
        assertThat(RunDirectories.of(place.resolve("line\nbreak"), _ -> {
                            throw new AssertionError("reads no model");
                        })
                        .names())
                .containsExactly("line~0abreak");
    }

    /// For a process in a locale that has no letters beyond ASCII.
    static final class Lister {
        private Lister() {}

        /// Prints each run's name in ASCII, and whether it is found.
        public static void main(String[] args) {
            RunDirectories directories = RunDirectories.of(Path.of(args[0]), _ -> {
                throw new AssertionError("reads no model");
            });
            for (RunSummary each : directories.summaries()) {
                String name = each.id()
                        .chars()
                        .mapToObj(c -> c < 128 ? "" + (char) c : "<" + c + ">")
                        .collect(Collectors.joining());
                System.out.println(name + " " + each.data() + " "
                        + directories.find(each.id()).isPresent());
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLocaleWithoutLettersBeyondAsciiTakesNoListDown() throws Exception {
        run("plain");
        run("tä");
        run("tö");
        String path = Stream.of("jdk.module.path", "java.class.path")
                .map(each -> System.getProperty(each, ""))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        String classes = Path.of(RunNameTest.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        String main = Path.of(RunName.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // A name of another encoding, which no string of this JVM makes.
        var shell = new ProcessBuilder(
                "sh",
                "-c",
                "mkdir \"$0/$(printf 'x\\344y')\" && cp \"$0/plain/config.yaml\" \"$0/$(printf 'x\\344y')\"",
                place.toString());
        assertThat(shell.start().waitFor()).isZero();
        var builder = new ProcessBuilder(
                        java,
                        "-cp",
                        String.join(File.pathSeparator, main, classes, path),
                        Lister.class.getName(),
                        place.toString())
                .redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(printed.lines())
                .as(printed)
                .containsExactlyInAnyOrder(
                        "plain iris true", "t<228> iris true", "t<246> iris true", "x~e4y iris true");
        assertThat(directories().names()).containsExactlyInAnyOrder("plain", "tä", "tö", "x~e4y");
    }
}
