package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Row kernels leave nothing to the garbage collector: scalar ones never, vector ones once they are compiled.
/// A vector kernel that goes on allocating has a call that C2 did not inline, and is many times slower.
///
/// In a JVM of its own, without the agent that measures coverage: what that adds to methods makes some too
/// large to be inlined.
class AllocationTest {
    @ParameterizedTest
    @ValueSource(strings = {"vector", "scalar"})
    void rowKernelsAllocateNothing(String engine) throws IOException, InterruptedException, URISyntaxException {
        assumeTrue(Kernels.vectorsPresent(), "the other run of this suite has started these JVMs already");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (engine.equals("vector")) command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        String classes = folder("ScalarKernels.class") + File.pathSeparator + folder("AllocationMeter.class");
        command.addAll(List.of("-cp", classes, AllocationMeter.class.getName()));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeAll(Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output.strip()).isEqualTo(engine + " []");
    }

    /// The folder of classes that has this one of this package.
    private static Path folder(String file) throws URISyntaxException {
        var url = AllocationTest.class.getResource(file);
        assertThat(url).isNotNull();
        return Path.of(url.toURI()).resolve("../../../..").normalize();
    }
}
