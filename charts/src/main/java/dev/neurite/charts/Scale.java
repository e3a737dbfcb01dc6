package dev.neurite.charts;

/// How an axis places its numbers.
public enum Scale {
    /// Equal differences are equally long.
    LINEAR,
    /// Equal ratios are equally long. Numbers that are not above 0 are left out.
    LOGARITHMIC
}
