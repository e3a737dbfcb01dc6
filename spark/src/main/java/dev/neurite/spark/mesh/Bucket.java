package dev.neurite.spark.mesh;

import java.util.ArrayList;
import java.util.List;

/// A range of a gradient that workers add at once, while they still compute the ranges before it.
/// @param from its first index
/// @param to the index after its last one
public record Bucket(int from, int to) {
    /// The least number of floats that each worker owns of a bucket. To move 128 kB takes a core about 0.1 ms; a
    /// message takes it 5 µs more.
    private static final int SLICE = 1 << 15;

    /// The number of floats.
    public int size() {
        return to - from;
    }

    /// Cuts an array at parameters, from its end, as backward passes go: no bucket but the last one, at the
    /// beginning of the array, is smaller than [#SLICE] for each worker.
    /// @param starts the first index of each parameter, ascending from 0
    /// @param length the length of the array
    /// @return all of it in one bucket if it is small, or the worker is the only one
    public static List<Bucket> of(List<Integer> starts, int length, int workers) {
        if (workers == 1) return List.of(new Bucket(0, length));
        List<Bucket> buckets = new ArrayList<>();
        int to = length;
        for (int from : starts.reversed()) {
            if (from > 0 && to - from < (long) SLICE * workers) continue;
            buckets.add(new Bucket(from, to));
            to = from;
        }
        return buckets;
    }
}
