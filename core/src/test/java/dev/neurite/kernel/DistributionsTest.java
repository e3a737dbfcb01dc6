package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Figures and histograms against exact sums of decimals, and counts one by one.
@BothEngines
class DistributionsTest {
    private static final Kernels KERNELS = Kernels.create(3);

    @AfterAll
    static void close() {
        KERNELS.close();
    }

    private static double[] figures(float s, float... x) {
        double[] figures = new double[Distributions.FIGURES];
        KERNELS.distributions().figures(s, Tensor.view(Shape.of(x.length), x, 0), figures);
        return figures;
    }

    private static int[] histogram(int bins, double from, double to, float... x) {
        int[] counts = new int[bins];
        Arrays.fill(counts, 7); // of before
        KERNELS.distributions().histogram(1, Tensor.view(Shape.of(x.length), x, 0), from, to, counts);
        return counts;
    }

    private static double[] expected(float s, float[] x, int from, int to) {
        var sum = BigDecimal.ZERO;
        var squares = BigDecimal.ZERO;
        double[] all = {Double.NaN, Double.NaN, 0, 0, 0, 0};
        for (int i = from; i < to; i++) {
            float v = s * x[i];
            if (Float.isNaN(v) || Float.isInfinite(v)) {
                all[Distributions.NOT_FINITE]++;
                continue;
            }
            if (v == 0) all[Distributions.ZEROS]++;
            all[Distributions.MIN] = Double.isNaN(all[Distributions.MIN]) ? v : Math.min(all[Distributions.MIN], v);
            all[Distributions.MAX] = Double.isNaN(all[Distributions.MAX]) ? v : Math.max(all[Distributions.MAX], v);
            sum = sum.add(new BigDecimal(v));
            squares = squares.add(new BigDecimal(v).pow(2));
        }
        all[Distributions.SUM] = sum.doubleValue();
        all[Distributions.SQUARES] = squares.round(MathContext.DECIMAL128).doubleValue();
        return all;
    }

    private static float[] numbers(int n, boolean special) {
        float[] x = Samples.normal(n, n);
        for (int i = 0; special && i < n; i++) {
            if (i % 7 == 3) x[i] = 0;
            if (i % 11 == 4) x[i] = -0f;
            if (i % 13 == 2) x[i] = Float.NaN;
            if (i % 17 == 5) x[i] = i % 2 == 0 ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
            if (i % 19 == 6) x[i] *= Float.MIN_NORMAL / 8; // denormal
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 1000, 4095, 4096, 4097, 8200, 40_003})
    void figuresAreThoseOfExactSums(int n) {
        for (boolean special : new boolean[] {false, true}) {
            for (float s : new float[] {1, 0.3f}) {
                float[] x = numbers(n, special);
                double[] expected = expected(s, x, 0, n);
                double[] got = figures(s, x);
                for (int exact :
                        new int[] {Distributions.MIN, Distributions.MAX, Distributions.ZEROS, Distributions.NOT_FINITE
                        }) {
                    assertThat(got[exact]).as("%d of %d", exact, n).isEqualTo(expected[exact]);
                }
                // Each sum rounds at most n times, by 2⁻⁵³ of what it is then, which is at most Σ |v| ≤ √(n·Σ v²).
                double squares = expected[Distributions.SQUARES];
                assertThat(got[Distributions.SUM])
                        .isCloseTo(expected[Distributions.SUM], within(n * Math.sqrt(n * squares) * 0x1p-53));
                assertThat(got[Distributions.SQUARES]).isCloseTo(squares, within((n + 1) * squares * 0x1p-53));
            }
        }
    }

    @Test
    void aViewIntoALargerArrayCountsItsOwnElementsOnly() {
        float[] x = numbers(5000, true);
        double[] got = new double[Distributions.FIGURES];
        KERNELS.distributions().figures(1, Tensor.view(Shape.of(3, 1501), x, 13), got);
        double[] expected = expected(1, x, 13, 13 + 3 * 1501);
        assertThat(got[Distributions.MIN]).isEqualTo(expected[Distributions.MIN]);
        assertThat(got[Distributions.ZEROS]).isEqualTo(expected[Distributions.ZEROS]);
        assertThat(got[Distributions.NOT_FINITE]).isEqualTo(expected[Distributions.NOT_FINITE]);
    }

    @Test
    void withoutFiniteElementsThereIsNoSmallestAndNoLargest() {
        assertThat(figures(1)).containsExactly(Double.NaN, Double.NaN, 0, 0, 0, 0);
        float[] none = new float[50];
        Arrays.fill(none, 0, 20, Float.NaN);
        Arrays.fill(none, 20, 50, Float.NEGATIVE_INFINITY);
        assertThat(figures(1, none)).containsExactly(Double.NaN, Double.NaN, 0, 0, 0, 50);
    }

    @Test
    void equalElementsAndTheLargestAndSmallestNumbersAreTakenAsTheyAre() {
        float[] same = new float[4100];
        Arrays.fill(same, 0.1f);
        double[] got = figures(1, same);
        assertThat(got[Distributions.MIN]).isEqualTo(0.1f);
        assertThat(got[Distributions.MAX]).isEqualTo(0.1f);
        assertThat(got[Distributions.SUM]).isCloseTo(4100 * (double) 0.1f, within(1e-9));
        double large = Float.MAX_VALUE;
        float[] extremes = {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE, Float.MIN_VALUE};
        assertThat(figures(1, extremes)).startsWith(-large, large).contains(3 * large * large);
        assertThat(figures(1, Float.MIN_VALUE, -Float.MIN_VALUE)[Distributions.SQUARES])
                .isEqualTo(2 * (double) Float.MIN_VALUE * Float.MIN_VALUE);
        assertThat(figures(2, extremes)[Distributions.NOT_FINITE]).isEqualTo(3); // 2·x is what counts
    }

