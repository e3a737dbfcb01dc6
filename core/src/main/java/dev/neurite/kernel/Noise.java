package dev.neurite.kernel;

import dev.neurite.kernel.math.SplitMix64;

/// Random numbers for the elements of a batch. Each is a function of the key and the element's
/// position only. So they are the same for any number of threads, any division of the batch into
/// shards and any order of computation, and the backward pass computes them again instead of
/// storing them.
///
/// The random numbers of a row depend on the key and on the row's index in the whole batch of a
/// step; those of an element also on its index in the row. One 64-bit hash (see [KeyedRandom])
/// serves two neighboring elements.
/// @param key identifies the use; [#of] makes it of seed, step and use
/// @param firstRow the index of the first row in the whole batch
/// @param positions the rows of the pass for each row of the batch, usually 1; where positions of sequences are
/// rows, their number, which may be that of padded sequences: it does not affect the numbers of a position
public record Noise(long key, long firstRow, int positions) {
    public Noise(long key, long firstRow) {
        this(key, firstRow, 1);
    }

    /// The noise of one use in one training step.
    /// @param seed the seed of the training
    /// @param step the number of the step
    /// @param use the number of the use in the pass
    /// @param firstRow the index of the pass's first row in the batch of the step
    public static Noise of(long seed, long step, long use, long firstRow) {
        return new Noise(SplitMix64.join(SplitMix64.join(SplitMix64.join(0, seed), step), use), firstRow);
    }

    /// This noise where each row of the batch has this many positions as rows.
    public Noise ofPositions(int count) {
        return count == positions ? this : new Noise(key, firstRow, count);
    }

    /// The key of a row.
    /// @param i the index of the row in the pass, from 0
    public long row(int i) {
        if (positions == 1) return SplitMix64.bits(key, firstRow + i);
        return part(SplitMix64.bits(key, firstRow + i / positions), i % positions);
    }

    /// The key of a part of a row.
    /// @param row the key of the row
    /// @param part the number of the part
    public static long part(long row, long part) {
        return SplitMix64.bits(row, part);
    }

    /// The 32 random bits of element i of a row.
    public static int draw(long row, int i) {
        return (int) (SplitMix64.bits(row, i >>> 1) >>> (32 * (i & 1)));
    }

    /// The key of the part of a row that starts at element i, which is even.
    public static long from(long row, int i) {
        return row + (i >>> 1) * SplitMix64.GOLDEN;
    }
}
