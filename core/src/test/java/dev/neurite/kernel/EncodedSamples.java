package dev.neurite.kernel;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Matrices of every format: encoded from normal numbers, or, of formats that are only read, of random bits.
final class EncodedSamples {
    private EncodedSamples() {}

    /// The least number of columns from this one on that rows of a format may have.
    static int columns(BlockFormat format, int atLeast) {
        int block = format.isEncodable() ? 1 : format.blockColumns();
        return Math.ceilDiv(atLeast, block) * block;
    }

    static EncodedMatrix of(BlockFormat format, int rows, int columns, long seed) {
        if (format.isEncodable()) {
            return EncodedMatrix.of(format, Tensor.of(Shape.of(rows, columns), Samples.normal(rows * columns, seed)));
        }
        MemorySegment stored = MemorySegment.ofArray(stored(format, rows, columns, seed));
        try (Kernels kernels = Kernels.create(1)) {
            return EncodedMatrix.ofBlocks(format, rows, columns, stored, kernels);
        }
    }

    /// Blocks of GGUF of random bits, with scales of both signs around 0.01.
    static byte[] stored(BlockFormat format, int rows, int columns, long seed) {
        byte[] stored = new byte[(int) (rows * format.storedBytes(columns))];
        var random = new Random(seed);
        random.nextBytes(stored);
        int scale = format == BlockFormat.Q6_K ? 208 : 0;
        for (int at = 0; at < stored.length; at += format.blockBytes()) {
            putHalf(stored, at + scale, random);
            if (format.hasMinimums()) putHalf(stored, at + 2, random);
        }
        return stored;
    }

    private static void putHalf(byte[] stored, int at, Random random) {
        short half = Float.floatToFloat16((float) (random.nextGaussian() * 0.01));
        stored[at] = (byte) half;
        stored[at + 1] = (byte) (half >> Byte.SIZE);
    }
}
