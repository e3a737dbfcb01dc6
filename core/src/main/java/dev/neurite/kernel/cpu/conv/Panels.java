package dev.neurite.kernel.cpu.conv;

import dev.neurite.kernel.cpu.tile.Tiles;
import dev.neurite.tensor.Layout;
import jdk.incubator.vector.FloatVector;

/// How register tiles divide rows of pixels and blocks of channels.
///
/// The output channels are in panels of one or a few blocks, a tile computes some neighboring rows (pixels, tiles
/// of Winograd's) of one panel. The last tile of a run of rows begins earlier if it would reach beyond the end: it
/// computes some rows twice, to the same bits. So a run needs one tile for a panel.
final class Panels {
    private static final int VECTORS_IN_BLOCK = Math.max(1, Layout.BLOCK / FloatVector.SPECIES_PREFERRED.length());
    private static final int REGISTERS = Tiles.MANY_REGISTERS ? 32 : 16;

    /// The most sums of a tile, in vectors. With 26 sums that each have a start of their own, the JVM's first compiler
    /// gives up, and then the second never compiles the tile.
    private static final int MOST_SUMS = REGISTERS == 32 ? 24 : 12;

    /// The most operations of a tile on vectors, for the same reason.
    private static final int MOST_OPERATIONS = 108;

    /// The micro-operations of a step of k beside sums and loads: the loop, the index and its checks.
    private static final int LOOP = 8;

    private static final int MOST_BLOCKS = 4;

    private Panels() {}

    // A tile may take several columns of a window together ([dev.neurite.kernel.cpu.tile.BlockTile]): `taps` is their
    // number, `rowStep` the distance between neighboring rows, `tapStep` that between these columns.

    private static int elements(int height, int taps, int rowStep, int tapStep) {
        if (taps == 1 || !Tiles.MANY_REGISTERS) return height * taps; // tap by tap
        return Math.min(height * taps, (height - 1) * rowStep + (taps - 1) * tapStep + 1);
    }

    /// The blocks of a panel, of so many blocks of output channels, for runs of this many rows.
    static int blocks(int blocks, int rows, int taps, int rowStep, int tapStep) {
        int best = 1;
        for (int n = 2; n <= Math.min(MOST_BLOCKS, blocks); n++) {
            if (blocks % n == 0 && cost(rows, n, taps, rowStep, tapStep) < cost(rows, best, taps, rowStep, tapStep))
                best = n;
        }
        return best;
    }

    /// The number of widths that panels for so many output channels may have.
    static int widths(int channels) {
        int blocks = Math.ceilDiv(channels, Layout.BLOCK);
        int count = 1;
        for (int n = 2; n <= Math.min(MOST_BLOCKS, blocks); n++) {
            if (blocks % n == 0) count++;
        }
        return count;
    }

    /// The rows of a tile, for runs of this many rows.
    static int height(int rows, int blocks, int taps, int rowStep, int tapStep) {
        int best = 1;
        for (int h = 2; h <= rows && fits(h, blocks, taps, rowStep, tapStep); h++) {
            if (cost(rows, h, blocks, taps, rowStep, tapStep) <= cost(rows, best, blocks, taps, rowStep, tapStep))
                best = h;
        }
        return best;
    }

    private static boolean fits(int height, int blocks, int taps, int rowStep, int tapStep) {
        int vectors = blocks * VECTORS_IN_BLOCK;
        int sums = height * vectors;
        int together = Tiles.MANY_REGISTERS ? taps : 1; // whose vectors are in registers
        int operations = taps * vectors + elements(height, taps, rowStep, tapStep) + sums * (taps + 2);
        return sums <= MOST_SUMS && sums + together * vectors < REGISTERS && operations <= MOST_OPERATIONS;
    }

    /// The cost of a run of rows and a tap, for a block of channels.
    static double cost(int rows, int blocks, int taps, int rowStep, int tapStep) {
        return cost(rows, height(rows, blocks, taps, rowStep, tapStep), blocks, taps, rowStep, tapStep) / blocks;
    }

    /// The rows of a tile that adds to its result, which must divide a run.
    static int divisor(int run, int blocks) {
        int h = Math.max(1, Math.min(run, MOST_SUMS / VECTORS_IN_BLOCK / blocks));
        while (run % h != 0) h--;
        return h;
    }

    /// The blocks of a panel for such tiles.
    static int blocksOfDivisor(int blocks, int run) {
        int best = 1;
        for (int n = 2; n <= Math.min(MOST_BLOCKS, blocks); n++) {
            double cost = cost(run, divisor(run, n), n, 1, 1, 1) / n;
            if (blocks % n == 0 && cost < cost(run, divisor(run, best), best, 1, 1, 1) / best) best = n;
        }
        return best;
    }

    /// The micro-operations of a run of rows for a tap: sums, loads, and the loop itself.
    private static double cost(int rows, int height, int blocks, int taps, int rowStep, int tapStep) {
        int vectors = blocks * VECTORS_IN_BLOCK;
        int step = taps * (height + 1) * vectors + elements(height, taps, rowStep, tapStep) + LOOP;
        return Math.ceilDiv(rows, height) * (double) step / taps;
    }
}
