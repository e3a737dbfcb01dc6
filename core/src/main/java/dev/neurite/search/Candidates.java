package dev.neurite.search;

/// The values that a search may try for a name: a list or a range.
public sealed interface Candidates permits Choice, Range {
    /// The value at a share of the list or range.
    /// @param share from 0 to below 1
    Object at(double share);
}
