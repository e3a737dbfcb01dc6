package dev.neurite.layer;

import static dev.neurite.Numbers.normal;
import static dev.neurite.layer.Layers.alphaDropout;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.dropout;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.frozen;
import static dev.neurite.layer.Layers.gaussianDropout;
import static dev.neurite.layer.Layers.gaussianNoise;
import static dev.neurite.layer.Layers.sequential;
import static dev.neurite.layer.Layers.spatialDropout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.check.GradientCheck;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Layers that draw random numbers do so while training only, and keep the mean of what goes through.
@BothEngines
class NoiseLayersTest {
    static List<Layer> layers() {
        return List.of(dropout(0.3), spatialDropout(0.3), alphaDropout(0.3), gaussianNoise(0.4), gaussianDropout(0.3));
    }

    private static Executor executor(Node node, Shape row) {
        var network = new Network(node, List.of(row));
        float[] theta = new float[network.size()];
        for (int i = 0; i < theta.length; i++) theta[i] = (float) StrictMath.sin(i + 1);
        return network.executor(Kernels.shared(), theta, new float[theta.length]);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void predictingHandsTheInputOn(Layer layer) {
        Tensor x = normal(Shape.of(5, 4, 3), 60);
        Executor executor = executor(layer, Shape.of(4, 3));
        assertThat(executor.forward(Mode.PREDICT, x)).isSameAs(x);
        assertThat(executor(frozen(layer), Shape.of(4, 3)).forward(Mode.TRAIN, x))
                .isSameAs(x);
        assertThat(GradientCheck.of(layer, List.of(Shape.of(4, 3)), 2, Mode.PREDICT, 1)
                        .passed())
                .isTrue();
        assertThat(Model.of(Shape.of(4, 3), layer).predict(x)).isEqualTo(x).isNotSameAs(x);
    }

    @Test
    void aModelPredictsAsIfItsNoiseWereNotThere() {
        Model plain = Model.of(features(7), dense(9, Activation.TANH), dense(3, Activation.SOFTMAX))
                .initialize(3);
        Model noisy = Model.of(
                features(7),
                gaussianNoise(1),
                dense(9, Activation.TANH),
                dropout(0.5),
                alphaDropout(0.2),
                gaussianDropout(0.2),
                dense(3, Activation.SOFTMAX));
        noisy = noisy.with(dev.neurite.model.Parameters.of(
                noisy.parameters().parts(), plain.parameters().toArray()));
        Tensor x = normal(Shape.of(50, 7), 350);
        assertThat(noisy.predict(x)).isEqualTo(plain.predict(x));
        assertThat(noisy.predict(x.rows(3, 4).toArray()))
                .isEqualTo(plain.predict(x.rows(3, 4).toArray()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void withoutAnythingToDropTrainingHandsTheInputOnToo(int which) {
        Layer layer =
                List.<Layer>of(dropout(0), alphaDropout(0), gaussianNoise(0)).get(which);
        Tensor x = normal(Shape.of(5, 4), 20);
        assertThat(executor(layer, Shape.of(4)).forward(Mode.TRAIN, x)).isSameAs(x);
    }

    @ParameterizedTest
    @MethodSource("layers")
    void gradientsAreRightInANetWhileTraining(Layer layer) {
        Node net = sequential(dense(12, Activation.TANH), layer, dense(4));
        if (!(layer instanceof SpatialDropout))
            GradientCheck.of(net, Shape.of(5)).requirePassed();
        Node twice = sequential(layer, layer);
        GradientCheck.of(twice, List.of(Shape.of(7, 4)), 5, Mode.TRAIN, 3).requirePassed();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aStepsNoiseIsItsOwnAndComesAgain(Layer layer) {
        Tensor x = normal(Shape.of(5, 6, 4), 120);
        Executor executor = executor(sequential(layer, layer), Shape.of(6, 4));
        executor.randomness(1, 1, 0);
        Tensor first = executor.forward(Mode.TRAIN, x).copy();
        executor.randomness(1, 2, 0);
        assertThat(executor.forward(Mode.TRAIN, x)).isNotEqualTo(first);
        executor.randomness(2, 1, 0);
        assertThat(executor.forward(Mode.TRAIN, x)).isNotEqualTo(first);
        executor.fillBuffersWithNaN();
        executor.randomness(1, 1, 0);
        assertThat(executor.forward(Mode.TRAIN, x)).isEqualTo(first);
        assertThat(executor.forward(Mode.TRAIN, x)).isEqualTo(first);
    }

    /// A dropout that others come before draws as the second; its mask is then another.
    @Test
    void twoLayersOfAPassHaveMasksOfTheirOwn() {
        Tensor x = Tensor.zeros(Shape.of(50, 40));
        Kernels.shared().fill(1, x);
        int both = 0;
        for (float y : executor(sequential(dropout(0.5), dropout(0.5)), Shape.of(40))
                .forward(Mode.TRAIN, x)
                .toArray()) {
            if (y != 0) {
                assertThat(y).isEqualTo(4);
                both++;
            }
        }
        assertThat(both / 2000.0).isBetween(0.25 - 4 * 0.433 / Math.sqrt(2000), 0.25 + 4 * 0.433 / Math.sqrt(2000));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void partsOfABatchHaveTheNoiseOfTheWhole(Layer layer) {
        Tensor x = normal(Shape.of(23, 6, 4), 552);
        Executor executor = executor(sequential(layer, new Activate(Activation.TANH), layer), Shape.of(6, 4));
        executor.randomness(4, 9, 0);
        Tensor whole = executor.forward(Mode.TRAIN, x).copy();
        for (int from = 0; from < 23; from += 5) {
            int to = Math.min(23, from + 5);
            executor.randomness(4, 9, from);
            assertThat(executor.forward(Mode.TRAIN, x.rows(from, to))).isEqualTo(whole.rows(from, to));
        }
    }

    /// Four standard errors around the mean of what came in, for each element, over 4000 steps.
    @ParameterizedTest
    @MethodSource("layers")
    void theMeanOverManyStepsIsTheInput(Layer layer) {
        if (layer instanceof AlphaDropout) return; // which keeps the mean of a distribution: below
        Tensor x = normal(Shape.of(2, 6, 4), 48);
        Executor executor = executor(layer, Shape.of(6, 4));
        int steps = 4000;
        double[] sums = new double[x.size()];
        for (int step = 0; step < steps; step++) {
            executor.randomness(3, step, 0);
            float[] y = executor.forward(Mode.TRAIN, x).toArray();
            for (int i = 0; i < y.length; i++) sums[i] += y[i];
        }
        for (int i = 0; i < sums.length; i++) {
            double deviation = layer instanceof GaussianNoise ? 0.4 : Math.sqrt(0.3 / 0.7) * Math.abs(x.array()[i]);
            double error = 4 * deviation / Math.sqrt(steps);
            assertThat(sums[i] / steps).isBetween(x.array()[i] - error, x.array()[i] + error);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.3, 0.5, 0.9})
    void alphaDropoutKeepsMeanZeroAndVarianceOne(double rate) {
        Tensor x = normal(Shape.of(400, 500), 200000);
        float[] y = executor(alphaDropout(rate), Shape.of(500))
                .forward(Mode.TRAIN, x)
                .toArray();
        double sum = 0;
        double squares = 0;
        double fourths = 0;
        for (double each : y) {
            sum += each;
            squares += each * each;
            fourths += each * each * each * each;
        }
        double n = y.length;
        double error = 4 / Math.sqrt(n);
        assertThat(sum / n).isBetween(-error, error);
        double variance = squares / n;
        assertThat(variance).isBetween(1 - error * Math.sqrt(fourths / n), 1 + error * Math.sqrt(fourths / n));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateOutOfRangeIsRefusedWithTheRange(double rate) {
        String range = ": expects a rate from 0 to below 1, got " + rate;
        assertThatThrownBy(() -> dropout(rate))
                .isInstanceOf(ConfigException.class)
                .hasMessage("dropout" + range);
        assertThatThrownBy(() -> spatialDropout(rate)).hasMessage("spatial dropout" + range);
        assertThatThrownBy(() -> alphaDropout(rate)).hasMessage("alpha dropout" + range);
        assertThatThrownBy(() -> gaussianDropout(rate)).hasMessage("gaussian dropout" + range);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aDeviationOutOfRangeIsRefused(double deviation) {
        assertThatThrownBy(() -> gaussianNoise(deviation))
                .isInstanceOf(ConfigException.class)
                .hasMessage("gaussian noise: expects a finite deviation from 0, got " + deviation);
    }

    @Test
    void spatialDropoutDemandsChannels() {
        assertThatThrownBy(() -> Model.of(features(5), spatialDropout(0.5)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("spatial dropout expects rows [channels × …] of 2 axes or more, got [5]");
    }
}
