package dev.neurite.model;

import static dev.neurite.Numbers.normal;
import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.kernel.Activation.TANH;
import static dev.neurite.layer.Layers.batchNorm;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.recomputed;
import static dev.neurite.layer.Layers.residual;
import static dev.neurite.layer.Layers.sequential;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.BothEngines;
import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a backward pass says to be final has the numbers of its end.
@BothEngines
class FinalGradientsTest {
    private static final int WIDTH = 4;

    private static Graph graph(String name) {
        return switch (name) {
            case "plain" -> sequential(dense(5, RELU), batchNorm(), dropout(0.3), dense(3, TANH), dense(2));
            case "residual" -> sequential(dense(5), residual(dense(5, RELU), batchNorm(), dense(5)), dense(2));
            case "recomputed" ->
                sequential(dense(5), recomputed(sequential(dense(4, TANH), dropout(0.2), dense(5))), dense(2));
            case "recomputed first" -> sequential(recomputed(sequential(dense(4, TANH), dense(5))), dense(2));
            case "twice" ->
                sequential(
                        named("shared", Toys.tanh(WIDTH)), dense(WIDTH), named("shared", Toys.tanh(WIDTH)), dense(2));
            case "tied" -> sequential(dense(3, TANH), dense(3), new Toys.Mirror("dense1", WIDTH));
            case "frozen" -> sequential(dense(5), frozen(dense(4)), dense(3));
            case "frozen first" -> sequential(frozen(sequential(dense(5), dense(4))), dense(3));
            default -> // nobody asks for the gradient of the second output
                Graph.of(1, in -> {
                    Wire h = in.getFirst().then(dense(4, TANH));
                    return List.of(h.then(dense(3)), h.then(dense(2)).then(dense(2)));
                });
        };
    }

    private static Tensor rows() {
        return normal(Shape.of(7, WIDTH), 5);
    }

    private static float[] gradient(String net, boolean accumulate, float[] gradient, IntConsumer done) {
        var network = new Network(graph(net), List.of(Shape.of(WIDTH)));
        float[] theta = Parameters.initialized(network.parameters(), 1).toArray();
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
        executor.fillBuffersWithNaN();
        executor.accumulate(accumulate);
        executor.randomness(1, 2, 0);
        executor.forward(Mode.TRAIN, List.of(rows()));
        Tensor delta = executor.outputGradient(0);
        for (int i = 0; i < delta.size(); i++) delta.array()[delta.offset() + i] = i % 5 - 2;
        executor.backward(done);
        return gradient;
    }

    private static float[] noise(String net) {
        float[] noise = new float[new Network(graph(net), List.of(Shape.of(WIDTH))).size()];
        for (int i = 0; i < noise.length; i++) noise[i] = i % 7 - 3;
        return noise;
    }

    private static void assertFinal(String net, boolean accumulate) {
        float[] expected = gradient(net, accumulate, noise(net), _ -> {});
        float[] gradient = noise(net);
        List<Integer> from = new ArrayList<>();
        List<float[]> then = new ArrayList<>();
        gradient(net, accumulate, gradient, index -> {
            from.add(index);
            then.add(gradient.clone());
        });
        assertThat(gradient).containsExactly(expected);
        assertThat(from.getLast()).isZero();
        for (int i = 0; i < from.size(); i++) {
            if (i > 0) assertThat(from.get(i)).isLessThan(from.get(i - 1));
            int start = from.get(i);
            assertThat(Arrays.copyOfRange(then.get(i), start, gradient.length))
                    .as("from %d on", start)
                    .containsExactly(Arrays.copyOfRange(expected, start, gradient.length));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "residual",
                "recomputed",
                "recomputed first",
                "twice",
                "tied",
                "frozen",
                "frozen first",
                "two outputs"
            })
    void whatIsSaidToBeFinalStaysAsItIs(String net) {
        assertFinal(net, false);
        assertFinal(net, true);
    }

    @Test
    void eachLayerIsToldAsSoonAsItHasRun() {
        List<Integer> from = new ArrayList<>();
        gradient("plain", false, noise("plain"), from::add);
        assertThat(from).containsExactly(53, 35, 25, 0); // dense3, dense2, batchNorm1, dense1
    }

    @Test
    void aLayerThatRunsTwiceIsFinalAfterItsFirstRun() {
        List<Integer> from = new ArrayList<>();
        gradient("twice", false, noise("twice"), from::add);
        assertThat(from).hasSize(3).endsWith(0); // the last layer, dense1, and the shared one
    }
}