    @Test
    void minusZeroIsBelowZeroWhereverItStands() {
        for (int at = 0; at < 40; at++) {
            float[] x = new float[40];
            x[at] = -0f;
            double[] got = figures(1, x);
            assertThat(1 / got[Distributions.MIN]).as("at %d", at).isEqualTo(Double.NEGATIVE_INFINITY);
            assertThat(1 / got[Distributions.MAX]).isEqualTo(Double.POSITIVE_INFINITY);
            assertThat(got[Distributions.ZEROS]).isEqualTo(40);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 4097, 40_003})
    void eachElementCountsInItsInterval(int n) {
        float[] x = numbers(n, true);
        for (int bins : new int[] {1, 2, 30, 100}) {
            double from = -1.5;
            double to = 2.25;
            int[] counts = histogram(bins, from, to, x);
            long within = IntStream.range(0, n)
                    .filter(i -> x[i] >= from && x[i] <= to)
                    .count();
            assertThat(IntStream.of(counts).sum()).isEqualTo(within);
            double rounding = (to - from) * 1e-12; // of a bound between two intervals
            long below = 0;
            for (int bin = 0; bin < bins; bin++) {
                below += counts[bin];
                double bound = from + (bin + 1) * (to - from) / bins;
                boolean last = bin == bins - 1;
                assertThat(below)
                        .isBetween(count(x, from, bound - rounding), count(x, from, last ? to : bound + rounding));
            }
        }
    }

    private static long count(float[] x, double from, double to) {
        return IntStream.range(0, x.length)
                .filter(i -> x[i] >= from && x[i] <= to)
                .count();
    }

    @Test
    void boundsBelongToTheIntervalAboveAndTheLastOneToTheLast() {
        assertThat(histogram(4, 0, 4, 0, 1, 2, 3, 4, -0f)).containsExactly(2, 1, 1, 2);
        assertThat(histogram(3, 5, 5, 5, 5, 4, Float.NaN)).containsExactly(2, 0, 0);
        assertThat(histogram(2, -Float.MAX_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 0, Float.MAX_VALUE))
                .containsExactly(1, 2);
        assertThat(histogram(2, 0, Float.MIN_VALUE, 0, Float.MIN_VALUE, 1)).containsExactly(1, 1);
        assertThat(histogram(3, 0, 1)).containsExactly(0, 0, 0);
        int[] half = new int[2];
        KERNELS.distributions().histogram(0.5f, Tensor.of(Shape.of(3), 0, 3, 4), 0, 2, half);
        assertThat(half).containsExactly(1, 2);
    }

    private static int zeroColumns(float s, Tensor x) {
        return KERNELS.distributions().zeroColumns(s, x);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 7, 1", "32, 128, 1", "5, 3, 49", "64, 500, 1", "40, 33, 30", "3, 2, 20000"})
    void columnsThatAreZeroInAllRowsAreCounted(int rows, int columns, int inner) {
        Tensor x = Tensor.zeros(inner == 1 ? Shape.of(rows, columns) : Shape.of(rows, columns, 1, inner));
        assertThat(zeroColumns(1, x)).isEqualTo(columns);
        for (int column = 0; column < columns; column += 2) { // one element of every second column is not 0
            int row = column % rows;
            x.array()[(row * columns + column) * inner + (inner - 1) * (column / 2 % 2)] = column % 4 == 0 ? -1 : 1;
        }
        assertThat(zeroColumns(1, x)).isEqualTo(columns / 2);
    }

    @Test
    void minusZeroIsZeroAndWhatIsNotANumberIsNot() {
        Tensor x = Tensor.of(Shape.of(2, 4), -0f, Float.NaN, 0, Float.MIN_VALUE, 0, 0, 0, 0);
        assertThat(zeroColumns(1, x)).isEqualTo(2);
        assertThat(zeroColumns(0.25f, x)).isEqualTo(3); // s·x is what counts
        assertThat(zeroColumns(1, Tensor.view(Shape.of(2, 2), x.array(), 2))).isEqualTo(1); // of a view its own part
        assertThat(zeroColumns(1, Tensor.zeros(Shape.of(0, 3)))).isZero();
        assertThatThrownBy(() -> zeroColumns(1, Tensor.zeros(Shape.of(3))))
                .isInstanceOf(ShapeException.class)
                .hasMessage("zeroColumns: expects rows and columns, got [3]");
    }

    @Test
    void placesAndBoundsAreChecked() {
        Tensor x = Tensor.zeros(Shape.of(3));
        assertThatThrownBy(() -> KERNELS.distributions().figures(1, x, new double[5]))
                .isInstanceOf(ShapeException.class)
                .hasMessage("figures: expects 6 places, got 5");
        for (double[] bounds : new double[][] {{1, 0}, {Double.NaN, 1}, {0, Double.POSITIVE_INFINITY}}) {
            assertThatThrownBy(() -> histogram(2, bounds[0], bounds[1]))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageStartingWith("histogram: expects intervals between finite bounds");
        }
        assertThatThrownBy(() -> histogram(0, 0, 1)).isInstanceOf(ShapeException.class);
    }
}
