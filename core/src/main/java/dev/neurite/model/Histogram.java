package dev.neurite.model;

import java.util.List;

/// The numbers of elements of a tensor in equal intervals. An element on the bound between two intervals
/// counts in the upper one, up to the rounding of (x − from) · bins / (to − from) in double precision; the
/// upper bound of the last interval belongs to it.
/// @param from the lower bound of the first interval
/// @param to the upper bound of the last interval; equal to `from` if all elements are equal, which then
/// count in the first interval
/// @param counts the number of elements in each interval
public record Histogram(double from, double to, List<Integer> counts) {
    public Histogram {
        counts = List.copyOf(counts);
    }

    /// The number of elements in all intervals.
    public long total() {
        return counts.stream().mapToLong(each -> each).sum();
    }
}
