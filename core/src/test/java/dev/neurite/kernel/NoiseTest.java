package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the kernels of noise give is distributed as they say, and depends on nothing but its place. Seeds are
/// fixed, and bounds are four standard errors unless another is told.
@BothEngines
class NoiseTest {
    private static final Kernels K = Kernels.shared();
    private static final Noise NOISE = Noise.of(1, 2, 3, 0);

    private static Tensor ones(int... extents) {
        Tensor ones = Tensor.zeros(Shape.of(extents));
        K.fill(1, ones);
        return ones;
    }

    private static Tensor dropped(Noise noise, double rate, int rows, int columns) {
        Tensor y = ones(rows, columns);
        K.noise().dropout(noise, rate, y, y);
        return y;
    }

    private static Tensor normals(Noise noise, int rows, int columns) {
        Tensor y = Tensor.zeros(Shape.of(rows, columns));
        K.noise().addNoise(noise, 1, y, y);
        return y;
    }

    // ------------------------------------------------------------------------------------------------------ dropout

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999})
    void elementsAreZeroOrScaledAndSoManyAreZero(double rate) {
        Tensor x = Samples.tensor(1, 300, 401);
        Tensor y = Samples.tensor(2, 300, 401);
        K.noise().dropout(NOISE, rate, x, y);
        float scale = (float) (1 / (1 - rate));
        int zeros = 0;
        for (int i = 0; i < x.size(); i++) {
            if (y.array()[i] == 0) zeros++;
            else assertThat(y.array()[i]).isEqualTo(scale * x.array()[i]);
        }
        double n = x.size();
        double error = 4 * Math.sqrt(rate * (1 - rate) / n);
        assertThat(zeros / n).isBetween(rate - error, rate + error);
    }

    @Test
    void aRateNextToOneDropsNearlyAllAndStaysFinite() {
        Tensor y = dropped(NOISE, Math.nextDown(1.0), 100, 100);
        assertThat(K.isFinite(y)).isTrue();
        assertThat(y.toArray()).containsOnly(0);
    }

    @Test
    void theSameCallTakesGradientsBackThroughTheSameMask() {
        Tensor x = Samples.tensor(3, 20, 45);
        Tensor y = Tensor.zeros(x.shape());
        Tensor slopes = ones(20, 45);
        K.noise().dropout(NOISE, 0.4, x, y);
        K.noise().dropout(NOISE, 0.4, slopes, slopes);
        for (int i = 0; i < x.size(); i++) {
            assertThat(y.array()[i] == slopes.array()[i] * x.array()[i]).isTrue(); // also 0 and −0
        }
    }

    @Test
    void aDroppedElementTakesTheOtherValueAndAKeptOneIsShifted() {
        Tensor x = Samples.tensor(4, 31, 33);
        Tensor y = Tensor.zeros(x.shape());
        K.noise().dropout(NOISE, 0.4, 0.75, 0.5, -2, x, y);
        Tensor mask = dropped(NOISE, 0.4, 31, 33);
        for (int i = 0; i < x.size(); i++) {
            float expected = mask.array()[i] == 0 ? -2 : Math.fma(0.75f, x.array()[i], 0.5f);
            assertThat(y.array()[i]).isEqualTo(expected);
        }
    }

    @Test
    void masksOfDifferentUsesStepsSeedsAndRowsAgreeNoMoreThanByChance() {
        List<Tensor> masks = new ArrayList<>();
        for (Noise noise : List.of(
                NOISE,
                Noise.of(0, 2, 3, 0),
                Noise.of(1, 3, 3, 0),
                Noise.of(1, 2, 4, 0),
                Noise.of(2, 1, 3, 0),
                Noise.of(1, 2, 3, 1),
                Noise.of(1, 2, 3, 200))) {
            masks.add(dropped(noise, 0.5, 100, 101));
        }
        double n = masks.getFirst().size();
        for (int i = 0; i < masks.size(); i++) {
            for (int j = 0; j < i; j++) {
                int same = 0;
                for (int k = 0; k < n; k++)
                    same += masks.get(i).array()[k] == masks.get(j).array()[k] ? 1 : 0;
                assertThat(same / n).as("%d and %d", i, j).isBetween(0.5 - 2 / Math.sqrt(n), 0.5 + 2 / Math.sqrt(n));
            }
        }
    }

    @Test
    void neighborsAreIndependent() {
        Tensor mask = dropped(NOISE, 0.5, 400, 256);
        int[] distances = {1, 2, 3, 255, 256, 257, 512}; // in a hash, a row, down a column
        for (int distance : distances) {
            int n = mask.size() - distance;
            int same = 0;
            for (int i = 0; i < n; i++) same += mask.array()[i] == mask.array()[i + distance] ? 1 : 0;
            double error = 2 / Math.sqrt(n);
            assertThat((double) same / n).as("distance %d", distance).isBetween(0.5 - error, 0.5 + error);
        }
    }

    @Test
    void channelsAreDroppedWholeAndSoManyOfThem() {
        Tensor x = ones(500, 17, 3, 5);
        Tensor y = Tensor.zeros(x.shape());
        K.noise().channelDropout(NOISE, 0.3, x, y);
        Tensor single = ones(500, 17);
        K.noise().dropout(NOISE, 0.3, single, single);
        int zeros = 0;
        for (int channel = 0; channel < 500 * 17; channel++) {
            float value = single.array()[channel];
            float[] all = Arrays.copyOfRange(y.array(), 15 * channel, 15 * channel + 15);
            assertThat(all).containsOnly(value);
            assertThat(value).isIn(0f, (float) (1 / 0.7));
            if (value == 0) zeros++;
        }
        double n = 500 * 17;
        assertThat(zeros / n).isBetween(0.3 - 4 * Math.sqrt(0.21 / n), 0.3 + 4 * Math.sqrt(0.21 / n));
    }

    // ------------------------------------------------------------------------------------------------ normal numbers

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 77, 500})
    void normalNumbersHaveTheMomentsOfTheirDistribution(int columns) {
        int rows = 200_000 / columns;
        Tensor x = normals(NOISE, rows, columns);
        double n = x.size();
        double[] moments = new double[5];
        for (int i = 0; i < n; i++) {
            double power = 1;
            for (int k = 1; k < 5; k++) moments[k] += (power *= x.array()[i]) / n;
        }
        double error = 4 / Math.sqrt(n); // times the root of the power's variance: 1, 2, 15, 96
        assertThat(moments[1]).isBetween(-error, error);
        assertThat(moments[2]).isBetween(1 - 1.42 * error, 1 + 1.42 * error);
        assertThat(moments[3]).isBetween(-3.88 * error, 3.88 * error);
        assertThat(moments[4]).isBetween(3 - 9.8 * error, 3 + 9.8 * error);
    }

    /// The distance of Kolmogorov and Smirnov is above 1.95/√n once in a thousand times.
    @Test
    void normalNumbersFollowTheBellCurve() {
        Tensor x = normals(Noise.of(7, 7, 7, 7), 400, 501);
        float[] sorted = x.toArray();
        Arrays.sort(sorted);
        double n = sorted.length;
        double distance = 0;
        for (int i = 0; i < sorted.length; i++) {
            double below = 0.5 * (1 + erf(sorted[i] / Math.sqrt(2)));
            distance = Math.max(distance, Math.max(Math.abs(below - i / n), Math.abs(below - (i + 1) / n)));
        }
        assertThat(distance).isLessThan(1.95 / Math.sqrt(n));
        assertThat(sorted[0]).isBetween(-6.7f, -4f);
        assertThat(sorted[sorted.length - 1]).isBetween(4f, 6.7f);
    }

    /// Its series, exact to 1e-9 for |x| < 5.
    private static double erf(double x) {
        double term = x;
        double sum = x;
        for (int k = 1; k < 150; k++) {
            term *= -x * x / k;
            sum += term / (2 * k + 1);
        }
        return sum * 2 / Math.sqrt(Math.PI);
    }

    @Test
    void theTwoNumbersOfAHashAreIndependent() {
        Tensor x = normals(NOISE, 500, 400);
        double products = 0;
        double squares = 0;
        for (int i = 0; i < x.size(); i += 2) {
            double a = x.array()[i];
            double b = x.array()[i + 1];
            products += a * b;
            squares += (a * a - 1) * (b * b - 1) / 2;
        }
        double error = 4 / Math.sqrt(x.size() / 2.0);
        assertThat(products / (x.size() / 2.0)).isBetween(-error, error);
        assertThat(squares / (x.size() / 2.0)).isBetween(-error, error);
    }

    @Test
    void noiseIsAddedOrMultipliedWithItsDeviation() {
        Tensor n = normals(NOISE, 40, 37);
        Tensor x = Samples.tensor(5, 40, 37);
        Tensor sum = x.copy();
        Tensor product = x.copy();
        K.noise().addNoise(NOISE, 0.25, sum, sum);
        K.noise().multiplyNoise(NOISE, 0.25, product, product);
        for (int i = 0; i < x.size(); i++) {
            float quarter = 0.25f * n.array()[i]; // exact
            assertThat(sum.array()[i]).isEqualTo(x.array()[i] + quarter);
            assertThat(product.array()[i]).isEqualTo(Math.fma(quarter, x.array()[i], x.array()[i]));
        }
    }

    // ------------------------------------------------------------------------------------------------------- place

    private static List<BiConsumer<Kernels, Tensor>> uses(Noise noise) {
        return List.of(
                (kernels, x) -> kernels.noise().dropout(noise, 0.4, x, x),
                (kernels, x) -> kernels.noise().channelDropout(noise, 0.4, x, x),
                (kernels, x) -> kernels.noise().addNoise(noise, 0.4, x, x),
                (kernels, x) -> kernels.noise().multiplyNoise(noise, 0.4, x, x));
    }

    @Test
    void aRowHasTheSameNoiseHoweverTheBatchIsCutOnAnyEngineAndThreads() {
        Tensor x = Samples.tensor(6, 60, 9, 101);
        List<Engine> engines =
                Kernels.vectorsPresent() ? List.of(Engine.SCALAR, Engine.VECTOR) : List.of(Engine.SCALAR);
        for (int use = 0; use < 4; use++) {
            Tensor whole = x.copy();
            uses(Noise.of(9, 8, 7, 5)).get(use).accept(K, whole);
            for (Engine engine : engines) {
                for (int threads : new int[] {1, 2, 3, 7}) {
                    try (Kernels kernels = Kernels.create(engine, threads)) {
                        for (int size : new int[] {60, 31, 7, 1}) {
                            for (int from = 0; from < 60; from += size) {
                                int to = Math.min(60, from + size);
                                Tensor part = x.rows(from, to).copy();
                                uses(Noise.of(9, 8, 7, 5 + from)).get(use).accept(kernels, part);
                                assertThat(part)
                                        .as("use %d, rows from %d by %d", use, from, size)
                                        .isEqualTo(whole.rows(from, to));
                            }
                        }
                    }
                }
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- refusals

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
    void aRateOutOfRangeIsRefused(double rate) {
        Tensor x = ones(2, 3);
        assertThatThrownBy(() -> K.noise().dropout(NOISE, rate, x, x))
                .isInstanceOf(ConfigException.class)
                .hasMessage("dropout: expects a rate from 0 to below 1, got " + rate);
        assertThatThrownBy(() -> K.noise().channelDropout(NOISE, rate, x, x)).isInstanceOf(ConfigException.class);
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        Tensor x = ones(2, 3);
        Tensor y = ones(3, 2);
        for (BiConsumer<Tensor, Tensor> call : List.<BiConsumer<Tensor, Tensor>>of(
                (a, b) -> K.noise().dropout(NOISE, 0.5, a, b),
                (a, b) -> K.noise().channelDropout(NOISE, 0.5, a, b),
                (a, b) -> K.noise().addNoise(NOISE, 0.5, a, b),
                (a, b) -> K.noise().multiplyNoise(NOISE, 0.5, a, b))) {
            assertThatThrownBy(() -> call.accept(x, y))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects tensors of one shape, got [2×3] and [3×2]");
        }
        assertThatThrownBy(() -> K.noise().channelDropout(NOISE, 0.5, ones(4), ones(4)))
                .hasMessage("channelDropout: expects [rows × channels × …], got [4]");
    }
}
