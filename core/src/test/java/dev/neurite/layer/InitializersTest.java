package dev.neurite.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.layer.Initializers.Scaled;
import dev.neurite.model.Initializer;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Initial values have the distribution that their initializer promises.
class InitializersTest {
    private static final Shape LARGE = Shape.of(200, 40, 5);
    private static final int N = LARGE.size();

    private static float[] values(Initializer initializer, Shape shape, long seed) {
        return initializer.values(shape, new KeyedRandom(seed));
    }

    /// The first moments of many values, and the extremes.
    private record Statistics(double mean, double deviation, double least, double largest) {
        static Statistics of(Initializer initializer) {
            float[] values = values(initializer, LARGE, 11);
            assertThat(values).hasSize(N);
            double mean = doubles(values).sum() / N;
            double square = doubles(values).map(v -> (v - mean) * (v - mean)).sum() / N;
            return new Statistics(
                    mean,
                    Math.sqrt(square),
                    doubles(values).min().orElseThrow(),
                    doubles(values).max().orElseThrow());
        }

        private static DoubleStream doubles(float[] values) {
            return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
        }
    }

    /// Of n values a mean is off by deviation/√n, a deviation by less than deviation/√n: five of these here.
    private static void assertSpread(Statistics got, double mean, double deviation) {
        double error = 5 * deviation / Math.sqrt(N);
        assertThat(got.mean()).isCloseTo(mean, within(error));
        assertThat(got.deviation()).isCloseTo(deviation, within(error));
    }

    static Stream<Scaled> scaled() {
        return Stream.of(
                        Initializers.xavierUniform(),
                        Initializers.xavierNormal(),
                        Initializers.heUniform(),
                        Initializers.heNormal(),
                        Initializers.lecunUniform(),
                        Initializers.lecunNormal())
                .flatMap(each -> Stream.of(each, each.times(5.0 / 3), each.fanOut(), each.forSlope(0.3)));
    }

    @ParameterizedTest
    @MethodSource("scaled")
    void scaledValuesHaveTheirDeviationAndMeanZero(Scaled initializer) {
        double deviation = initializer.deviation(LARGE);
        Statistics got = Statistics.of(initializer);
        assertSpread(got, 0, deviation);
        boolean uniform = initializer.distribution() == Scaled.Distribution.UNIFORM;
        double bound = Math.sqrt(3) * deviation;
        for (double extreme : new double[] {-got.least(), got.largest()}) {
            if (uniform) assertThat(extreme).isBetween(0.999 * bound, bound * (1 + 1e-7));
            else assertThat(extreme).isBetween(3.5 * deviation, 6 * deviation);
        }
    }

    @Test
    void uniformAndNormalValuesAreSpreadAsTheySay() {
        Statistics uniform = Statistics.of(Initializers.uniform(-1, 3));
        assertSpread(uniform, 1, 4 / Math.sqrt(12));
        assertThat(uniform.least()).isBetween(-1.0, -0.999);
        assertThat(uniform.largest()).isBetween(2.999, 3.0);
        assertSpread(Statistics.of(Initializers.normal(2, 0.5)), 2, 0.5);
        assertThat(values(Initializers.constant(0.25), Shape.of(3), 1)).containsOnly(0.25f);
        assertThat(values(Initializers.zeros(), Shape.of(2, 2), 1)).containsOnly(0f);
    }

    /// The deviation of a normal distribution cut at ±b is √(1 − 2b·φ(b) / (1 − 2Φ(−b))).
    @ParameterizedTest
    @CsvSource({"0.1, 0.0577158", "1, 0.5395596", "2, 0.8796257", "3, 0.9866", "40, 1"})
    void aTruncatedNormalIsWithinItsBoundsAndHasItsDeviation(double bound, double rest) {
        Statistics got = Statistics.of(Initializers.truncatedNormal(3, 0.02, bound));
        assertSpread(got, 3, 0.02 * rest);
        double reach = Math.min(bound, 3.5) * 0.02;
        assertThat(got.least()).isBetween(3 - bound * 0.02 - 1e-6, 3 - 0.95 * reach);
        assertThat(got.largest()).isBetween(3 + 0.95 * reach, 3 + bound * 0.02 + 1e-6);
        assertThat(Initializers.truncatedNormal(3, 0.02)).isEqualTo(Initializers.truncatedNormal(3, 0.02, 2));
    }

    static Stream<Shape> weights() {
        return Stream.of(
                Shape.of(1, 1),
                Shape.of(5, 5),
                Shape.of(64, 64),
                Shape.of(7, 20),
                Shape.of(20, 7),
                Shape.of(6, 3, 2, 2),
                Shape.of(30, 2, 3),
                Shape.of(1, 9),
                Shape.of(9, 1));
    }

    @ParameterizedTest
    @MethodSource("weights")
    void anOrthogonalMatrixHasOrthogonalRowsOrColumnsOfTheGainsLength(Shape shape) {
        double gain = 1.5;
        float[] w = values(Initializers.orthogonal(gain), shape, 5);
        int rows = shape.extent(0);
        int columns = shape.size() / rows;
        boolean wide = rows < columns;
        int vectors = wide ? rows : columns;
        int length = wide ? columns : rows;
        for (int i = 0; i < vectors; i++) {
            for (int j = 0; j < vectors; j++) {
                double product = 0;
                for (int k = 0; k < length; k++) {
                    double left = wide ? w[i * columns + k] : w[k * columns + i];
                    double right = wide ? w[j * columns + k] : w[k * columns + j];
                    product += left * right;
                }
                assertThat(product).as("%d·%d", i, j).isCloseTo(i == j ? gain * gain : 0, within(1e-5));
            }
        }
    }

