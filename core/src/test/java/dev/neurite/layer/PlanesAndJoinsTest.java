package dev.neurite.layer;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.avgPool2d;
import static dev.neurite.layer.Layers.concat;
import static dev.neurite.layer.Layers.crop;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.flatten;
import static dev.neurite.layer.Layers.globalMaxPool;
import static dev.neurite.layer.Layers.image;
import static dev.neurite.layer.Layers.maxPool1d;
import static dev.neurite.layer.Layers.maxPool2d;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.permute;
import static dev.neurite.layer.Layers.relu;
import static dev.neurite.layer.Layers.reshape;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.slice;
import static dev.neurite.layer.Layers.splitInto;
import static dev.neurite.layer.Layers.upsample;
import static dev.neurite.layer.Layers.zeroPad2d;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Padding;
import dev.neurite.model.Graph;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlanesAndJoinsTest {
    private static final float NAN = Float.NaN;

    private static Tensor gradient(Node node, Tensor x) {
        var network = new Network(node, List.of(x.shape().row()));
        var executor = network.executor(Kernels.shared(), new float[network.size()], new float[network.size()]);
        executor.wantInputGradients(true);
        executor.forward(Mode.TRAIN, x);
        Kernels.shared().fill(1, executor.outputGradient(0));
        executor.backward();
        return executor.inputGradient(0).copy();
    }

    private static Tensor output(Node node, Tensor x) {
        return Model.of(x.shape().row(), node).predict(x);
    }

    @Test
    void aWindowWithNaNIsNaNAndSendsItsGradientThere() {
        Tensor x = Tensor.of(Shape.of(1, 1, 4), 1, NAN, 3, 2);
        assertThat(output(maxPool1d(2), x).toArray()).containsExactly(NAN, 3);
        assertThat(gradient(maxPool1d(2), x).toArray()).containsExactly(0, 1, 1, 0);
    }

    @Test
    void ofEqualNumbersTheFirstGetsTheGradient() {
        Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), 5, 5, 5, 5);
        assertThat(gradient(maxPool2d(2), x).toArray()).containsExactly(1, 0, 0, 0);
        assertThat(gradient(globalMaxPool(), x).toArray()).containsExactly(1, 0, 0, 0);
    }

    @Test
    void paddingIsNeverTheLargest() {
        float lowest = Float.NEGATIVE_INFINITY;
        Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), -3, lowest, lowest, lowest);
        assertThat(output(maxPool2d(2, 2).withPadding(1), x).toArray()).containsExactly(-3, lowest, lowest, lowest);
        assertThat(gradient(maxPool2d(2, 2).withPadding(1), x).toArray()).containsExactly(1, 1, 1, 1);
    }

    @Test
    void overlappingWindowsAddUp() {
        Tensor x = Tensor.of(Shape.of(1, 1, 5), 0, 0, 9, 0, 0);
        assertThat(gradient(maxPool1d(3, 1), x).toArray()).containsExactly(0, 0, 3, 0, 0);
    }

    @Test
    void samePaddingGivesAWindowForEachStride() {
        assertThat(Model.of(image(2, 7, 10), maxPool2d(3, 2).withPadding(Padding.SAME))
                        .network()
                        .outputs())
                .containsExactly(Shape.of(2, 4, 5));
    }

    static Stream<Arguments> misfits() {
        return Stream.of(
                Arguments.of(maxPool2d(3), features(9), "maxPool2d1: maxPool2d(3×3 stride 3) expects images"),
                Arguments.of(maxPool2d(3), image(1, 2, 8), "expects planes that its window fits on, got [1×2×8]"),
                Arguments.of(maxPool1d(2), image(1, 2, 8), "expects sequences [channels × length], got [1×2×8]"),
                Arguments.of(globalMaxPool(), features(3), "globalMaxPool() expects rows [channels × …]"),
                Arguments.of(reshape(5, -1), features(12), "reshape[5×?] expects rows of a multiple of 5 numbers"),
                Arguments.of(reshape(5, 2), features(12), "expects rows of 10 numbers, got [12]"),
                Arguments.of(permute(1, 0), image(1, 2, 3), "permute(1, 0) expects rows of 2 axes, got [1×2×3]"),
                Arguments.of(zeroPad2d(1), features(3), "zeroPad2d(1, 1, 1, 1) expects images"),
                Arguments.of(
                        crop(2),
                        image(1, 4, 9),
                        "expects images [channels × height × width] larger than what is removed"),
                Arguments.of(
                        upsample(0.1), image(1, 4, 4), "expects at least 1 pixel of input and output, got [1×4×4]"),
                Arguments.of(upsample(2), features(4), "expects images [channels × height × width] or sequences"),
                Arguments.of(slice(1, 5), image(4, 2, 2), "slice(1, 5) expects an axis 0 of 5 or more, got [4×2×2]"),
                Arguments.of(slice(0, 1, 3), image(4, 2, 2), "expects rows that have an axis 3, got [4×2×2]"),
                Arguments.of(
                        splitInto(1, 2),
                        image(4, 2, 2),
                        "split([1, 2]) expects an axis 0 that it divides into its parts"),
                Arguments.of(concat(), features(4), "concat() expects 2 inputs or more, got [[4]]"),
                Arguments.of(residual(dense(3)), features(4), "expects one output of one shape"));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void whatDoesNotFitIsRefusedByName(Node node, Shape in, String message) {
        assertThatThrownBy(() -> Model.of(in, node))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(message);
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> maxPool2d(3).withPadding(2))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("maxPool2d: expects padding of at most half of the window 3×3 stride 3, got 2");
        assertThatThrownBy(() -> avgPool2d(0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> permute(0, 2)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> slice(2, 2)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> splitInto(1, 0)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> crop(-1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> upsample(0)).isInstanceOf(ConfigException.class);
    }

    @Test
    void inputsThatDifferInAnotherAxisAreNotPutSideBySide() {
        Graph graph = Graph.of((a, b) -> a.join(concat(), b));
        assertThatThrownBy(() -> Model.of(List.of(image(1, 2, 2), image(1, 2, 3)), graph))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("concat() expects inputs that differ in axis 0 only, got [[1×2×2], [1×2×3]]");
    }

    @Test
    void partsPutTogetherAreTheWhole() {
        Graph graph = Graph.of(x -> {
            List<Wire> parts = x.split(splitInto(1, 3), 2);
            return parts.getFirst().join(concat(), parts.getLast());
        });
        float[] numbers = new float[48];
        for (int i = 0; i < numbers.length; i++) numbers[i] = i;
        Tensor x = Tensor.of(Shape.of(2, 4, 3, 2), numbers);
        assertThat(output(graph, x)).isEqualTo(x);
        assertThat(gradient(graph, x).toArray()).containsOnly(1);
    }

    @Test
    void aWireLeadsThroughSeveralLayers() {
        Graph one = Graph.of(x -> x.then(flatten(), dense(3), relu()));
        assertThat(one).isEqualTo(Graph.chain(flatten(), dense(3), relu()));
        assertThat(Graph.of(x -> x.then()).applications()).isEmpty();
    }

    @Test
    void aLayerThatIsUsedTwiceHasOneSetOfWeights() {
        Node eye = named("eye", dense(3));
        Graph graph = Graph.of((a, b) -> a.then(eye).join(add(), b.then(eye)));
        var model = Model.of(List.of(features(4), features(4)), graph);
        assertThat(model.parameters().size()).isEqualTo(15);
        Tensor a = Tensor.of(Shape.of(1, 4), 1, 2, 3, 4);
        Tensor b = Tensor.of(Shape.of(1, 4), -1, 0, 2, 5);
        assertThat(model.predict(List.of(a, b))).isEqualTo(model.predict(List.of(b, a)));
    }

    @Test
    void aResidualIsTheSumOfItsTwoWays() {
        Tensor x = Tensor.of(Shape.of(1, 2), 1, -2);
        assertThat(output(residual(relu()), x).toArray()).containsExactly(2, -2);
        assertThat(output(residual(relu()).withActivation(Activation.RELU), x).toArray())
                .containsExactly(2, 0);
        assertThat(output(residual(relu()).withShortcut(relu()), x).toArray()).containsExactly(2, 0);
        assertThat(residual(dense(1)).withActivation(Activation.RELU)).hasToString("residual(" + dense(1) + ", relu)");
    }

    @Test
    void aSigmoidAtTheEndOfAResidualIsALosssToTakeOff() {
        Residual end = residual(dense(4)).withActivation(Activation.SIGMOID);
        assertThat(end.outputActivation()).isEqualTo(Activation.SIGMOID);
        assertThat(end.withoutOutputActivation()).isEqualTo(residual(dense(4)));
        Residual inside = residual(dense(4, Activation.SIGMOID));
        assertThat(inside.outputActivation()).isEqualTo(Activation.IDENTITY);
        assertThat(inside.withoutOutputActivation()).isSameAs(inside);
    }

    @Test
    void lookingInsideAResidualShowsItsSumAndChangesNoBits() {
        var model = Model.of(features(3), residual(dense(3)).withActivation(Activation.RELU))
                .initialize(1);
        Tensor x = Tensor.of(Shape.of(1, 3), 1, -2, 3);
        var network = model.network();
        var executor = network.executor(Kernels.shared(), model.parameters().toArray(), new float[network.size()]);
        Tensor plain = executor.forward(Mode.TRAIN, x).copy();
        executor.inspect();
        assertThat(executor.forward(Mode.TRAIN, x)).isEqualTo(plain);
    }

    @Test
    void channelsMayBeMissingAndBatchesEmpty() {
        Tensor none = Tensor.zeros(Shape.of(0, 3, 4, 4));
        assertThat(output(maxPool2d(2), none).shape()).isEqualTo(Shape.of(0, 3, 2, 2));
        assertThat(output(upsample(2), none).shape()).isEqualTo(Shape.of(0, 3, 8, 8));
        float[] ones = new float[16];
        Arrays.fill(ones, 1);
        assertThat(output(avgPool2d(2), Tensor.of(Shape.of(1, 1, 4, 4), ones)).toArray())
                .containsOnly(1);
    }
}
