package dev.neurite.check;

import static dev.neurite.layer.Layers.maxOfPositions;
import static dev.neurite.layer.Layers.maxPool1d;
import static dev.neurite.layer.Layers.prelu;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Layers;
import dev.neurite.model.Mode;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GradientCheckTest {
    static Stream<Arguments> kinked() {
        return Stream.of(
                Arguments.of(maxOfPositions(), Shape.of(3, 4)),
                Arguments.of(maxPool1d(3, 2), Shape.of(2, 9)),
                Arguments.of(new Activate(Activation.RELU), Shape.of(19)),
                Arguments.of(new Activate(Activation.elu(0.7)), Shape.of(40)),
                Arguments.of(new Activate(Activation.HARD_SWISH), Shape.of(40)),
                Arguments.of(prelu(), Shape.of(19)),
                Arguments.of(
                        sequential(new Activate(Activation.TANH), Layers.activation(Activation.softShrink())),
                        Shape.of(30)));
    }

    /// Whether a kink lies within the step, and where, depends on the inputs: no right gradient fails for it. With a
    /// test of the slopes alone, a maximum whose place changed within the step failed with an error of 0.0043.
    @ParameterizedTest
    @MethodSource("kinked")
    void kinksWithinTheStepAreLeftOut(Node node, Shape input) {
        int elements = 0;
        int kinks = 0;
        for (int seed = 1; seed <= 100; seed++) {
            var report = GradientCheck.of(node, List.of(input), 3, Mode.TRAIN, seed);
            assertThat(report.passed()).as("seed %d: %s", seed, report).isTrue();
            elements += report.entries().getFirst().elements();
            kinks += report.entries().getFirst().kinks();
        }
        assertThat(kinks).isBetween(1, elements / 20);
    }
}
