package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.FreshJvm;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineLogTest {
    /// Keeps what is logged, as `INFO text`.
    private static final class Lines implements System.Logger {
        private final List<String> lines = new ArrayList<>();

        @Override
        public String getName() {
            return EngineLog.LOGGER;
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
            lines.add(level + " " + text);
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... values) {
            lines.add(level + " " + MessageFormat.format(text, values));
        }
    }

    private static List<String> of(boolean vectors, boolean replaced) {
        var lines = new Lines();
        new EngineLog(vectors ? "vector 256-bit" : "scalar", 4, vectors, replaced).write(lines);
        return lines.lines;
    }

    @Test
    void aFastEngineIsALineOfInformation() {
        assertThat(of(true, false))
                .containsExactly("INFO Neurite computes on engine vector 256-bit, by default with 4 threads");
    }

    @Test
    void missingVectorsAreAWarning() {
        assertThat(of(false, true)).hasSize(2);
        assertThat(of(false, true).getLast()).startsWith("WARNING").contains("--add-modules jdk.incubator.vector");
    }

    @Test
    void anotherCompilerThanC2IsAWarning() {
        assertThat(of(true, true)).hasSize(2);
        assertThat(of(true, true).getLast()).startsWith("WARNING").contains("-XX:-UseJVMCICompiler");
    }

    /// Makes kernels twice and predicts; the log of the JVM goes to its standard error.
    static final class Program {
        public static void main(String[] args) {
            try (Kernels scalar = Kernels.create(Kernels.Engine.SCALAR, 1)) { // chosen: nothing to say
                scalar.fill(1, Tensor.of(Shape.of(1), 0));
            }
            System.err.println("--");
            for (int i = 0; i < 2; i++) {
                try (Kernels fastest = Kernels.create(2)) {
                    fastest.fill(1, Tensor.of(Shape.of(1), 0));
                }
                Kernels.shared().fill(1, Tensor.of(Shape.of(1), 0));
            }
        }
    }

    /// What a JVM logs: lines as `INFO: text`, without those that say when and where.
    private static List<String> logged(boolean vectors, String... options) {
        return FreshJvm.run(Program.class, vectors, List.of(options))
                .err()
                .lines()
                .filter(line -> line.matches("--|(INFO|WARNING): Neurite.*"))
                .toList();
    }

    @Test
    void aJvmSaysItOnce() {
        assertThat(logged(true))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("--"),
                        line -> assertThat(line)
                                .matches("INFO: Neurite computes on engine vector \\d+-bit, by default with \\d+ .*"));
    }

    @Test
    void aJvmWithoutVectorsSaysItWithAWarning() {
        assertThat(logged(false))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("--"),
                        line -> assertThat(line).startsWith("INFO: Neurite computes on engine scalar"),
                        line -> assertThat(line).startsWith("WARNING: Neurite computes without vector"));
    }

    @Test
    void aJvmThatCannotSayWhichCompilerItHasIsNoFailure() {
        assertThat(logged(true, "--limit-modules", "java.base,java.logging,jdk.jfr,jdk.incubator.vector"))
                .hasSize(2);
        // JVMCI is on, but no compiler uses it
        assertThat(logged(true, "-XX:+UnlockExperimentalVMOptions", "-XX:+EnableJVMCI"))
                .hasSize(2);
    }
}
