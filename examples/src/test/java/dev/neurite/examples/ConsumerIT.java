package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A project of somebody else's, which has only the built jar of core: on the class path and on the module
/// path, with the Vector API and without. Runs after packaging.
class ConsumerIT {
    private static final String SOURCE = """
        package stranger;

        import static dev.neurite.kernel.Activation.*;
        import static dev.neurite.layer.Layers.*;
        import static dev.neurite.optim.Optimizers.*;

        import dev.neurite.data.Dataset;
        import dev.neurite.kernel.Kernels;
        import dev.neurite.model.Model;
        import dev.neurite.train.Trainer;

        public class Main {
            public static void main(String[] args) {
                float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
                var data = Dataset.of(x, new int[] {0, 1, 1, 0});
                var model = Model.of(features(2), dense(8, TANH), dense(2, SOFTMAX));
                var trained = Trainer.of(model).optimizer(adam(0.05)).epochs(200).fit(data).model();
                System.out.print(Kernels.shared().engineName().split(" ")[0]);
                for (float[] row : x) System.out.print(trained.predict(row)[1] > 0.5 ? " 1" : " 0");
                System.out.print(" " + java.util.Arrays.hashCode(trained.parameters().toArray()));
            }
        }
        """;

    @TempDir
    Path directory;

    private static Path coreJar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../core/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("neurite-core-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("core is not packaged"))
                    .toAbsolutePath();
        }
    }

    private void compile(String text, String... pathOptions) throws IOException {
        Path source = directory.resolve("src/stranger/Main.java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, text);
        List<String> arguments = new ArrayList<>(List.of(pathOptions));
        arguments.addAll(List.of("-d", directory.resolve("classes").toString(), source.toString()));
        Path descriptor = directory.resolve("src/module-info.java");
        if (Files.exists(descriptor)) arguments.add(descriptor.toString());
        var messages = new StringWriter();
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(new PrintWriter(messages), new PrintWriter(messages), arguments.toArray(new String[0]));
        assertThat(code).as(messages.toString()).isZero();
    }

    private String run(String... options) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    @Test
    void aStrangersProjectWorksOnTheClassPath() throws Exception {
        String jar = coreJar().toString();
        compile(SOURCE, "-cp", jar);
        String path = jar + java.io.File.pathSeparator + directory.resolve("classes");
        String scalar = run("-cp", path, "stranger.Main");
        String vector = run("--add-modules", "jdk.incubator.vector", "-cp", path, "stranger.Main");
        assertThat(scalar).startsWith("scalar 0 1 1 0 ");
        assertThat(vector).isEqualTo(scalar.replace("scalar", "vector"));
    }

    @Test
    void aStrangersProjectWorksOnTheModulePath() throws Exception {
        String jar = coreJar().toString();
        Files.createDirectories(directory.resolve("src"));
        Files.writeString(
                directory.resolve("src/module-info.java"), "module stranger { requires dev.neurite.core; }\n");
        String module = SOURCE.replaceAll("import (dev[a-zA-Z.]+);\n", "")
                .replace("public class Main", "import module dev.neurite.core;\n\npublic class Main");
        assertThat(module).contains("import module").doesNotContain("import dev");
        compile(module, "-p", jar);
        String path = jar + java.io.File.pathSeparator + directory.resolve("classes");
        String scalar = run("-p", path, "-m", "stranger/stranger.Main");
        String vector = run("--add-modules", "jdk.incubator.vector", "-p", path, "-m", "stranger/stranger.Main");
        assertThat(scalar).startsWith("scalar 0 1 1 0 ");
        assertThat(vector).isEqualTo(scalar.replace("scalar", "vector"));
    }

    @Test
    void coreNeedsNothingButTheJdk() throws Exception {
        var out = new StringWriter();
        int code = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                        new PrintWriter(out),
                        new PrintWriter(out),
                        "--describe-module",
                        "--file",
                        coreJar().toString());
        assertThat(code).isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("requires ")))
                .containsExactlyInAnyOrder(
                        "requires java.base mandated",
                        "requires jdk.incubator.vector static",
                        "requires jdk.jfr",
                        "requires jdk.management static",
                        "requires org.jspecify static");
    }
}
