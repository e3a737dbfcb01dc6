package dev.neurite.data.series;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The forecast that repeats the last season: each step is as the newest known step that is whole seasons before it.
/// With a season of one step it repeats the last value. What a network must beat. Hyndman and Athanasopoulos 2021,
/// "Forecasting: principles and practice", 5.2.
/// @param season the steps of a season, at least 1
public record NaiveForecast(int season) {
    private static final int MOST_STEPS = 20_000; // of a series that are compared to find its season
    private static final int LONGEST = 2_000;
    private static final double NEAR = 1.1; // times the smallest error: two seasons are hardly better than one

    /// The forecast that repeats the last value.
    public static final NaiveForecast LAST_VALUE = new NaiveForecast(1);

    /// @throws ConfigException for less than 1 step
    public NaiveForecast {
        requireSeason(season);
    }

    private static void requireSeason(int season) {
        if (season < 1) throw new ConfigException("season", "expects at least 1 step, got " + season);
    }

    /// The forecast with the season that would have been best up to the end of these windows' targets: the shortest
    /// one whose mean absolute error over a horizon is at most a tenth above the smallest; 1 if repeating the last
    /// value was as good. Give it training windows. It looks at the newest 20,000 steps of each series.
    /// @param seasons the seasons to choose from, such as [SeriesTable#seasons()]; none for all up to a third of
    /// the longest series, and up to 2,000 steps
    /// @throws ConfigException for a season of less than 1 step
    public static NaiveForecast best(SeriesWindows train, int... seasons) {
        for (int season : seasons) requireSeason(season);
        TimeSeries series = train.series();
        int horizon = train.window().horizon();
        int longest = 1;
        for (int s = 0; s < series.count(); s++) longest = Math.max(longest, Math.min(LONGEST, train.endOf(s) / 3));
        int[] candidates = seasons.length == 0
                ? IntStream.rangeClosed(1, longest).toArray()
                : IntStream.concat(IntStream.of(1), Arrays.stream(seasons).sorted())
                        .toArray();
        double[] errors = new double[candidates[candidates.length - 1] + horizon + 1]; // by lag
        double[] weights = new double[errors.length];
        for (int s = 0; s < series.count(); s++) {
            for (int j = 0; j < series.targets(); j++) addLags(train, s, j, errors, weights);
        }
        double[] bySeason = new double[candidates.length];
        for (int i = 0; i < candidates.length; i++) {
            for (int k = 1; k <= horizon; k++) {
                int lag = candidates[i] * Math.ceilDiv(k, candidates[i]);
                bySeason[i] += errors[lag] / weights[lag]; // NaN for lags that no series has
            }
        }
        double least = Arrays.stream(bySeason)
                .filter(each -> !Double.isNaN(each))
                .min()
                .orElse(0);
        for (int i = 0; i < candidates.length; i++) {
            if (bySeason[i] <= least * NEAR) return new NaiveForecast(candidates[i]);
        }
        return LAST_VALUE; // constant series
    }

    /// Adds |value − value a lag before| for all lags, relative to the mean distance of the values from their mean.
    private static void addLags(SeriesWindows train, int s, int target, double[] errors, double[] weights) {
        int end = train.endOf(s);
        int start = Math.max(0, end - MOST_STEPS);
        double[] values = new double[end - start];
        double mean = 0;
        for (int t = 0; t < values.length; t++) {
            values[t] = train.series().target(s, start + t, target);
            mean += values[t] / values.length;
        }
        double spread = 0;
        for (double each : values) spread += Math.abs(each - mean) / values.length;
        if (spread == 0) return;
        for (int lag = 1; lag < Math.min(errors.length, values.length); lag++) {
            double sum = 0;
            for (int t = lag; t < values.length; t++) sum += Math.abs(values[t] - values[t - lag]);
            errors[lag] += sum / spread;
            weights[lag] += values.length - lag;
        }
    }

    /// The forecasts for all windows, `[rows × horizon·targets]`.
    /// @throws DataException if a series has less than a season before its first window
    public Tensor of(SeriesWindows windows) {
        int horizon = windows.window().horizon();
        TimeSeries series = windows.series();
        int width = horizon * series.targets();
        float[] values = new float[Math.multiplyExact(windows.size(), width)];
        for (int row = 0; row < windows.size(); row++) {
            int s = windows.seriesOf(row);
            int step = windows.stepOf(row);
            if (step < season) {
                throw new DataException(
                        "series " + series.name(s),
                        "expects a season of " + season + " steps before the first forecast, got " + step);
            }
            for (int k = 0; k < horizon; k++) {
                int known = step + k - season * (k / season + 1);
                series.readTargets(s, known, 1, values, row * width + k * series.targets());
            }
        }
        return Tensor.of(Shape.of(windows.size(), width), values);
    }
}
