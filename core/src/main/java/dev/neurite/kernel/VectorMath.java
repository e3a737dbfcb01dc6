package dev.neurite.kernel;

import static dev.neurite.kernel.ScalarMath.*;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The functions of [ScalarMath] on vectors: the same operations in the same order, so the same bits.
final class VectorMath {
    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        FloatVector clamped = x.max(EXP_LOWEST).min(EXP_HIGHEST);
        FloatVector rounded = clamped.fma(x.broadcast(LOG2_E), x.broadcast(ROUNDER));
        FloatVector n = rounded.sub(ROUNDER);
        FloatVector r = n.fma(x.broadcast(-LN2_LOW), n.fma(x.broadcast(-LN2_HIGH), clamped));
        FloatVector p = x.broadcast(E5).fma(r, x.broadcast(E4));
        p = p.fma(r, x.broadcast(E3));
        p = p.fma(r, x.broadcast(E2));
        p = p.fma(r, x.broadcast(E1));
        p = p.fma(r, x.broadcast(E0));
        FloatVector y = p.fma(r.mul(r), r).add(1);
        IntVector exponent = rounded.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
        IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
        return y.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
    }

    private static FloatVector powerOfTwo(IntVector n) {
        return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    static FloatVector sigmoid(FloatVector x) {
        FloatVector e = exp(x.abs().neg());
        FloatVector sum = e.add(1);
        FloatVector lost = e.sub(sum.sub(1));
        FloatVector y =
                x.broadcast(1).blend(e, x.compare(VectorOperators.LT, 0)).div(sum);
        return y.neg().fma(lost, y);
    }

    static FloatVector tanh(FloatVector x) {
        FloatVector square = x.mul(x);
        FloatVector p = x.broadcast(T4).fma(square, x.broadcast(T3));
        p = p.fma(square, x.broadcast(T2));
        p = p.fma(square, x.broadcast(T1));
        p = p.fma(square, x.broadcast(T0));
        FloatVector small = p.mul(square).fma(x, x);
        FloatVector absolute = x.abs();
        FloatVector large = x.broadcast(1)
                .sub(x.broadcast(2).div(exp(absolute.add(absolute)).add(1)));
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        FloatVector either = large.blend(small, absolute.compare(VectorOperators.LT, TANH_SMALL));
        return either.abs().reinterpretAsInts().or(sign).reinterpretAsFloats();
    }
}
