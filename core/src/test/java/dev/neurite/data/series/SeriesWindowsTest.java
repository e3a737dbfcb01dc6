package dev.neurite.data.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Batch;
import dev.neurite.data.DataParts;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeriesWindowsTest {
    /// Step t has the values t and 100 + t.
    private static float[][] steps(int count, int from) {
        float[][] values = new float[count][];
        for (int t = 0; t < count; t++) values[t] = new float[] {from + t, 100 + from + t};
        return values;
    }

    private static float[] input(SeriesWindows windows, int row) {
        float[] input = new float[windows.inputShape().size()];
        windows.readInput(row, input, 0);
        return input;
    }

    private static float[] target(SeriesWindows windows, int row) {
        float[] target = new float[windows.targetShape().size()];
        windows.readTarget(row, target, 0);
        return target;
    }

    @Test
    void aRowIsAWindowAndTheValuesThatFollow() {
        SeriesWindows windows = SeriesWindows.of(TimeSeries.of(steps(10, 0), 1), SeriesWindow.of(3, 2));
        assertThat(windows.size()).isEqualTo(6);
        assertThat(windows.inputShape()).isEqualTo(Shape.of(3, 2));
        assertThat(windows.targetShape()).isEqualTo(Shape.of(2));
        assertThat(input(windows, 0)).containsExactly(0, 100, 1, 101, 2, 102);
        assertThat(target(windows, 0)).containsExactly(103, 104);
        assertThat(input(windows, 5)).containsExactly(5, 105, 6, 106, 7, 107);
        assertThat(target(windows, 5)).containsExactly(108, 109);
        Batch all = Batch.of(windows);
        assertThat(all.input().shape()).isEqualTo(Shape.of(6, 3, 2));
    }

    @Test
    void aStrideSkipsWindowsFromTheFirstOn() {
        SeriesWindows windows = SeriesWindows.of(
                TimeSeries.of(steps(10, 0), 0), SeriesWindow.of(3, 2).withStride(4));
        assertThat(windows.size()).isEqualTo(2);
        assertThat(windows.stepOf(1)).isEqualTo(7);
        assertThat(target(windows, 1)).containsExactly(7, 8);
    }

    @Test
    void severalValuesAreForecastStepByStep() {
        SeriesWindows windows = SeriesWindows.of(TimeSeries.of(steps(6, 0), 1, 0), SeriesWindow.of(3, 2));
        assertThat(target(windows, 1)).containsExactly(104, 4, 105, 5);
    }

    @Test
    void noWindowReachesFromOneSeriesIntoAnother() {
        TimeSeries three = TimeSeries.of(List.of(steps(6, 0), steps(4, 1000), steps(5, 2000)), 0);
        SeriesWindows windows = SeriesWindows.of(three, SeriesWindow.of(3, 2));
        assertThat(IntStream.range(0, windows.size()).map(windows::seriesOf)).containsExactly(0, 0, 2);
        assertThat(input(windows, 2)).containsExactly(2000, 2100, 2001, 2101, 2002, 2102);
        assertThat(target(windows, 2)).containsExactly(2003, 2004);
    }

    /// The test of leakage: no window of the training part has a value of a later part, and targets of a part are in
    /// it.
    @Test
    void aSplitKeepsLaterStepsFromEarlierParts() {
        TimeSeries two = TimeSeries.of(List.of(steps(50, 0), steps(30, 1000)), 0);
        SeriesSplit split = SeriesWindows.of(two, SeriesWindow.of(5, 3)).split(0.25, 0.2);
        // the test parts begin at steps 40 and 24, the validation parts at 30 and 18
        for (int row = 0; row < split.train().size(); row++) {
            float last = target(split.train(), row)[2];
            assertThat(last).isLessThan(last < 1000 ? 30 : 1018);
        }
        SeriesWindows validation = split.validation().orElseThrow();
        for (int row = 0; row < validation.size(); row++) {
            float[] target = target(validation, row);
            assertThat(target[0]).isGreaterThanOrEqualTo(target[0] < 1000 ? 30 : 1018);
            assertThat(target[2]).isLessThan(target[0] < 1000 ? 40 : 1024);
        }
        for (int row = 0; row < split.test().size(); row++) {
            float first = target(split.test(), row)[0];
            assertThat(first).isGreaterThanOrEqualTo(first < 1000 ? 40 : 1024);
        }
        assertThat(split.train().size()).isEqualTo(30 - 8 + 1 + 18 - 8 + 1);
        assertThat(validation.size()).isEqualTo(8 + 4);
        assertThat(split.test().size()).isEqualTo(8 + 4);
        assertThat(input(split.test(), 0)[0])
                .as("a forecast sees what came before")
                .isEqualTo(35);
        DataParts parts = split.parts();
        assertThat(parts.watched()).isSameAs(validation);
    }

    @Test
    void inTwoPartsThereIsNoValidation() {
        SeriesSplit split = SeriesWindows.of(TimeSeries.of(steps(20, 0), 0), SeriesWindow.of(3, 2))
                .split(0.2);
        assertThat(split.validation()).isEmpty();
        assertThat(split.train().size()).isEqualTo(12);
        assertThat(split.test().size()).isEqualTo(3);
        assertThat(split.test().startOf(0)).isEqualTo(16);
    }

    @Test
    void aSeriesThatIsTooShortIsRefused() {
        TimeSeries series = TimeSeries.of(steps(10, 0), 0);
        assertThatThrownBy(() -> SeriesWindows.of(series, SeriesWindow.of(8, 3)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at least 11 steps, 8 to see and 3 to forecast, got 10");
        SeriesWindows windows = SeriesWindows.of(series, SeriesWindow.of(5, 3));
        assertThatThrownBy(() -> windows.split(0.2))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("test part: expects a series of at least 3 steps to forecast, got 2");
        assertThatThrownBy(() -> windows.split(0.5))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("training part: expects a series of at least 8 steps");
        assertThatThrownBy(() -> windows.split(1)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> SeriesWindow.of(0, 3)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> SeriesWindow.of(1, 3).withStride(0)).isInstanceOf(ConfigException.class);
    }

    @Test
    void valuesThatAreNoneAreRefused() {
        float[][] gap = steps(4, 0);
        gap[2][1] = Float.NaN;
        assertThatThrownBy(() -> TimeSeries.of(gap, 0)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> TimeSeries.of(steps(4, 0), 2)).isInstanceOf(DataException.class);
        float[][] ragged = {{1, 2}, {3}};
        assertThatThrownBy(() -> TimeSeries.of(ragged, 0)).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> TimeSeries.of(new float[0][], 0)).isInstanceOf(DataException.class);
    }

    @Test
    void theLastStepsAreWhatAForecastIsMadeFrom() {
        TimeSeries two = TimeSeries.of(List.of(steps(5, 0), steps(3, 1000)), 0);
        assertThat(two.last(2).toArray()).containsExactly(3, 103, 4, 104, 1001, 1101, 1002, 1102);
        assertThatThrownBy(() -> two.last(4))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("series 1: expects at least the 4 steps");
    }
}
