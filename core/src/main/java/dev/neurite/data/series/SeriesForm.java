package dev.neurite.data.series;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.model.RowOrigin;

/// How windows over time series are made of a table.
/// @param inputs makes the numbers of a step of the columns
/// @param columns what the columns are
public record SeriesForm(Preprocessing inputs, SeriesColumns columns) implements RowOrigin {}
