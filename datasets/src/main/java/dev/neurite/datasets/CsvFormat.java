package dev.neurite.datasets;

import dev.neurite.error.ConfigException;

/// What CSV files have beyond other tables.
/// @param header whether the first line has the names of the columns
/// @param delimiter the character between cells
public record CsvFormat(Header header, char delimiter) {
    /// Commas, and a header if the first line looks like one.
    public static final CsvFormat USUAL = new CsvFormat(Header.AUTO, ',');

    /// Characters that cannot be delimiters.
    public static final String NO_DELIMITERS = "\"\n\r\0";

    /// Whether there is a header.
    public enum Header {
        /// The first line is a header if none of its cells is a number or, with known columns, if it
        /// has one of their names.
        AUTO,
        /// The first line is a header.
        YES,
        /// No header: columns are named `column1`, `column2` and so on.
        NO
    }

    /// Checks the delimiter.
    /// @throws ConfigException for one of [#NO_DELIMITERS]
    public CsvFormat {
        if (NO_DELIMITERS.indexOf(delimiter) >= 0) {
            throw new ConfigException("delimiter", "expects a character between cells, got one that is none");
        }
    }
}
