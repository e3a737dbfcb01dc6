package dev.neurite.cli.option;

import dev.neurite.data.table.Cycle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Settings of a time series.
/// @param horizon how many steps are forecast
/// @param window how many steps a forecast is made from; empty for the default
/// @param stride from a window to the next
/// @param time the column of times; empty for the first column of dates
/// @param series the column that tells series apart
/// @param season the steps of a season; empty to find it
/// @param calendar the cycles that are inputs; empty for those that the times show
/// @param given the options that were given, with their values
public record SeriesSettings(
        int horizon,
        OptionalInt window,
        int stride,
        Optional<String> time,
        Optional<String> series,
        OptionalInt season,
        Optional<List<Cycle>> calendar,
        Map<String, Object> given) {}
