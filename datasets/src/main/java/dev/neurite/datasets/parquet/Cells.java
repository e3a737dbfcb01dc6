package dev.neurite.datasets.parquet;

/// Receives the values of a row, in any order; a missing value is not delivered.
public interface Cells {
    /// @param column of those that are read, from 0
    void number(int column, double value);

    void whole(int column, long value);

    void text(int column, String text);
}
