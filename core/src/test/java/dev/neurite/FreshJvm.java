package dev.neurite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Kernels;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// Runs a program of the tests in a JVM of its own, with options of its own and without the agent that
/// measures coverage: what that adds to methods makes some too large to be inlined.
public final class FreshJvm {
    private static final int PATIENCE = 600; // seconds: only what hangs takes so long, on a busy machine too

    /// What a program has printed.
    public record Output(String out, String err) {}

    private FreshJvm() {}

    /// Runs a program to its end.
    /// @param vectors whether the JVM has the Vector API
    /// @param options of the JVM; those that it does not know it ignores
    public static Output run(Class<?> program, boolean vectors, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+IgnoreUnrecognizedVMOptions", "-Xshare:auto"));
        if (vectors) command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(options);
        command.addAll(List.of("-cp", classes(Kernels.class) + File.pathSeparator + classes(program)));
        command.add(program.getName());
        command.addAll(Arrays.asList(arguments));
        try {
            return run(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Output run(List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile("neurite", ".out");
        Path err = Files.createTempFile("neurite", ".err");
        var builder = new ProcessBuilder(command);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeAll(Arrays.asList("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS))
                    .as("%s ends in time", command)
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s: %s", command, Files.readString(err))
                    .isZero();
            return new Output(Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    /// The folder that a class was read from.
    static Path classes(Class<?> type) {
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
