package dev.neurite.javasource;

import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.neurite.data.table.ColumnEncoding.OneHot;
import dev.neurite.data.table.ColumnEncoding.Scaled;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Preprocessing.Column;
import dev.neurite.io.ModelFile;
import dev.neurite.model.Model;
import dev.neurite.network.Lenet5;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Written classes in JVMs of their own, with nothing else on the class path.
final class ProcessTest {
    private static final Model LENET = Model.of(image(1, 28, 28), new Lenet5().graph(image(1, 28, 28), 10, SOFTMAX));
    private static final Model GRU =
            Model.of(Shape.of(Shape.OPEN, 3), gru(8).withSequences(), lstm(5), dense(2, SOFTMAX));
    private static final Preprocessing COLUMNS = new Preprocessing(
            List.of(
                    new Column("age", new Scaled(40, 10, 0, 99, OptionalDouble.of(40), true)),
                    new Column("color", new OneHot(List.of("red", "green"), true, true, false))),
            Shape.of(4));
    private static final Model TABLE = Model.of(Shape.of(4), dense(8, TANH), dense(2, SOFTMAX));

    /// Prints the outputs of all networks, and the least that two hundred predictions of each allocate, in bytes.
    private static final String MAIN = """
        public final class Main {
            public static void main(String[] arguments) {
                Lenet lenet = new Lenet();
                print("lenet", lenet.run(numbers(784)), 10);
                Steps steps = new Steps(20);
                Table table = new Table();
                Table.Row row = new Table.Row();
                row.color = "green";
                print("steps", steps.run(numbers(30)), 2);
                System.out.println("label " + table.predict(row));
                float[] image = numbers(784);
                float[] sequence = numbers(60);
                java.lang.management.ThreadMXBean bean = java.lang.management.ManagementFactory.getThreadMXBean();
                com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) bean;
                long allocated = Long.MAX_VALUE;
                for (int pass = 0; pass < 10; pass++) { // the JVM itself allocates a few times, while it compiles
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 200; i++) {
                        row.age = i % 3 == 0 ? Float.NaN : i;
                        row.color = i % 5 == 0 ? null : i % 2 == 0 ? "red" : "blue";
                        table.predict(row);
                        lenet.predict(image);
                        steps.predict(sequence);
                    }
                    allocated = Math.min(allocated, threads.getCurrentThreadAllocatedBytes() - before);
                }
                System.out.println("allocated " + allocated);
                other(lenet, image);
            }

            /** Two objects with the same weights do not disturb each other. */
            private static void other(Lenet lenet, float[] image) {
                float before = lenet.run(image)[0];
                float[] kept = lenet.run(image);
                lenet.forAnotherThread().run(new float[784]);
                System.out.println("kept " + (kept[0] == before));
            }

            private static float[] numbers(int n) {
                float[] x = new float[n];
                for (int i = 0; i < n; i++) x[i] = i * 37 % 101 / 101f - 0.5f;
                return x;
            }

            private static void print(String name, float[] y, int n) {
                StringBuilder line = new StringBuilder(name);
                for (int i = 0; i < n; i++) line.append(' ').append(y[i]);
                System.out.println(line);
            }
        }
        """;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void compile() throws Exception {
        var table = new ModelFile(
                TABLE,
                Map.of(),
                Signature.of(
                        List.of(new Input.Columns(COLUMNS)),
                        List.of(new Output.Classes(List.of("no", "yes"), Meaning.PROBABILITIES))));
        List<JavaFile> files = List.of(
                JavaSource.of(new ModelFile(LENET, Map.of())).make("Lenet"),
                JavaSource.of(new ModelFile(GRU, Map.of())).weightsBeside().make("Steps"),
                JavaSource.of(table).make("Table"));
        Compiled.compile(files, 17, "Main", MAIN, directory);
    }

    @Test
    void predictingAllocatesNothing() throws Exception {
        Map<String, String> said = run(Path.of(System.getProperty("java.home")));
        assertThat(said.get("allocated")).isEqualTo("0");
        assertThat(said.get("kept")).isEqualTo("true");
        assertThat(said.get("label")).isIn("no", "yes");
        assertGivesTheSame(said);
    }

    @Test
    void java17RunsThem() throws Exception {
        Optional<Path> java = java17();
        assumeTrue(java.isPresent(), "no JDK 17 on this machine");
        Map<String, String> said = run(java.get());
        assertGivesTheSame(said);
        assertThat(said.get("allocated")).isEqualTo("0");
    }

    private static void assertGivesTheSame(Map<String, String> said) {
        assertClose(Objects.requireNonNull(said.get("lenet")), LENET.predict(numbers(784)));
        assertClose(Objects.requireNonNull(said.get("steps")), GRU.predict(numbers(30)));
    }

    private static void assertClose(String said, float[] expected) {
        String[] numbers = said.split(" ");
        assertThat(numbers).hasSize(expected.length);
        for (int i = 0; i < numbers.length; i++) {
            assertThat(Float.parseFloat(numbers[i])).isCloseTo(expected[i], offset(1e-5f));
        }
    }

    private static float[] numbers(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) x[i] = i * 37 % 101 / 101f - 0.5f;
        return x;
    }

    private static Optional<Path> java17() throws Exception {
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) return Optional.empty();
        try (Stream<Path> homes = Files.list(all)) {
            for (Path home : homes.sorted().toList()) {
                Path release = home.resolve("release");
                if (Files.isExecutable(home.resolve("bin/java"))
                        && Files.isReadable(release)
                        && Files.readString(release).contains("JAVA_VERSION=\"17")) return Optional.of(home);
            }
        }
        return Optional.empty();
    }

    /// What the program said, by the first word of each line.
    private static Map<String, String> run(Path home) throws Exception {
        Path output = Files.createTempFile(directory, "said", ".txt");
        Process java = new ProcessBuilder(home.resolve("bin/java").toString(), "-cp", directory.toString(), "Main")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(java.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            java.destroyForcibly();
        }
        Map<String, String> said = new HashMap<>();
        List<String> lines = new ArrayList<>(Files.readAllLines(output, StandardCharsets.UTF_8));
        for (String line : lines) said.put(line.split(" ")[0], line.substring(line.indexOf(' ') + 1));
        assertThat(java.exitValue()).as("%s", lines).isZero();
        return said;
    }
}
