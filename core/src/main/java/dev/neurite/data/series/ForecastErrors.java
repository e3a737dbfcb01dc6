package dev.neurite.data.series;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Tensor;
import java.util.OptionalDouble;

/// How far forecasts are from the values that came.
/// @param mae the mean absolute error, in the units of the series
/// @param rmse the root of the mean squared error, in the units of the series
/// @param mase the mean absolute scaled error: each absolute error divided by the mean absolute change of its series
/// over a season, before the windows. Below 1 the forecasts are better than repeating the last season was, one season
/// ahead. Hyndman and Koehler 2006, "Another look at measures of forecast accuracy". Empty if a series has not
/// changed before, or has no two values a season apart
public record ForecastErrors(double mae, double rmse, OptionalDouble mase) {
    /// The errors of forecasts for all windows.
    /// @param forecasts `[rows × horizon·targets]`, such as what a model predicts for the windows, in the units of
    /// the series
    /// @param season the steps of a season, for the scaled error
    /// @throws ShapeException for another number of forecasts
    public static ForecastErrors of(Tensor forecasts, SeriesWindows windows, int season) {
        TimeSeries series = windows.series();
        int width = windows.targetShape().size();
        if (forecasts.rows() != windows.size() || forecasts.size() != windows.size() * width) {
            throw new ShapeException(
                    "forecasts", "expects [" + windows.size() + "×" + width + "], got " + forecasts.shape());
        }
        double[][] scales = new double[series.count()][series.targets()];
        for (int s = 0; s < scales.length; s++) {
            for (int j = 0; j < scales[s].length; j++) scales[s][j] = scale(windows, s, j, season);
        }
        float[] values = forecasts.toArray();
        float[] truth = new float[width];
        double absolute = 0;
        double squares = 0;
        double scaled = 0;
        for (int row = 0; row < windows.size(); row++) {
            windows.readTarget(row, truth, 0);
            double[] scale = scales[windows.seriesOf(row)];
            for (int i = 0; i < width; i++) {
                double error = Math.abs((double) values[row * width + i] - truth[i]);
                absolute += error;
                squares += error * error;
                scaled += error / scale[i % scale.length];
            }
        }
        double count = values.length;
        return new ForecastErrors(
                absolute / count,
                Math.sqrt(squares / count),
                Double.isFinite(scaled) ? OptionalDouble.of(scaled / count) : OptionalDouble.empty());
    }

    /// The mean absolute change over a season before the first window; NaN or 0 if there is none.
    private static double scale(SeriesWindows windows, int s, int target, int season) {
        int end = Math.min(windows.startOf(s), windows.series().length(s));
        double sum = 0;
        for (int t = season; t < end; t++) {
            sum += Math.abs((double) windows.series().target(s, t, target)
                    - windows.series().target(s, t - season, target));
        }
        return end > season ? sum / (end - season) : Double.NaN;
    }
}
