package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.kernel.Kernels;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Trained parameters are the same bits for any engine, number of threads, compiler and instruction set.
/// A failure here means that the numerics have changed: see docs/numerics.md before changing a hash.
class SameBitsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theBitsDoNotDependOnTheNumberOfThreads(int threads) {
        assertThat(GoldenTraining.tiny(threads)).isEqualTo(GoldenTraining.TINY);
        assertThat(GoldenTraining.wide(threads)).isEqualTo(GoldenTraining.WIDE);
    }

    @ParameterizedTest
    @CsvSource({
        "vector, ''",
        "vector, -Xint",
        "vector, -XX:TieredStopAtLevel=1",
        "vector, -XX:-TieredCompilation",
        "vector, -XX:UseAVX=2",
        "vector, -XX:UseAVX=0",
        "scalar, ''",
        "scalar, -Xint",
        "scalar, -XX:UseAVX=0"
    })
    void theBitsAreTheSameInAFreshJvm(String engine, String option) throws IOException, InterruptedException {
        assumeTrue(Kernels.vectorsPresent(), "the other run of this suite has started these JVMs already");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-Xshare:auto"));
        if (engine.equals("vector")) command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        if (!option.isEmpty()) command.add(option);
        command.addAll(List.of("-cp", classes(Kernels.class) + java.io.File.pathSeparator + classes(Golden.class)));
        command.add(GoldenTraining.class.getName());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.strip()).startsWith(GoldenTraining.TINY + " " + engine);
    }

    /// The folder that a class was read from.
    private static Path classes(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        URL url = Objects.requireNonNull(type.getResource("/" + file), file);
        try {
            Path path = Path.of(url.toURI());
            for (int i = 0; i < file.split("/").length; i++) path = Objects.requireNonNull(path.getParent());
            return path;
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
