package dev.neurite.kernel;

import static dev.neurite.kernel.Samples.U;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrices;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernels against double precision, their checks, and their independence of threads.
@BothEngines
class KernelsTest {
    private static final Kernels KERNELS = Kernels.create(2);

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    @Test
    void theEngineIsTheOneThatThisBuildExpects() {
        String expected = System.getProperty("expected.kernels", Kernels.vectorsPresent() ? "vector" : "scalar");
        assertThat(KERNELS.engineName()).startsWith(expected);
        assertThat(Kernels.vectorsPresent()).isEqualTo(expected.equals("vector"));
        assertThat(Kernels.shared().engineName()).startsWith(expected);
    }

    @Test
    void elementwiseResultsAreTheExactOnesRounded() {
        int n = 301;
        Tensor a = Tensor.view(Shape.of(n), Samples.normal(n + 3, 1), 3);
        Tensor b = Tensor.view(Shape.of(n), Samples.normal(n + 1, 2), 1);
        Tensor sum = Tensor.zeros(a.shape());
        Tensor product = Tensor.zeros(a.shape());
        Tensor scaled = Tensor.zeros(a.shape());
        Tensor fused = b.copy();
        KERNELS.add(a, b, sum);
        KERNELS.multiply(a, b, product);
        KERNELS.scale(1 / 3f, a, scaled);
        KERNELS.addScaled(1 / 3f, a, fused);
        for (int i = 0; i < n; i++) {
            var x = new BigDecimal(a.get(i));
            var y = new BigDecimal(b.get(i));
            var third = new BigDecimal(1 / 3f);
            assertThat(sum.get(i)).isEqualTo(x.add(y).floatValue());
            assertThat(product.get(i)).isEqualTo(x.multiply(y).floatValue());
            assertThat(scaled.get(i)).isEqualTo(third.multiply(x).floatValue());
            assertThat(fused.get(i)).isEqualTo(third.multiply(x).add(y).floatValue());
        }
        KERNELS.fill(2.5f, sum);
        KERNELS.copy(sum, product);
        assertThat(product.toArray()).containsOnly(2.5f);
    }

    @Test
    void derivativesOfActivationsAreTheLimitsOfTheirDifferences() {
        for (Elementwise g : Samples.ACTIVATIONS) {
            for (float z = -6.03f; z < 6; z += 0.117f) {
                float y = g.apply(z);
                double h = 5e-4;
                double slope = (reference(g, z + h) - reference(g, z - h)) / (2 * h);
                // The difference quotient's own error: h²/6 times a third derivative up to 6.
                assertThat((double) g.derivative(g.derivativeNeedsInput() ? z : 0, y))
                        .as("%s at %s", g, z)
                        .isCloseTo(slope, within(h * h + 8 * U));
            }
        }
    }

