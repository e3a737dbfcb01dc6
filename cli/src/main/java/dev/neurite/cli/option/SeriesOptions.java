package dev.neurite.cli.option;

import dev.neurite.data.table.Cycle;
import dev.neurite.error.ConfigException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of time series in tables.
public final class SeriesOptions {
    public static final String FORECAST = "--forecast";
    private static final String STRIDE = "--stride";
    public static final String TIME = "--time";
    public static final String SERIES = "--series";
    public static final String SEASON = "--season";
    public static final String CALENDAR = "--calendar";
    private static final String NONE = "none";

    @Option(
            names = FORECAST,
            paramLabel = "N",
            description = "Forecast the next N values of the column --label, by default of the first column of numbers,"
                    + " from its past and that of all other columns. Rows are steps of time, the oldest first.")
    private @Nullable Integer forecast;

    @Option(
            names = STRIDE,
            paramLabel = "N",
            description = "Train and evaluate on a window at every N-th step; 1, all, by default.")
    private @Nullable Integer stride;

    @Option(
            names = TIME,
            paramLabel = "COLUMN",
            description = "The column of times, numbers or dates such as 2026-11-26 or 2026-11-26T08:30; by default the"
                    + " first column of dates. Rows must be in its order.")
    private @Nullable String time;

    @Option(
            names = SERIES,
            paramLabel = "COLUMN",
            description = "The column that tells several series in one file apart, such as shops.")
    private @Nullable String series;

    @Option(
            names = SEASON,
            paramLabel = "N",
            description = "The steps of a season, for the naive forecast to compare with; by default the one that"
                    + " forecasts the training part best.")
    private @Nullable Integer season;

    @Option(
            names = CALENDAR,
            paramLabel = "CYCLE,…",
            description = "What of the time is an input: hour,day,week,year (the place in each of these cycles), or"
                    + " none; by default the cycles that the training part shows several times.")
    private @Nullable String calendar;

    /// The settings; empty without `--forecast`.
    /// @param window the value of `--window`
    /// @throws ConfigException for other options without it, unknown names and values out of range
    Optional<SeriesSettings> settings(OptionalInt window) {
        Map<String, Object> given = given();
        if (forecast == null) {
            if (given.isEmpty()) return Optional.empty();
            throw new ConfigException(
                    given.keySet().iterator().next(), "expects " + FORECAST + " with the number of steps, got none");
        }
        return Optional.of(new SeriesSettings(
                positive(FORECAST, forecast),
                window,
                stride == null ? 1 : positive(STRIDE, stride),
                Optional.ofNullable(time),
                Optional.ofNullable(series),
                TrainingOptions.positive(SEASON, season),
                Optional.ofNullable(calendar).map(SeriesOptions::cycles),
                given));
    }

    private static int positive(String option, int value) {
        return TrainingOptions.positive(option, value).orElseThrow();
    }

    private static List<Cycle> cycles(String text) {
        if (text.equals(NONE)) return List.of();
        return Arrays.stream(text.split(",", -1))
                .map(each -> EnumChoice.of(CALENDAR, each.strip(), Cycle.values()))
                .distinct()
                .toList();
    }

    private Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>();
        TableOptions.put(given, FORECAST, forecast);
        TableOptions.put(given, STRIDE, stride);
        TableOptions.put(given, TIME, time);
        TableOptions.put(given, SERIES, series);
        TableOptions.put(given, SEASON, season);
        TableOptions.put(given, CALENDAR, calendar);
        return given;
    }
}
