package dev.neurite.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastErrorsTest {
    private static TimeSeries series(double... values) {
        float[][] steps = new float[values.length][];
        for (int t = 0; t < steps.length; t++) steps[t] = new float[] {(float) values[t]};
        return TimeSeries.of(steps, 0);
    }

    @Test
    void aNaiveForecastRepeatsTheLastSeason() {
        SeriesWindows test = SeriesWindows.of(series(1, 2, 3, 4, 5, 6, 7), SeriesWindow.of(1, 3))
                .split(3.0 / 7)
                .test();
        assertThat(test.size()).isEqualTo(1);
        assertThat(NaiveForecast.LAST_VALUE.of(test).toArray()).containsExactly(4, 4, 4);
        assertThat(new NaiveForecast(3).of(test).toArray()).containsExactly(2, 3, 4);
        assertThatThrownBy(() -> new NaiveForecast(5).of(test))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("a season of 5 steps before the first forecast, got 4");
        assertThatThrownBy(() -> new NaiveForecast(0)).isInstanceOf(ConfigException.class);
    }

    /// By hand: errors 1, 2, 3; before, the series has changed by 1 a step and by 2 in two.
    @Test
    void errorsAreThoseOfTheDefinition() {
        SeriesWindows test = SeriesWindows.of(series(1, 2, 3, 4, 5, 6, 7), SeriesWindow.of(1, 3))
                .split(3.0 / 7)
                .test();
        Tensor last = NaiveForecast.LAST_VALUE.of(test);
        ForecastErrors errors = ForecastErrors.of(last, test, 1);
        assertThat(errors.mae()).isEqualTo(2);
        assertThat(errors.rmse()).isCloseTo(Math.sqrt(14.0 / 3), within(1e-12));
        assertThat(errors.mase()).hasValue(2);
        assertThat(ForecastErrors.of(last, test, 2).mase()).hasValue(1);
        assertThat(ForecastErrors.of(last, test, 4).mase())
                .as("no two values a season apart")
                .isEmpty();
        assertThatThrownBy(() -> ForecastErrors.of(Tensor.of(new float[][] {{1}}), test, 1))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void eachSeriesIsScaledByItsOwnChanges() {
        float[][] small = {{1}, {2}, {3}, {4}, {5}};
        float[][] large = {{100}, {200}, {300}, {400}, {500}};
        SeriesWindows test = SeriesWindows.of(TimeSeries.of(List.of(small, large), 0), SeriesWindow.of(2, 1))
                .split(0.2)
                .test();
        ForecastErrors errors = ForecastErrors.of(NaiveForecast.LAST_VALUE.of(test), test, 1);
        assertThat(errors.mae()).isEqualTo(50.5);
        assertThat(errors.mase()).hasValue(1);
    }

    @Test
    void theSeasonIsFound() {
        var random = new KeyedRandom(3);
        double[] values = new double[600];
        for (int t = 0; t < values.length; t++) {
            values[t] = 10 * Math.sin(2 * Math.PI * t / 12) + random.nextGaussian() + 0.01 * t;
        }
        SeriesWindows windows = SeriesWindows.of(series(values), SeriesWindow.of(24, 6));
        assertThat(NaiveForecast.best(windows)).isEqualTo(new NaiveForecast(12));
        for (int wrong : new int[] {0, -100}) {
            assertThatThrownBy(() -> NaiveForecast.best(windows, 12, wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("season: expects at least 1 step, got " + wrong);
        }
        assertThat(NaiveForecast.best(windows, 7, 30))
                .as("better than the wrong seasons")
                .isEqualTo(NaiveForecast.LAST_VALUE);
        assertThat(NaiveForecast.best(windows, 12, 7)).isEqualTo(new NaiveForecast(12));
    }

    @Test
    void aSeriesWithoutSeasonHasNone() {
        var random = new KeyedRandom(4);
        double[] values = new double[500];
        for (int t = 1; t < values.length; t++) values[t] = values[t - 1] + random.nextGaussian();
        SeriesWindows windows = SeriesWindows.of(series(values), SeriesWindow.of(8, 3));
        assertThat(NaiveForecast.best(windows)).isEqualTo(NaiveForecast.LAST_VALUE);
        SeriesWindows constant = SeriesWindows.of(series(new double[50]), SeriesWindow.of(8, 3));
        assertThat(NaiveForecast.best(constant)).isEqualTo(NaiveForecast.LAST_VALUE);
    }
}
