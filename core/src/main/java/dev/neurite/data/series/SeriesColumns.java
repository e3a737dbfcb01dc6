package dev.neurite.data.series;

import dev.neurite.error.ConfigException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the columns of a table of time series are: all others are inputs. Each `with…` method returns a copy.
/// @param target the column to forecast, of numbers; its past is an input, too
/// @param time the column of times, numbers or dates as [dev.neurite.data.table.DateTime] reads them: rows must be in
/// their order; empty if there is none
/// @param series the column that tells several series apart; empty if the table is one series
/// @param rhythm how far steps were from each other in the training; empty if it is not known
/// @param season the steps of a season of the training, which a naive forecast repeats; empty if it is not known
public record SeriesColumns(
        String target,
        Optional<String> time,
        Optional<String> series,
        Optional<Rhythm> rhythm,
        Optional<NaiveForecast> season) {
    private static final String TARGET = "forecast.target";
    private static final String TIME = "forecast.time";
    private static final String SERIES = "forecast.series";
    private static final String RHYTHM = "forecast.rhythm";
    private static final String SEASON = "forecast.season";

    /// @throws ConfigException for a column that is two of them
    public SeriesColumns {
        if (time.equals(Optional.of(target)) || series.equals(Optional.of(target))) {
            throw new ConfigException(
                    "column '" + target + "'", "expects another column for times or series than the one to forecast");
        }
        if (time.isPresent() && time.equals(series)) {
            throw new ConfigException(
                    "column '" + time.get() + "'", "expects another column for series than for times");
        }
    }

    /// Without a season.
    public SeriesColumns(String target, Optional<String> time, Optional<String> series, Optional<Rhythm> rhythm) {
        this(target, time, series, rhythm, Optional.empty());
    }

    /// One series to forecast, without times.
    public static SeriesColumns of(String target) {
        return new SeriesColumns(target, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /// With a column of times.
    public SeriesColumns withTime(String column) {
        return new SeriesColumns(target, Optional.of(column), series, rhythm, season);
    }

    /// With a column that tells several series apart.
    public SeriesColumns withSeries(String column) {
        return new SeriesColumns(target, time, Optional.of(column), rhythm, season);
    }

    SeriesColumns withRhythm(Optional<Rhythm> other) {
        return new SeriesColumns(target, time, series, other, season);
    }

    /// With a season, by which the forecasts of a model are compared with naive ones.
    public SeriesColumns withSeason(NaiveForecast other) {
        return new SeriesColumns(target, time, series, rhythm, Optional.of(other));
    }

    /// The columns, in the order target, time, series.
    public Stream<String> all() {
        return Stream.of(Optional.of(target), time, series).flatMap(Optional::stream);
    }

    /// The columns as notes of a model file.
    public Map<String, String> notes() {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(TARGET, target);
        time.ifPresent(each -> notes.put(TIME, each));
        series.ifPresent(each -> notes.put(SERIES, each));
        rhythm.ifPresent(each -> notes.put(RHYTHM, each.note()));
        season.ifPresent(each -> notes.put(SEASON, Integer.toString(each.season())));
        return notes;
    }

    /// The columns in the notes of a model file; empty if the model does not forecast.
    /// @throws ConfigException for a column that is two of them, or a rhythm or season that is none
    public static Optional<SeriesColumns> of(Map<String, String> notes) {
        return Optional.ofNullable(notes.get(TARGET))
                .map(target -> new SeriesColumns(
                        target,
                        Optional.ofNullable(notes.get(TIME)),
                        Optional.ofNullable(notes.get(SERIES)),
                        Optional.ofNullable(notes.get(RHYTHM)).map(SeriesColumns::rhythm),
                        Optional.ofNullable(notes.get(SEASON)).map(SeriesColumns::season)));
    }

    private static NaiveForecast season(String note) {
        if (note.matches("[1-9][0-9]{0,8}")) return new NaiveForecast(Integer.parseInt(note));
        throw new ConfigException("note '" + SEASON + "'", "expects a number of steps from 1, got '" + note + "'");
    }

    private static Rhythm rhythm(String note) {
        return Rhythms.parse(note)
                .orElseThrow(() -> new ConfigException(
                        "note '" + RHYTHM + "'", "expects a rhythm such as '3600.0 seconds', got '" + note + "'"));
    }
}
