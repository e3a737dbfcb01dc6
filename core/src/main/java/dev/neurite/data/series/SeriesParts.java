package dev.neurite.data.series;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;

/// The parts of a table of time series, cut by time. Fit the preprocessing on [#train], so that nothing is known of
/// the steps that are forecast later.
public final class SeriesParts {
    private final SeriesTable table;
    private final int[] validation; // the first step of the part in each series
    private final int[] test;

    SeriesParts(SeriesTable table, int[] validation, int[] test) {
        this.table = table;
        this.validation = validation;
        this.test = test;
    }

    public Table train() {
        return table.first(validation);
    }

    /// The windows of each part.
    /// @throws dev.neurite.error.DataException if a part has no window, or rows cannot be encoded
    public SeriesSplit windows(Preprocessing inputs, SeriesWindow window) {
        return table.windows(inputs, window).split(validation, test);
    }
}
