package dev.neurite.data.series;

import dev.neurite.error.ConfigException;

/// What a network sees of a time series, and what it forecasts: the `steps` before a moment, and the `horizon` steps
/// from it on. Each `with…` method returns a copy with one setting changed.
/// @param steps the steps that are seen, at least 1
/// @param horizon the steps that are forecast, at least 1
/// @param stride from a window of a data set to the next, in steps, at least 1
public record SeriesWindow(int steps, int horizon, int stride) {
    /// @throws ConfigException for a number below 1, or more than 2³⁰ steps in all
    public SeriesWindow {
        require("window", "at least 1 step", steps);
        require("horizon", "at least 1 step to forecast", horizon);
        require("stride", "at least 1 step", stride);
        if ((long) steps + horizon > 1 << 30) {
            throw new ConfigException("window", "expects at most 2^30 steps, got " + ((long) steps + horizon));
        }
    }

    private static void require(String where, String expected, int number) {
        if (number < 1) throw new ConfigException(where, "expects " + expected + ", got " + number);
    }

    /// A window that begins at each step: stride 1.
    /// @throws ConfigException for a number below 1
    public static SeriesWindow of(int steps, int horizon) {
        return new SeriesWindow(steps, horizon, 1);
    }

    public SeriesWindow withStride(int other) {
        return new SeriesWindow(steps, horizon, other);
    }

    /// The steps that a window needs: those that are seen and those that are forecast.
    public int length() {
        return steps + horizon;
    }
}
