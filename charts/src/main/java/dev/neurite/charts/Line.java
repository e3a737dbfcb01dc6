package dev.neurite.charts;

import dev.neurite.error.DataException;

/// A named line of a chart. Points that are not finite interrupt it.
/// @param name for the legend
/// @param x positions, ascending
/// @param y values, as many
@SuppressWarnings("ArrayRecordComponent") // not compared
public record Line(String name, double[] x, double[] y) {
    /// Keeps copies.
    /// @throws DataException if the counts differ
    public Line {
        if (x.length != y.length) {
            throw new DataException("line " + name, "expects " + x.length + " values, got " + y.length);
        }
        x = x.clone();
        y = y.clone();
    }

    @Override
    public double[] x() {
        return x.clone();
    }

    @Override
    public double[] y() {
        return y.clone();
    }
}
