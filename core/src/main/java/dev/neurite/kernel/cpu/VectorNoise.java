package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.L;
import static dev.neurite.kernel.cpu.VectorKernels.S;
import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.Noise;
import dev.neurite.kernel.math.SplitMix64;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarNoise] through the Vector API, with the same bits.
final class VectorNoise extends ScalarNoise {
    private static final VectorSpecies<Long> HASHES = LongVector.SPECIES_PREFERRED; // as many bits as S

    VectorNoise(VectorKernels vectors) {
        super(vectors);
    }

    /// The lower half of a hash belongs to the even element, which is how lanes of ints lie in
    /// lanes of longs.
    @Override
    public void dropout(
            long row, int cut, float scale, float shift, float otherwise, float[] x, int xo, float[] y, int yo, int n) {
        FloatVector shifts = FloatVector.broadcast(S, shift);
        LongVector next = LongVector.zero(HASHES)
                .addIndex(1)
                .add(1)
                .mul(SplitMix64.GOLDEN)
                .add(row);
        LongVector step = LongVector.broadcast(HASHES, HASHES.length() * SplitMix64.GOLDEN);
        int i = 0;
        for (; i <= n - L; i += L) {
            LongVector z = next;
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, SplitMix64.SHIFT1))
                    .mul(SplitMix64.FACTOR1);
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, SplitMix64.SHIFT2))
                    .mul(SplitMix64.FACTOR2);
            z = z.lanewise(VectorOperators.XOR, z.lanewise(VectorOperators.LSHR, SplitMix64.SHIFT3));
            next = step.add(next);
            VectorMask<Float> dropped =
                    z.reinterpretAsInts().compare(VectorOperators.LT, cut).cast(S);
            fromArray(S, x, xo + i)
                    .fma(FloatVector.broadcast(S, scale), shifts)
                    .blend(otherwise, dropped)
                    .intoArray(y, yo + i);
        }
        super.dropout(Noise.from(row, i), cut, scale, shift, otherwise, x, xo + i, y, yo + i, n - i);
    }
}
