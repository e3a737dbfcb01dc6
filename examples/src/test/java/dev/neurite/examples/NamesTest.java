package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /// Beside `import module java.base` some names need an import of their own; the page on tables names them.
    @Test
    void thePageNamesTheClassesWhoseNamesJavaHasToo() throws Exception {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules", "java.base");
        List<String> exported = Object.class.getModule().getDescriptor().exports().stream()
                .filter(each -> !each.isQualified())
                .map(each -> each.source())
                .toList();
        List<String> both = Stream.of("core", "datasets")
                .map(module -> ROOT.resolve(module + "/src/main/java"))
                .flatMap(sources -> classes(sources).map(file -> className(ROOT.relativize(sources), file)))
                .filter(NamesTest::isExported)
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .filter(name -> exported.stream()
                        .filter(each -> Files.exists(base.resolve(each.replace('.', '/') + "/" + name + ".class")))
                        .anyMatch(each -> isExported(each + "." + name)))
                .sorted()
                .toList();
        assertThat(both).contains("Signature");
        assertThat(Files.readString(ROOT.resolve("docs/tables.md")))
                .contains(both.stream().collect(Collectors.joining("`, `", "names are ambiguous: `", "`.")));
    }

    private static String className(Path sources, Path file) {
        String path = sources.relativize(file).toString();
        return path.substring(0, path.length() - ".java".length()).replace(File.separatorChar, '.');
    }

    private static boolean isExported(String name) {
        try {
            Class<?> type = Class.forName(name, false, NamesTest.class.getClassLoader());
            return Modifier.isPublic(type.getModifiers()) && type.getModule().isExported(type.getPackageName());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
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
