package dev.neurite.dashboard.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SeriesTest {
    private static Series of(double... values) {
        var series = new Series();
        for (int i = 0; i < values.length; i++) series.add(i + 1, 10L * (i + 1), 1 + i / 100, i, values[i]);
        return series;
    }

    private static double[] random(int count) {
        var source = new Random(3);
        return source.doubles(count, -1, 1).toArray();
    }

    @Test
    void fewPointsAreAllThere() {
        Series.Points points = of(3, 1, 2).points(0, 8);
        assertThat(points.value()).containsExactly(3, 1, 2);
        assertThat(points.step()).containsExactly(10, 20, 30);
        assertThat(points.epoch()).containsExactly(1, 1, 1);
        assertThat(points.seconds()).containsExactly(0, 1, 2);
    }

    @Test
    void manyPointsKeepTheLowestAndHighestOfEachStretch() {
        double[] values = random(10_000);
        Series.Points points = of(values).points(0, 200);
        assertThat(points.size()).isLessThanOrEqualTo(200).isGreaterThan(150);
        assertThat(points.step()).isSorted().doesNotHaveDuplicates();
        assertThat(points.step()[0]).isEqualTo(10);
        assertThat(points.step()[points.size() - 1]).isEqualTo(100_000);
        for (int part = 0; part < 99; part++) { // (200 − 2) / 2 stretches
            int from = (int) (10_000L * part / 99);
            int to = (int) (10_000L * (part + 1) / 99);
            double[] stretch = Arrays.copyOfRange(values, from, to);
            double low = Arrays.stream(stretch).min().orElseThrow();
            double high = Arrays.stream(stretch).max().orElseThrow();
            assertThat(points.value()).contains(low, high);
        }
        for (int i = 0; i < points.size(); i++) {
            int at = (int) (points.step()[i] / 10) - 1;
            assertThat(points.value()[i]).isEqualTo(values[at]);
            assertThat(points.seconds()[i]).isEqualTo(at);
        }
    }

    @Test
    void aSinglePeakIsNeverLost() {
        double[] values = new double[5_000];
        values[3_333] = 7;
        values[1_234] = -7;
        assertThat(of(values).points(0, 100).value()).contains(7, -7);
    }

    @Test
    void numbersThatAreNotFiniteStay() {
        double[] values = random(3_000);
        values[1_500] = Double.NaN;
        values[2_500] = Double.POSITIVE_INFINITY;
        Series.Points points = of(values).points(0, 90);
        assertThat(points.size()).isLessThanOrEqualTo(90);
        assertThat(points.value()).contains(Double.NaN, Double.POSITIVE_INFINITY);
        Series.Points none = of(Arrays.copyOf(new double[0], 0)).points(0, 8);
        assertThat(none.size()).isZero();
    }

    @Test
    void pointsAfterALine() {
        Series series = of(random(50));
        assertThat(series.points(48, 8).step()).containsExactly(490, 500);
        assertThat(series.points(50, 8).size()).isZero();
    }

    @Test
    void memoryIsBoundedAndPeaksStay() {
        var series = new Series();
        int count = 5 * Series.MOST;
        for (int i = 0; i < count; i++) series.add(i + 1, i, 1, i, i == 1_000 ? 99 : i == 200_001 ? -99 : i % 7);
        assertThat(series.size()).isLessThanOrEqualTo(Series.MOST);
        Series.Points points = series.points(0, 2_000);
        assertThat(points.value()).contains(99, -99);
        assertThat(points.step()).isSorted().endsWith(count - 1).startsWith(0);
    }

    @Test
    void aSeriesWithoutFiniteNumbersIsBoundedToo() {
        var series = new Series();
        for (int i = 0; i < 2 * Series.MOST; i++) series.add(i + 1, i, 1, i, Double.NaN);
        assertThat(series.size()).isLessThanOrEqualTo(Series.MOST);
        assertThat(series.points(0, 100).value()).containsOnly(Double.NaN).hasSizeLessThanOrEqualTo(100);
    }
}
