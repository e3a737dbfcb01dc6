package dev.neurite.data.series;

import dev.neurite.data.DataParts;
import java.util.Optional;

/// Windows over time series, cut by time.
/// @param train windows of the oldest steps, to train on
/// @param validation windows that forecast the steps after those; empty if the series were cut in two
/// @param test windows that forecast the newest steps
public record SeriesSplit(SeriesWindows train, Optional<SeriesWindows> validation, SeriesWindows test) {
    /// The same parts in other windows.
    /// @throws dev.neurite.error.DataException if a part has none
    public SeriesSplit with(SeriesWindow window) {
        return new SeriesSplit(train.with(window), validation.map(each -> each.with(window)), test.with(window));
    }

    /// The same parts with a season, such as [NaiveForecast#best] of the training part, see
    /// [SeriesWindows#withSeason].
    public SeriesSplit withSeason(NaiveForecast season) {
        return new SeriesSplit(
                train.withSeason(season), validation.map(each -> each.withSeason(season)), test.withSeason(season));
    }

    public DataParts parts() {
        return new DataParts(train, validation.map(each -> each), test);
    }
}