    /// The sign of R's diagonal makes the distribution uniform over all rotations: no element's mean is far from 0.
    @Test
    void orthogonalMatricesHaveNoPreferredDirection() {
        int draws = 4000;
        double[] sums = new double[9];
        for (int seed = 0; seed < draws; seed++) {
            float[] w = values(Initializers.orthogonal(), Shape.of(3, 3), seed);
            for (int i = 0; i < 9; i++) sums[i] += w[i];
        }
        // An element's deviation is 1/√3.
        for (double sum : sums) assertThat(sum / draws).isCloseTo(0, within(4.5 / Math.sqrt(3.0 * draws)));
    }

    @Test
    void theSameSeedGivesTheSameValuesAndAnotherOthers() {
        Shape shape = Shape.of(6, 4);
        for (Initializer each : List.of(
                Initializers.uniform(-1, 1),
                Initializers.recurrent(2),
                Initializers.normal(0, 1),
                Initializers.truncatedNormal(0, 1),
                Initializers.orthogonal(),
                Initializers.heNormal().fanOut())) {
            assertThat(values(each, shape, 3)).isEqualTo(values(each, shape, 3)).isNotEqualTo(values(each, shape, 4));
        }
    }

    @Test
    void weightsWithoutElementsAreInitializedToo() {
        for (Initializer each : List.of(Initializers.orthogonal(), Initializers.heNormal())) {
            assertThat(values(each, Shape.of(0, 3), 1)).isEmpty();
            assertThat(values(each, Shape.of(3, 0), 1)).isEmpty();
        }
    }

    @Test
    void aDenseLayerStartsAsSuitsItsActivation() {
        for (Activation relu : List.of(
                Activation.RELU,
                Activation.RELU6,
                Activation.elu(),
                Activation.celu(),
                Activation.GELU,
                Activation.GELU_TANH,
                Activation.SILU,
                Activation.MISH,
                Activation.HARD_SWISH,
                Activation.softplus())) {
            assertThat(Layers.dense(3, relu).weights()).as("%s", relu).isEqualTo(Initializers.heUniform());
        }
        for (Activation other :
                List.of(Activation.IDENTITY, Activation.TANH, Activation.SOFTSIGN, Activation.SOFTMAX)) {
            assertThat(Layers.dense(3, other).weights()).isEqualTo(Initializers.xavierUniform());
        }
        assertThat(Layers.dense(3, Activation.SELU).weights()).isEqualTo(Initializers.lecunNormal());
        assertThat(Layers.dense(3, Activation.leakyRelu(1)).weights()).isEqualTo(Initializers.lecunUniform());
        assertThat(Layers.dense(3, Activation.leakyRelu(0)).weights()).isEqualTo(Initializers.heUniform());
    }

    @Test
    void recurrentLayersStartWithinOneBySquareRootOfUnits() {
        float[] w = values(Initializers.recurrent(3), Shape.of(3 * 16, 200), 1);
        Arrays.sort(w);
        assertThat(w[0]).isBetween(-0.25f, -0.249f);
        assertThat(w[w.length - 1]).isBetween(0.249f, 0.25f);
        refused("recurrent: expects at least 1 gate, got 0", () -> Initializers.recurrent(0));
    }

    @Test
    void namesSayWhatDiffersFromTheUsual() {
        assertThat(Initializers.heUniform()).hasToString("he-uniform");
        assertThat(Initializers.lecunNormal()).hasToString("lecun-normal");
        assertThat(Initializers.xavierNormal().fanAverage()).hasToString("xavier-normal");
        assertThat(Initializers.xavierNormal().fanIn()).hasToString("lecun-normal");
        assertThat(Initializers.heNormal().fanOut()).hasToString("scaled-normal(gain 2.0, fan out)");
        assertThat(Initializers.xavierUniform().times(2)).hasToString("scaled-uniform(gain 4.0, fan average)");
        assertThat(Initializers.orthogonal(2)).hasToString("orthogonal(2.0)");
        assertThat(Initializers.truncatedNormal(0, 0.5))
                .hasToString("truncated-normal(0.0, 0.5, within 2.0 deviations)");
    }

    private static void refused(String message, ThrowingCallable... code) {
        for (ThrowingCallable each : code) {
            assertThatThrownBy(each).isInstanceOf(ConfigException.class).hasMessageContaining(message);
        }
    }

    @Test
    void settingsOutOfRangeAreRefusedWithTheRange() {
        double nan = Double.NaN;
        double infinity = Double.POSITIVE_INFINITY;
        refused(
                "bound ≥ 0.1, got",
                () -> Initializers.truncatedNormal(nan, 1),
                () -> Initializers.truncatedNormal(0, -1),
                () -> Initializers.truncatedNormal(0, infinity),
                () -> Initializers.truncatedNormal(0, 1, 0.09),
                () -> Initializers.truncatedNormal(0, 1, nan),
                () -> Initializers.truncatedNormal(0, 1, infinity));
        refused(
                "expects a finite number above 0, got",
                () -> Initializers.orthogonal(0),
                () -> Initializers.orthogonal(nan),
                () -> Initializers.orthogonal(infinity),
                () -> Initializers.heNormal().times(-1),
                () -> Initializers.heNormal().times(nan),
                () -> Initializers.heNormal().times(1e200));
        refused("expects a finite number, got", () -> Initializers.heNormal().forSlope(infinity));
        for (Initializer each : List.of(Initializers.orthogonal(), Initializers.heUniform())) {
            assertThatThrownBy(() -> values(each, Shape.of(3), 1))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects a weight of 2 axes or more, got [3]");
        }
    }
}
