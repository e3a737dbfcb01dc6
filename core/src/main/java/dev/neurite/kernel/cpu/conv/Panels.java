package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.MicroKernels;
import dev.neurite.tensor.Layout;
import jdk.incubator.vector.FloatVector;

/// How register tiles divide rows of pixels and blocks of channels.
///
/// The output channels are in panels of one or a few blocks, a tile computes some neighboring rows (pixels, tiles
/// of Winograd's) of one panel. The last tile of a run of rows begins earlier if it would reach beyond the end: it
/// computes some rows twice, to the same bits. So a run needs one tile shape for a panel, unless it is short.
final class Panels {
    private static final int L = FloatVector.SPECIES_PREFERRED.length();

    /// The micro-operations of a step of k beside sums and loads: the loop, the index and its checks.
    private static final int LOOP = 8;

    /// The most sums of a tile, in blocks: they have to stay in registers, beside a block of V and an element of R.
    /// With
    /// 26 vectors, the JVM's first compiler gives up a tile whose rows have their own starts, and then the second
    /// never compiles it.
    static final int MOST_SUMS = L == 16 ? 24 : MicroKernels.MANY_REGISTERS ? 24 * L / Layout.BLOCK : 4;

    private Panels() {}

    /// The blocks of a panel, of so many blocks of output channels, for runs of this many rows.
    static int blocks(int blocks, int rows) {
        int best = 1;
        for (int n = 2; n <= Math.min(4, blocks); n++) {
            if (blocks % n == 0 && perSum(rows, n) < perSum(rows, best)) best = n;
        }
        return best;
    }

    /// The rows of a tile, for runs of this many rows.
    static int height(int rows, int blocks) {
        int most = Math.max(1, MOST_SUMS / blocks);
        int best = 1;
        for (int h = 2; h <= Math.min(most, rows); h++) {
            if (cost(rows, h, blocks) <= cost(rows, best, blocks)) best = h;
        }
        return best;
    }

    private static double perSum(int rows, int blocks) {
        return perSum(rows, height(rows, blocks), blocks);
    }

    /// The cost of a run of rows for a block of channels.
    static double perSum(int rows, int height, int blocks) {
        return cost(rows, height, blocks) / blocks;
    }

    /// The micro-operations of a step of k, over a run of rows: sums, loads, and the loop itself.
    private static double cost(int rows, int height, int blocks) {
        return Math.ceilDiv(rows, height) * (double) (height * blocks + height + blocks + LOOP);
    }
}