    private static double reference(Elementwise g, double z) {
        return switch (g) {
            case Activation.Relu _ -> Math.max(z, 0);
            case Activation.LeakyRelu(float slope) -> z > 0 ? z : slope * z;
            case Activation.Tanh _ -> Math.tanh(z);
            case Activation.Sigmoid _ -> 1 / (1 + Math.exp(-z));
            case Samples.Swish _, SmoothActivations.Silu _ -> z / (1 + Math.exp(-z));
            case SmoothActivations.Elu(float alpha) -> z > 0 ? z : alpha * Math.expm1(z);
            case SmoothActivations.Celu(float alpha) -> z > 0 ? z : alpha * Math.expm1(z / alpha);
            case SmoothActivations.Selu _ -> 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z));
            case SmoothActivations.Gelu _ -> z * (1 + ScalarMathTest.erf(z / Math.sqrt(2))) / 2;
            case SmoothActivations.GeluTanh _ ->
                z / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
            case SmoothActivations.Mish _ -> z * Math.tanh(Math.log1p(Math.exp(z)));
            case SmoothActivations.LogSigmoid _ -> -Math.log1p(Math.exp(-z));
            case SmoothActivations.Softplus(float beta, float threshold) ->
                beta * z > threshold ? z : Math.log1p(Math.exp(beta * z)) / beta;
            case PiecewiseActivations.Relu6 _ -> Math.clamp(z, 0.0, 6.0);
            case PiecewiseActivations.HardTanh(float min, float max) -> Math.clamp(z, (double) min, max);
            case PiecewiseActivations.HardSigmoid _ -> Math.clamp(z / 6 + 0.5, 0.0, 1.0);
            case PiecewiseActivations.HardSwish _ -> z * Math.clamp(z / 6 + 0.5, 0.0, 1.0);
            case PiecewiseActivations.Softsign _ -> z / (1 + Math.abs(z));
            case PiecewiseActivations.TanhShrink _ -> z - Math.tanh(z);
            case PiecewiseActivations.SoftShrink(float lambda) -> z - Math.clamp(z, (double) -lambda, lambda);
            case PiecewiseActivations.HardShrink(float lambda) -> Math.abs(z) <= lambda ? 0 : z;
            case PiecewiseActivations.Threshold(float threshold, float value) -> z <= threshold ? value : z;
            default -> z;
        };
    }

    @Test
    void activationKernelsAreTheActivationsThemselves() {
        Tensor z = Tensor.of(Shape.of(Samples.special().length), Samples.special());
        Tensor dy = Samples.tensor(3, Samples.special().length);
        for (Elementwise g : Samples.ACTIVATIONS) {
            Tensor y = Tensor.zeros(z.shape());
            Tensor dz = Tensor.zeros(z.shape());
            KERNELS.activations().activate(g, z, y);
            KERNELS.activations().activationGradient(g, z, y, dy, dz);
            for (int i = 0; i < z.size(); i++) {
                assertThat((Float) y.get(i)).as("%s(%s)", g, z.get(i)).isEqualTo((Float) g.apply(z.get(i)));
                float slope = g.derivative(z.get(i), y.get(i));
                if (Float.isFinite(slope)) assertThat(dz.get(i)).isEqualTo(flushed(dy.get(i) * slope));
            }
        }
    }

    @Test
    void columnSumsAddRowsInTheirOrder() {
        for (int rows : new int[] {0, 1, 7, 1000}) {
            Tensor x = Samples.tensor(rows, rows, 53);
            Tensor y = Samples.tensor(9, 53);
            KERNELS.columnSums(x, y);
            for (int j = 0; j < 53; j++) {
                float inOrder = 0;
                double exact = 0;
                double magnitude = 0;
                for (int i = 0; i < rows; i++) {
                    inOrder += x.get(i, j);
                    exact += x.get(i, j);
                    magnitude += Math.abs(x.get(i, j));
                }
                assertThat(y.get(j)).isEqualTo(inOrder);
                assertThat((double) y.get(j)).isCloseTo(exact, within(rows * U * magnitude));
            }
        }
    }

    /// What a softmax's relative error may be: 2 ulp (4u) of each exponential, u·range from the subtraction
    /// before it, n/16 + 4 additions, and both twice, once in the sum.
    private static float flushed(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? 0 : x;
    }

    private static double softmaxBound(double range, int n) {
        return U * (2 * (4 + range) + n / 16.0 + 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 17, 1000})
    void softmaxIsWithinItsBoundOfDoublePrecision(int n) {
        Tensor z = Samples.tensor(n, 7, n);
        KERNELS.scale(5, z, z);
        Tensor y = Tensor.zeros(z.shape());
        KERNELS.activations().softmax(z, y);
        for (int i = 0; i < 7; i++) {
            double max = -1e9;
            double min = 1e9;
            for (int j = 0; j < n; j++) {
                max = Math.max(max, z.get(i, j));
                min = Math.min(min, z.get(i, j));
            }
            double sum = 0;
            for (int j = 0; j < n; j++) sum += Math.exp(z.get(i, j) - max);
            for (int j = 0; j < n; j++) {
                double exact = Math.exp(z.get(i, j) - max) / sum;
                assertThat((double) y.get(i, j)).isCloseTo(exact, within(softmaxBound(max - min, n) * exact));
            }
        }
    }

    @Test
    void softmaxStaysFiniteForHugeLogits() {
        Tensor z = Tensor.of(new float[][] {{3e38f, -3e38f, 0}, {-3e38f, -3e38f, -3e38f}});
        Tensor y = Tensor.zeros(z.shape());
        KERNELS.activations().softmax(z, y);
        assertThat(y.toArray()).containsExactly(1, 0, 0, 1 / 3f, 1 / 3f, 1 / 3f);
    }

    @Test
    void softmaxGradientIsTheProductWithTheJacobian() {
        int n = 37;
        Tensor z = Samples.tensor(1, 3, n);
        Tensor dy = Samples.tensor(2, 3, n);
        Tensor y = Tensor.zeros(z.shape());
        Tensor dz = Tensor.zeros(z.shape());
        KERNELS.activations().softmax(z, y);
        KERNELS.activations().softmaxGradient(y, dy, dz);
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            double magnitude = 0;
            for (int j = 0; j < n; j++) {
                sum += (double) dy.get(i, j) * y.get(i, j);
                magnitude += Math.abs((double) dy.get(i, j) * y.get(i, j));
            }
            for (int j = 0; j < n; j++) {
                double exact = y.get(i, j) * (dy.get(i, j) - sum);
                double bound = U * y.get(i, j) * (n * magnitude + 3 * (Math.abs(dy.get(i, j)) + Math.abs(sum)));
                assertThat((double) dz.get(i, j)).isCloseTo(exact, within(bound));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 17, 1000})
    void logSoftmaxIsWithinItsBoundOfDoublePrecision(int n) {
        Tensor z = Samples.tensor(n, 7, n);
        KERNELS.scale(5, z, z);
        Tensor y = Tensor.zeros(z.shape());
        KERNELS.activations().logSoftmax(z, y);
        for (int i = 0; i < 7; i++) {
            double max = -1e9;
            for (int j = 0; j < n; j++) max = Math.max(max, z.get(i, j));
            double sum = 0;
            for (int j = 0; j < n; j++) sum += Math.exp(z.get(i, j) - max);
            for (int j = 0; j < n; j++) {
                double range = max - z.get(i, j);
                double exact = -range - Math.log(sum);
                // The sum's relative error is an absolute one of its logarithm; then two subtractions.
                double bound = U * (n / 16.0 + 16 + 4 * Math.log(sum) + 2 * range + Math.abs(exact));
                assertThat((double) y.get(i, j)).isCloseTo(exact, within(bound));
            }
        }
    }

    @Test
    void logSoftmaxStaysFiniteForHugeLogits() {
        Tensor z = Tensor.of(new float[][] {{1000, -1000, 0}, {-3e38f, -3e38f, -3e38f}});
        Tensor y = Tensor.zeros(z.shape());
        KERNELS.activations().logSoftmax(z, y);
        float third = -(float) Math.log(3);
        assertThat(y.toArray()).containsExactly(0, -2000, -1000, third, third, third);
    }

    @Test
    void logSoftmaxGradientIsTheProductWithTheJacobian() {
        int n = 37;
        Tensor z = Samples.tensor(1, 3, n);
        Tensor dy = Samples.tensor(2, 3, n);
        Tensor y = Tensor.zeros(z.shape());
        Tensor dz = Tensor.zeros(z.shape());
        KERNELS.activations().logSoftmax(z, y);
        KERNELS.activations().logSoftmaxGradient(y, dy, dz);
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            double magnitude = 0;
            for (int j = 0; j < n; j++) {
                sum += dy.get(i, j);
                magnitude += Math.abs(dy.get(i, j));
            }
            for (int j = 0; j < n; j++) {
                double product = Math.exp(y.get(i, j)) * sum;
                double exact = dy.get(i, j) - product;
                double bound = U * (4 * Math.abs(product) + n * magnitude * Math.exp(y.get(i, j)) + Math.abs(exact));
                assertThat((double) dz.get(i, j)).isCloseTo(exact, within(bound));
            }
        }
        KERNELS.activations().logSoftmaxGradient(y, dy, dy);
        assertThat(dy).isEqualTo(dz);
    }

    /// A loss that is nearly 0 keeps its digits: −log ŷ = log(1 + e⁻ᶻ) for t = 1.
    @Test
    void sigmoidCrossEntropyIsWithinAFewUlpOfDoublePrecision() {
        for (float t : new float[] {0, 1}) {
            for (float z = -30; z < 80; z += 0.37f) {
                float logit = t == 1 ? z : -z;
                Tensor losses = Tensor.zeros(Shape.of(1));
                Tensor delta = Tensor.zeros(Shape.of(1, 1));
                KERNELS.losses()
                        .sigmoidCrossEntropy(
                                Tensor.of(new float[][] {{logit}}), Tensor.of(new float[][] {{t}}), losses, delta);
                double exact = Math.max(-z, 0) + Math.log1p(Math.exp(-Math.abs((double) z)));
                assertThat((double) losses.get(0)).isCloseTo(exact, within(6 * U * exact));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10, 17, 1000})
    void lossesOfARowAreWithinTheirBoundsOfDoublePrecision(int n) {
        Tensor y = Samples.tensor(1, 5, n);
        Tensor t = Samples.tensor(2, 5, n);
        Tensor squares = Tensor.zeros(Shape.of(5));
        Tensor entropies = Tensor.zeros(Shape.of(5));
        Tensor delta = Tensor.zeros(y.shape());
        KERNELS.losses().sigmoidCrossEntropy(y, t, entropies, delta);
        KERNELS.losses().squaredError(y, t, squares, delta);
        double additions = n / 16.0 + 5;
        for (int i = 0; i < 5; i++) {
            double square = 0;
            double entropy = 0;
            double magnitude = 0;
            for (int j = 0; j < n; j++) {
                double z = y.get(i, j);
                double error = z - t.get(i, j);
                square += error * error / n;
                double softplus = Math.log1p(Math.exp(-Math.abs(z)));
                entropy += Math.max(z, 0) - z * t.get(i, j) + softplus;
                magnitude += 4 * softplus + 2 * Math.abs(z) + 2 * Math.abs(z * t.get(i, j));
                assertThat((double) delta.get(i, j)).isCloseTo(2 * error / n, within(6 * U * Math.abs(error) / n));
            }
            assertThat((double) squares.get(i)).isCloseTo(square, within(U * (additions + 3) * square));
            assertThat((double) entropies.get(i)).isCloseTo(entropy, within(U * additions * magnitude));
        }
    }

    @Test
    void crossEntropyOfALabelIsThatOfItsOneHotRow() {
        Tensor z = Samples.tensor(5, 20, 10);
        int[] labels = new int[20];
        for (int i = 0; i < 20; i++) labels[i] = i * 7 % 10;
        Tensor t = Tensor.zeros(z.shape());
        KERNELS.losses().oneHot(labels, t);
        Tensor losses = Tensor.zeros(Shape.of(20));
        Tensor delta = Tensor.zeros(z.shape());
        Tensor otherLosses = Tensor.zeros(Shape.of(20));
        Tensor otherDelta = Tensor.zeros(z.shape());
        KERNELS.losses().softmaxCrossEntropy(z, labels, losses, delta);
        KERNELS.losses().softmaxCrossEntropy(z, t, otherLosses, otherDelta);
        assertThat(otherLosses).isEqualTo(losses);
        assertThat(otherDelta).isEqualTo(delta);
        for (int i = 0; i < 20; i++) {
            double sum = 0;
            for (int j = 0; j < 10; j++) sum += Math.exp(z.get(i, j));
            double exact = Math.log(sum) - z.get(i, labels[i]);
            assertThat((double) losses.get(i)).isCloseTo(exact, within(40 * U * (1 + Math.abs(exact))));
        }
    }

    @Test
    void lossesStayFiniteForLogitsWhoseExponentialsOverflow() {
        Tensor z = Tensor.of(new float[][] {{1000, -1000}, {-1000, 1000}});
        Tensor t = Tensor.of(new float[][] {{1, 0}, {1, 0}});
        Tensor losses = Tensor.zeros(Shape.of(2));
        Tensor delta = Tensor.zeros(z.shape());
        KERNELS.losses().softmaxCrossEntropy(z, t, losses, delta);
        assertThat(losses.toArray()).containsExactly(0, 2000);
        assertThat(delta.toArray()).containsExactly(0, 0, -1, 1);
        KERNELS.losses().sigmoidCrossEntropy(z, t, losses, delta);
        assertThat(losses.toArray()).containsExactly(0, 2000);
        assertThat(delta.toArray()).containsExactly(0, 0, -1, 1);
    }

    @Test
    void squaredErrorIsTheMeanOverOutputs() {
        Tensor y = Tensor.of(new float[][] {{1, 2, 3, 4}});
        Tensor t = Tensor.of(new float[][] {{1, 0, 6, 4}});
        Tensor losses = Tensor.zeros(Shape.of(1));
        Tensor delta = Tensor.zeros(y.shape());
        KERNELS.losses().squaredError(y, t, losses, delta);
        assertThat(losses.get(0)).isEqualTo(13 / 4f);
        assertThat(delta.toArray()).containsExactly(0, 1, -1.5f, 0);
    }

    @Test
    void argMaxIsTheFirstOfEqualsAndNoneForNaN() {
        Tensor x = Tensor.of(new float[][] {{1, 3, 3}, {0, Float.NaN, 9}, {-1, -2, -3}, {Float.NaN, 1, 2}});
        assertThat(IntStream.range(0, 4).map(row -> KERNELS.argMax(x, row))).containsExactly(1, -1, 0, -1);
        assertThat(KERNELS.argMax(Tensor.zeros(Shape.of(4, 0)), 3)).isEqualTo(-1);
    }

    @Test
    void oneHotRowsHaveAOneAtTheLabelAndOneColumnIsTheLabel() {
        Tensor y = Samples.tensor(1, 3, 4);
        KERNELS.losses().oneHot(new int[] {2, 0, 3}, y);
        assertThat(y.toArray()).containsExactly(0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1);
        Tensor single = Samples.tensor(1, 2, 1);
        KERNELS.losses().oneHot(new int[] {1, 0}, single);
        assertThat(single.toArray()).containsExactly(1, 0);
    }

    @Test
    void standardizedColumnsAreShiftedAndScaled() {
        Tensor x = Tensor.of(new float[][] {{1, 10}, {3, 30}});
        Tensor mean = Tensor.of(Shape.of(2), 2, 20);
        Tensor factor = Tensor.of(Shape.of(2), 1, 0.1f);
        Tensor y = Tensor.zeros(x.shape());
        KERNELS.standardize(x, mean, factor, y);
        assertThat(y.toArray()).containsExactly(-1, -1, 1, 1);
        KERNELS.scaleColumns(x, factor, x);
        assertThat(x.toArray()).containsExactly(1, 1, 3, 3);
    }

    @Test
    void standardizedChannelsAreShiftedAndScaled() {
        Tensor x = Tensor.of(new float[][] {{1, 3, 10, 30}, {5, 7, 50, 70}}).reshape(Shape.of(2, 2, 2));
        Tensor mean = Tensor.of(Shape.of(2), 1, 10);
        Tensor factor = Tensor.of(Shape.of(2), 0.5f, 0.1f);
        Tensor y = Tensor.zeros(x.shape());
        KERNELS.standardizeChannels(x, mean, factor, y);
        assertThat(y.toArray()).containsExactly(0, 1, 0, 2, 2, 3, 4, 6);
        KERNELS.scaleChannels(y, factor, y);
        assertThat(y.toArray()).containsExactly(0, 0.5f, 0, 0.2f, 1, 1.5f, 0.4f, 0.6f);
        assertThatThrownBy(() -> KERNELS.scaleChannels(x, Tensor.zeros(Shape.of(3)), x))
                .hasMessageContaining("expects a number for each channel of [2×2×2], got [3]");
    }

    @Test
    void onlyNumbersAreFinite() {
        assertThat(KERNELS.isFinite(Samples.tensor(1, 100))).isTrue();
        assertThat(KERNELS.isFinite(Tensor.of(Shape.of(2), Float.MAX_VALUE, -Float.MIN_VALUE)))
                .isTrue();
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Tensor x = Samples.tensor(1, 100);
            x.array()[57] = bad;
            assertThat(KERNELS.isFinite(x)).isFalse();
        }
    }

    @Test
    void theSumIsTakenInDoublePrecision() {
        Tensor x = Tensor.of(Shape.of(3), 1e8f, 1, -1e8f);
        assertThat(KERNELS.sum(x)).isEqualTo(1.0);
    }

    @Test
    void anUpdateFlushesDenormalsOfItsMemoryInItsRange() {
        float[] theta = {1, 1, 1, 1};
        float[] memory = {2e-38f, 2e-38f, 2e-30f, 2e-38f};
        KERNELS.update(
                1,
                3,
                (from, to) -> {
                    for (int i = from; i < to; i++) memory[i] *= 0.5f;
                    for (int i = from; i < to; i++) theta[i] = 0;
                },
                new float[][] {memory});
        assertThat(memory).containsExactly(2e-38f, 0, 1e-30f, 2e-38f);
        assertThat(theta).containsExactly(1, 0, 0, 1);
    }

    @Test
    void anUpdateVisitsEachElementOfItsRangeOnceInBlocks() {
        float[] visits = new float[50_000];
        KERNELS.update(13, 49_990, (from, to) -> {
            assertThat(to - from).isBetween(1, 2048);
            for (int i = from; i < to; i++) visits[i]++;
        });
        for (int i = 0; i < visits.length; i++) assertThat(visits[i]).isEqualTo(i >= 13 && i < 49_990 ? 1 : 0);
    }

    @Test
    void unitsOfWorkAreSharedEachOnce() {
        for (int n : new int[] {0, 1, 7, 5000}) {
            float[] visits = new float[n];
            KERNELS.share(n, 10_000, (from, to) -> {
                for (int i = from; i < to; i++) visits[i]++;
            });
            for (float each : visits) assertThat(each).isEqualTo(1);
        }
    }

    /// Everything that is shared among threads, on a size that is shared.
    private static List<Tensor> everything(Kernels k) {
        List<Tensor> results = new ArrayList<>();
        Tensor a = Samples.tensor(1, 300, 210);
        Tensor b = Samples.tensor(2, 300, 210);
        Tensor row = Samples.tensor(3, 210);
        for (int i = 0; i < 12; i++) results.add(Tensor.zeros(a.shape()));
        Tensor losses = Tensor.zeros(Shape.of(300));
        k.add(a, b, results.get(0));
        k.multiply(a, b, results.get(1));
        k.scale(0.3f, a, results.get(2));
        k.copy(b, results.get(3));
        k.addScaled(0.3f, a, results.get(3));
        k.activations().activate(Activation.TANH, a, results.get(4));
        k.activations().activationGradient(Activation.TANH, a, results.get(4), b, results.get(5));
        k.standardize(a, row, row, results.get(6));
        k.scaleColumns(a, row, results.get(7));
        k.activations().softmax(a, results.get(8));
        k.activations().softmaxGradient(results.get(8), b, results.get(9));
        Tensor logarithms = Tensor.zeros(a.shape());
        Tensor gradient = Tensor.zeros(a.shape());
        k.activations().logSoftmax(a, logarithms);
        k.activations().logSoftmaxGradient(logarithms, b, gradient);
        results.addAll(List.of(logarithms, gradient));
        for (int i = 0; i < 300; i++) results.add(Tensor.of(Shape.of(1), k.argMax(a, i)));
        k.losses().softmaxCrossEntropy(a, results.get(8), losses, results.get(10));
        results.add(losses.copy());
        k.losses().sigmoidCrossEntropy(a, results.get(8), losses, results.get(11));
        results.add(losses.copy());
        k.losses().squaredError(a, b, losses, results.get(11));
        results.add(losses.copy());
        Tensor sums = Tensor.zeros(Shape.of(210));
        k.columnSums(a, sums);
        results.add(sums);
        float[] theta = a.toArray();
        float[] m = new float[theta.length];
        float[] g = b.array();
        k.update(
                5,
                theta.length - 3,
                (from, to) -> {
                    for (int i = from; i < to; i++) m[i] = Math.fma(0.9f, m[i], g[i]);
                    for (int i = from; i < to; i++) theta[i] = Math.fma(-0.1f, m[i], theta[i]);
                },
                new float[][] {m});
        results.add(Tensor.view(a.shape(), theta, 0));
        return results;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16})
    void threadsAndEnginesChangeNoBit(int threads) {
        List<Tensor> expected;
        try (Kernels reference = Kernels.create(Kernels.Engine.SCALAR, 1)) {
            expected = everything(reference);
        }
        try (Kernels kernels = Kernels.create(threads)) {
            assertThat(kernels.threads()).isEqualTo(threads);
            assertThat(everything(kernels)).isEqualTo(expected);
        }
        try (Kernels kernels = Kernels.create(Kernels.Engine.SCALAR, threads)) {
            assertThat(everything(kernels)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1025})
    void aNumberOfThreadsOutOfRangeIsRefused(int threads) {
        assertThatThrownBy(() -> Kernels.create(threads))
                .isInstanceOf(ConfigException.class)
                .hasMessage("threads: expects 1 to 1024, got " + threads);
    }

    @Test
    void vectorKernelsWithoutTheModuleSayHowToGetThem() {
        if (Kernels.vectorsPresent()) {
            try (Kernels kernels = Kernels.create(Kernels.Engine.VECTOR, 1)) {
                assertThat(kernels.engineName()).matches("vector \\d+-bit");
            }
        } else {
            assertThatThrownBy(() -> Kernels.create(Kernels.Engine.VECTOR, 1))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("--add-modules jdk.incubator.vector");
        }
    }

    @Test
    void tensorsThatDoNotFitAreRefusedByName() {
        Tensor a = Tensor.zeros(Shape.of(2, 3));
        Tensor b = Tensor.zeros(Shape.of(3, 2));
        Tensor row = Tensor.zeros(Shape.of(2));
        refused(() -> KERNELS.add(a, b, a), "add: expects tensors of one shape, got [2×3] and [3×2]");
        refused(() -> KERNELS.multiply(a, a, b), "multiply: expects tensors of one shape, got [2×3] and [3×2]");
        refused(
                () -> KERNELS.activations().logSoftmax(a, b),
                "logSoftmax: expects tensors of one shape, got [2×3] and [3×2]");
        refused(
                () -> KERNELS.activations().logSoftmaxGradient(a, b, a),
                "logSoftmaxGradient: expects tensors of one shape, got [2×3] and [3×2]");
        refused(
                () -> KERNELS.activations().logSoftmaxGradient(a, a, b),
                "logSoftmaxGradient: expects tensors of one shape, got [2×3] and [3×2]");
        refused(() -> KERNELS.copy(a, b), "copy: expects tensors of one shape, got [2×3] and [3×2]");
        refused(() -> KERNELS.columnSums(a, row), "columnSums: expects 3 sums, got [2]");
        refused(() -> KERNELS.scaleColumns(a, row, a), "scaleColumns: expects 3 numbers, got [2]");
        refused(
                () -> KERNELS.product(a.matrix(), a.matrix(), a.matrix()),
                "matrix product: expects [m×k]·[k×n] = [m×n], got [2×3]·[2×3] = [2×3]");
        Matrices first = Matrices.of(Tensor.zeros(Shape.of(4, 2, 2)));
        Matrices more = Matrices.of(Tensor.zeros(Shape.of(5, 2, 2)));
        refused(
                () -> KERNELS.products(first, more, first),
                "matrix products: expects equal counts, got 4 × [2×2], 5 × [2×2] and 4 × [2×2]");
        refused(() -> Matrices.of(a), "matrices: expects [count × rows × columns], got [2×3]");
        refused(
                () -> KERNELS.dense(a, PackedWeights.changing(a), Tensor.zeros(Shape.of(5)), Activation.RELU, a),
                "dense: expects a bias of 2, got [5]");
        refused(
                () -> KERNELS.losses().applyWeights(1, b, a),
                "applyWeights: expects one place for each of 2 rows, got 6");
        refused(() -> KERNELS.losses().smooth(0, row, a, a), "smooth: expects 3 numbers, got [2]");
        refused(() -> KERNELS.losses().smooth(0, row, new int[2], -1, a), "smooth: expects 3 numbers, got [2]");
        refused(
                () -> KERNELS.losses().rowLoss((_, _, _, _, _, _, _) -> 0, a, b, row, a),
                "rowLoss: expects one place for each of 2 rows, got 3");
        assertThatThrownBy(() -> KERNELS.losses().smooth(0, Tensor.EMPTY, new int[] {2, 3}, -1, a))
                .hasMessage("labels, row 1 of the batch: expects a class from 0 to 2, got 3");
        float[] four = new float[4];
        assertThatThrownBy(() -> KERNELS.update(2, 5, (_, _) -> {}, new float[][] {four}))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessage(message);
    }

    @Test
    void aLeakyReluWithoutASlopeThatIsANumberFromZeroIsRefused() {
        for (double slope : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> Activation.leakyRelu(slope))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("leaky ReLU: expects a finite slope of at least 0, got " + (float) slope);
        }
        assertThat(Activation.leakyRelu()).isEqualTo(new Activation.LeakyRelu(0.01f));
    }

    /// Reductions along each axis are those of the elements one by one, and gradients go back to where these are.
    @Test
    void reductionsGoAlongAnyAxis() {
        Shape shape = Shape.of(3, 4, 5, 19);
        Tensor x = Tensor.view(shape, Samples.normal(shape.size(), 1), 0);
        x.array()[7] = x.array()[12]; // no matter which maximum
        for (int axis = 0; axis < 4; axis++) {
            int n = shape.extent(axis);
            int inner = 1;
            for (int i = axis + 1; i < 4; i++) inner *= shape.extent(i);
            int count = shape.size() / n;
            Tensor dy = Tensor.view(Shape.of(count), Samples.normal(count, 2), 0);
            Tensor repeated = Tensor.zeros(shape);
            KERNELS.axes().broadcast(dy, axis, repeated);
            for (AxisKernels.Reduction each : AxisKernels.Reduction.values()) {
                Tensor y = Tensor.zeros(Shape.of(count));
                Tensor dx = Tensor.zeros(shape);
                KERNELS.axes().reduce(each, x, axis, y);
                KERNELS.axes().reduceGradient(each, x, axis, dy, dx);
                for (int at = 0; at < count; at++) {
                    int first = at / inner * n * inner + at % inner;
                    double sum = 0;
                    int largest = 0;
                    for (int i = 0; i < n; i++) {
                        sum += x.array()[first + i * inner];
                        if (x.array()[first + i * inner] > x.array()[first + largest * inner]) largest = i;
                    }
                    double expected = switch (each) {
                        case SUM -> sum;
                        case MEAN -> sum / n;
                        case MAX -> x.array()[first + largest * inner];
                    };
                    assertThat(y.get(at)).as("%s along axis %s", each, axis).isCloseTo((float) expected, within(2e-5f));
                    for (int i = 0; i < n; i++) {
                        float share = switch (each) {
                            case SUM -> dy.get(at);
                            case MEAN -> 1f / n * dy.get(at);
                            case MAX -> i == largest ? dy.get(at) : 0;
                        };
                        assertThat(dx.array()[first + i * inner])
                                .as("gradient of %s along axis %s", each, axis)
                                .isEqualTo(share);
                        assertThat(repeated.array()[first + i * inner]).isEqualTo(dy.get(at));
                    }
                }
            }
        }
    }

    @Test
    void theMaximumAlongAnAxisIsNaNIfOneIs() {
        Tensor x = Tensor.of(Shape.of(2, 2, 2), 1, 5, Float.NaN, 2, 3, 3, 3, Float.NaN);
        Tensor y = Tensor.zeros(Shape.of(2, 2));
        Tensor dx = Tensor.zeros(x.shape());
        KERNELS.axes().reduce(AxisKernels.Reduction.MAX, x, 1, y);
        assertThat(y.toArray()).containsExactly(Float.NaN, 5, 3, Float.NaN);
        KERNELS.axes().reduceGradient(AxisKernels.Reduction.MAX, x, 1, Tensor.of(Shape.of(2, 2), 1, 2, 3, 4), dx);
        assertThat(dx.toArray()).containsExactly(0, 2, 1, 0, 3, 0, 0, 4);
        KERNELS.axes().reduce(AxisKernels.Reduction.MAX, x, 2, y);
        assertThat(y.toArray()).containsExactly(5, Float.NaN, 3, Float.NaN);
    }

    @Test
    void reductionsThatDoNotFitAreRefused() {
        Tensor x = Tensor.zeros(Shape.of(2, 3, 4));
        for (int axis : new int[] {-1, 0, 2, 3}) {
            assertThatThrownBy(() ->
                            KERNELS.axes().reduce(AxisKernels.Reduction.SUM, x, axis, Tensor.zeros(Shape.of(2, 1, 4))))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("got axis " + axis + " of [2×3×4] and [2×1×4]");
        }
        KERNELS.axes().reduce(AxisKernels.Reduction.SUM, x, 1, Tensor.zeros(Shape.of(2, 1, 4)));
        Tensor none = Tensor.zeros(Shape.of(2, 0, 4));
        assertThatThrownBy(
                        () -> KERNELS.axes().reduce(AxisKernels.Reduction.MEAN, none, 1, Tensor.zeros(Shape.of(2, 4))))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void aBaseOfPositionsBelowOneIsRefused() {
        Tensor x = Tensor.zeros(Shape.of(1, 2, 4));
        var heads = new AttentionKernels.Heads(x, 0, 1, 4);
        for (double base : new double[] {0, -1, 0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
            var rotation = PositionKernels.Rotation.of(base, 4, false);
            assertThatThrownBy(() -> KERNELS.positions().rotate(heads, rotation, Tensor.EMPTY, false))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("rotate: expects a finite base of at least 1, got " + base);
            assertThatThrownBy(() -> KERNELS.positions().addSinusoids(x, base, Tensor.EMPTY, x))
                    .isInstanceOf(ConfigException.class);
        }
    }

    @Test
    void closedKernelsStillCompute() {
        Kernels kernels = Kernels.create(3);
        kernels.close();
        assertThat(everything(kernels)).isEqualTo(everything(KERNELS));
    }

    @Test
    void kernelsPrintTheirEngineAndThreads() {
        try (Kernels one = Kernels.create(Kernels.Engine.SCALAR, 1)) {
            assertThat(one).hasToString("scalar kernels, 1 thread");
        }
        assertThat(KERNELS.toString()).endsWith(" kernels, 2 threads");
    }
}
