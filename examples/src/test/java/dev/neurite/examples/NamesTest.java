package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A name of a class means one thing in all modules, so that nobody who reads it needs to look for its package.
/// Examples are programs of their own, nested classes have the name of theirs before them.
class NamesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void noTwoClassesHaveOneName() throws IOException {
        Map<String, String> twice = new TreeMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .filter(sources -> !sources.startsWith(ROOT.resolve("examples")))
                    .flatMap(NamesTest::classes)
                    .collect(Collectors.groupingBy(each -> each.getFileName().toString()))
                    .forEach((name, files) -> {
                        if (files.size() > 1) twice.put(name, files.toString());
                    });
        }
        assertThat(twice).isEmpty();
        assertThat(classes(ROOT.resolve("core/src/main/java"))).hasSizeGreaterThan(300);
    }

    private static Stream<Path> classes(Path sources) {
        try (Stream<Path> files = Files.walk(sources)) {
            return files
                    .filter(file -> file.toString().endsWith(".java")
                            && !file.toString().endsWith("-info.java"))
                    .map(ROOT::relativize)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
