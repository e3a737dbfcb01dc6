package dev.neurite.kernel.cpu.plane;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarDistributions] through the Vector API, in the same order, with the same bits.
final class VectorDistributions extends ScalarDistributions {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final VectorSpecies<Double> D = DoubleVector.SPECIES_PREFERRED;

    /// A vector of floats becomes two of doubles: with 8 floats these are lanes 0 to 3 and 4 to 7, with
    /// 16 floats both are all eight lanes. An element that is not finite adds 0, which changes no lane, as
    /// none is ever −0.
    @Override
    void figures(float s, float[] x, int xo, int n, double[] r, int ro) {
        if ((L != 8 && L != 16) || D.length() != L / 2) {
            super.figures(s, x, xo, n, r, ro);
            return;
        }
        FloatVector most = FloatVector.broadcast(S, Float.POSITIVE_INFINITY);
        FloatVector least = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        FloatVector none = FloatVector.zero(S);
        FloatVector min = most;
        FloatVector max = least;
        DoubleVector a = DoubleVector.zero(D);
        DoubleVector b = a;
        DoubleVector aSquares = a;
        DoubleVector bSquares = a;
        int zeros = 0;
        int finite = 0;
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector v = fromArray(S, x, xo + i).mul(s);
            VectorMask<Float> here = v.abs().compare(VectorOperators.LE, Float.MAX_VALUE);
            min = most.blend(v, here).min(min);
            max = least.blend(v, here).max(max);
            FloatVector some = none.blend(v, here);
            finite += here.trueCount();
            zeros += some.compare(VectorOperators.EQ, 0).trueCount();
            DoubleVector low = (DoubleVector) some.convertShape(VectorOperators.F2D, D, 0);
            DoubleVector high = (DoubleVector) some.convertShape(VectorOperators.F2D, D, 1);
            a = low.add(a);
            aSquares = low.mul(low).add(aSquares);
            if (L == 16) {
                a = high.add(a);
                aSquares = high.mul(high).add(aSquares);
            } else {
                b = high.add(b);
                bSquares = high.mul(high).add(bSquares);
            }
        }
        a.intoArray(r, ro);
        aSquares.intoArray(r, ro + SQUARES);
        if (L == 8) {
            b.intoArray(r, ro + 4);
            bSquares.intoArray(r, ro + SQUARES + 4);
        }
        r[ro + MIN] = -min.neg().reduceLanes(VectorOperators.MAX);
        r[ro + MAX] = max.reduceLanes(VectorOperators.MAX);
        r[ro + ZEROS] = zeros - (i - finite);
        r[ro + NOT_FINITE] = i - finite;
        add(s, x, xo + i, n - i, r, ro);
    }
}
