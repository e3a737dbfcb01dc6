package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The project in `examples/starter`, which users copy. It is no module of the build.
class StarterTest {
    private static final Path STARTER = Path.of("starter");
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>(neurite-\\w+|exec-maven-plugin|maven-compiler-plugin)</artifactId>\\s*"
                    + "<version>(.*?)</version>");

    @TempDir
    Path classes;

    @Test
    void itsProgramCompilesAndTrains() throws Exception {
        String path = Stream.of("jdk.module.path", "java.class.path")
                .map(each -> System.getProperty(each, ""))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        Path source = STARTER.resolve("src/main/java/me/Main.java");
        var messages = new PrintWriter(new StringWriter());
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(messages, messages, "-cp", path, "-d", classes.toString(), source.toString());
        assertThat(code).isZero();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-cp",
                        path + File.pathSeparator + classes,
                        "me.Main")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output).isEqualToIgnoringNewLines("accuracy 1.0");
    }

    @Test
    void itsVersionsAreThoseOfTheBuild() throws Exception {
        String pom = Files.readString(STARTER.resolve("pom.xml"));
        String build = Files.readString(Path.of("..", "pom.xml"));
        assertThat(VERSION.matcher(pom).results()).hasSize(4).allSatisfy(each -> {
            String artifact = each.group(1).startsWith("neurite") ? "neurite-parent" : each.group(1);
            assertThat(build.replaceAll(">\\s+<", "><"))
                    .contains("<artifactId>" + artifact + "</artifactId><version>" + each.group(2) + "</version>");
        });
    }
}
