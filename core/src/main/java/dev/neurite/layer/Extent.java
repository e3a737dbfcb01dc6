package dev.neurite.layer;

import dev.neurite.error.ConfigException;

/// A height and a width, in rows and columns.
/// @param height rows, at least 0
/// @param width columns, at least 0
public record Extent(int height, int width) {
    /// @throws ConfigException for a number below 0
    public Extent {
        if (height < 0 || width < 0) {
            throw new ConfigException("extent", "expects 0 or more rows and columns, got " + height + "×" + width);
        }
    }

    /// Equal height and width.
    public static Extent of(int both) {
        return new Extent(both, both);
    }

    /// `2`, or `2×3` if height and width differ.
    @Override
    public String toString() {
        return height == width ? "" + height : height + "×" + width;
    }
}
