package dev.neurite.kernel;

import dev.neurite.kernel.math.SplitMix64;

/// Random numbers for the elements of a batch: each a function of its place and of nothing else, so that they
/// are the same for any number of threads, any cut of the batch and any order of asking, and need not be kept
/// for going back.
///
/// A row's numbers depend on the key and on its place in the step's whole batch; an element's also on its place
/// in the row. A hash of 64 bits (see [KeyedRandom]) serves two neighboring elements.
/// @param key what tells one use from another; [#of] makes it of seed, step and use
/// @param firstRow where in the whole batch the rows begin that this noise is for
public record Noise(long key, long firstRow) {
    /// The noise of one use in one step of a training.
    /// @param seed of the training
    /// @param step its number
    /// @param use its number in the pass
    /// @param firstRow where in the step's batch the pass begins
    public static Noise of(long seed, long step, long use, long firstRow) {
        return new Noise(SplitMix64.join(SplitMix64.join(SplitMix64.join(0, seed), step), use), firstRow);
    }

    /// The key of a row's numbers.
    /// @param i from 0 for the pass's first row
    public long row(int i) {
        return SplitMix64.bits(key, firstRow + i);
    }

    /// The 32 random bits of an element of a row.
    public static int draw(long row, int i) {
        return (int) (SplitMix64.bits(row, i >>> 1) >>> (32 * (i & 1)));
    }

    /// The key under which the numbers of a row begin with element i, which is even.
    public static long from(long row, int i) {
        return row + (i >>> 1) * SplitMix64.GOLDEN;
    }
}
