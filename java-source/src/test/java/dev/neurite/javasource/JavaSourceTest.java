package dev.neurite.javasource;

import static dev.neurite.kernel.Activation.*;
import static dev.neurite.layer.Layers.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Graph;
import dev.neurite.model.Layer;
import dev.neurite.model.Model;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written where, and what is refused.
@SuppressWarnings("unchecked") // what another class loader made
final class JavaSourceTest {
    private static final String CALLER = """
        public final class Caller implements java.util.function.UnaryOperator<float[]> {
            private final Net model = new Net();

            public float[] apply(float[] inputs) {
                return model.run(inputs);
            }
        }
        """;

    @TempDir
    private Path directory;

    private static JavaSource source(Model model) {
        return JavaSource.of(new ModelFile(model, Map.of()));
    }

    private static Model small() {
        return Model.of(features(4), dense(3, RELU), dense(2, SOFTMAX));
    }

    @Test
    void aFileIsWrittenAndMeasured() throws Exception {
        Path file = directory.resolve("Small.java");
        JavaSource.Written written =
                source(small()).packageName("a.b").publicClass().write(file);
        String text = Files.readString(file);
        assertThat(text)
                .startsWith("package a.b;\n")
                .contains("public final class Small {")
                .isASCII();
        assertThat(written.bytes()).isEqualTo(Files.size(file));
        assertThat(written.weights()).isEmpty();
        assertThat(written.measured()).isPresent();
        assertThat(written.measured().get().microseconds()).isBetween(0.0, 1e5);
        assertThat(written.measured().get().difference()).isLessThan(1e-5);
        assertThat(source(small()).make("Small").text())
                .contains("\nfinal class Small {")
                .doesNotContain("package ");
        assertThat(source(small()).make("Small").text())
                .isEqualTo(source(small()).make("Small").text());
    }

    @Test
    void largeWeightsAreBesideTheFile() throws Exception {
        Model large = Model.of(features(700), dense(600, TANH), dense(3));
        JavaFile made = source(large).make("Net");
        assertThat(made.weights())
                .hasValueSatisfying(
                        each -> assertThat(each).hasSize(4 * large.network().size()));
        UnaryOperator<float[]> run = Compiled.load(List.of(made), "Caller", CALLER, directory, UnaryOperator.class);
        float[] x = new float[700];
        for (int i = 0; i < 700; i++) x[i] = i % 7 - 3;
        float[] expected = large.predict(x);
        assertThat(run.apply(x)).hasSize(3).satisfies(got -> {
            for (int i = 0; i < 3; i++)
                assertThat(got[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.offset(1e-5f));
        });
        assertThat(source(small()).make("Net").weights()).isEmpty();
    }

    @Test
    void anotherFileOfWeightsIsRefused() throws Exception {
        JavaFile made = source(small()).weightsBeside().make("Net");
        Compiled.compile(List.of(made), 17, "Caller", CALLER, directory);
        Path weights = directory.resolve("Net.bin");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[5]++;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> Compiled.load("Caller", directory, Object.class))
                .rootCause()
                .hasMessage("Net.bin: expects the file that was written with this class");
        Files.write(weights, new byte[7]);
        assertThatThrownBy(() -> Compiled.load("Caller", directory, Object.class))
                .rootCause()
                .isInstanceOf(java.io.EOFException.class);
        Files.delete(weights);
        assertThatThrownBy(() -> Compiled.load("Caller", directory, Object.class))
                .rootCause()
                .hasMessage("Net.bin: expects it beside the class file");
    }

    @Test
    void weightsAreWrittenBeside() throws Exception {
        JavaSource.Written written = source(small()).weightsBeside().write(directory.resolve("Net.java"));
        assertThat(written.weights()).contains(directory.resolve("Net.bin"));
        assertThat(Files.size(directory.resolve("Net.bin")))
                .isEqualTo(4L * small().network().size());
        assertThat(written.measured())
                .hasValueSatisfying(each -> assertThat(each.difference()).isLessThan(1e-5));
    }

    private record Own() implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            return in;
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            return x;
        }
    }

    private record OwnActivation() implements Elementwise {
        @Override
        public float apply(float z) {
            return z;
        }

        @Override
        public float derivative(float z, float y) {
            return 1;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return false;
        }

        @Override
        public String toString() {
            return "mine";
        }
    }

    @Test
    void oneErrorNamesAllLayersInTheWay() {
        Model model = Model.of(
                Shape.of(6, 4),
                selfAttention(2),
                new Own(),
                dense(4, new OwnActivation()),
                residual(groupNorm(3)),
                gru(3).withStates(),
                dense(1));
        assertThatThrownBy(() -> source(model).make("Net"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(
                        "selfAttention1",
                        "own1",
                        "dense1 (dense, with the activation mine)",
                        "residual1.body (groupNorm)",
                        "gru1");
    }

    @Test
    void severalInputsOrOutputsAreRefused() {
        Model two = Model.of(List.of(features(2), features(2)), Graph.of((a, b) -> a.join(add(), b)));
        assertThatThrownBy(() -> source(two).make("Net"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("expects one input and one output")
                .hasMessageContaining("numbers1, numbers2");
        Model steps = Model.of(Shape.of(3, Shape.OPEN), conv1d(2, 2), globalAvgPool());
        assertThatThrownBy(() -> source(steps).make("Net")).isInstanceOf(ConfigException.class);
    }

    @Test
    void namesThatAreNoneAreRefused() {
        JavaSource source = source(small());
        for (String name :
                List.of("Model.txt", "2.java", "class.java", "String.java", "Row.java", "a-b.java", ".java")) {
            assertThatThrownBy(() -> source.write(directory.resolve(name)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("expects the name of a class");
        }
        for (String name : List.of("", "a.", "a..b", "1a", "a.int", "a b")) {
            assertThatThrownBy(() -> source.packageName(name)).isInstanceOf(ConfigException.class);
        }
        assertThatThrownBy(() -> source.write(directory.resolve("none/Net.java")))
                .isInstanceOf(ResourceException.class);
        assertThat(directory).isEmptyDirectory();
    }

    /// All methods that files may have, for Java 8 and so for Android.
    @Test
    void allArithmeticIsJava8() throws Exception {
        var text = new StringBuilder("final class All {\nprivate static final String[] MISSING_TEXTS = {};\n");
        for (String each : ArithmeticText.names())
            text.append(String.join("\n", ArithmeticText.lines(each))).append('\n');
        var all = new JavaFile("", "All", text.append("}\n").toString(), java.util.Optional.empty(), false, List.of());
        JavaFile net = source(Model.of(Shape.of(Shape.OPEN, 2), gru(2), dense(1)))
                .weightsBeside()
                .make("Net");
        Compiled.compile(List.of(all, net), 8, "Caller", "final class Caller {}", directory);
        assertThat(directory.resolve("All.class")).exists();
    }
}
