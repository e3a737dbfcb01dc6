package dev.neurite.kernel.cpu;

import static dev.neurite.kernel.cpu.VectorKernels.S;
import static dev.neurite.kernel.math.Coefficients.*;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/// The functions of [dev.neurite.kernel.ScalarMath] on vectors: the same operations in the same order, so the same
/// bits.
///
/// C2 creates about 400 nodes for an operation and 200 for a broadcast. Beyond 18,000 nodes
/// (`NodeCountInliningCutoff`) it inlines only the JDK's own methods, and a vector passed to a method that is
/// not inlined is allocated. Therefore each function calls our own methods early, the exponential last of them,
/// because it is long; a constant used twice is a local variable; and `min` and `max` are a comparison and a
/// blend, because the vector operations also treat −0. C2 compiles a function by itself before the loop that
/// calls it, and does not inline code of more than 2,500 bytes (`InlineSmallCode`). `check(S)` tells it the
/// class of the vector: the code then has about 1,000 bytes, without it up to 5,000. Constants in static fields
/// would save more nodes, but made all functions a third slower.
final class VectorMath {
    private VectorMath() {}

    static FloatVector exp(FloatVector x) {
        x.check(S);
        return expWithin(clamped(x, EXP_LOWEST, EXP_HIGHEST));
    }

    static FloatVector expm1(FloatVector x) {
        x.check(S);
        FloatVector within = clamped(x, EXP_LOWEST, EXP_HIGHEST);
        FloatVector rounder = x.broadcast(ROUNDER);
        FloatVector rounded = within.fma(x.broadcast(LOG2_E), rounder);
        FloatVector n = rounded.sub(rounder);
        FloatVector r = n.fma(x.broadcast(-LN2_LOW), n.fma(x.broadcast(-LN2_HIGH), within));
        FloatVector p = x.broadcast(E5).fma(r, x.broadcast(E4));
        p = p.fma(r, x.broadcast(E3));
        p = p.fma(r, x.broadcast(E2));
        p = p.fma(r, x.broadcast(E1));
        p = p.fma(r, x.broadcast(E0));
        FloatVector q = p.fma(r.mul(r), r);
        IntVector exponent = rounded.reinterpretAsInts().sub(rounder.reinterpretAsInts());
        IntVector half = exponent.lanewise(ASHR, 1);
        IntVector rest = exponent.sub(half);
        IntVector bias = half.broadcast(127);
        FloatVector power = half.add(bias).lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector back = bias.sub(rest).lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector factor = rest.add(bias).lanewise(LSHL, 23).reinterpretAsFloats();
        return q.fma(power, power.sub(back)).mul(factor);
    }

    /// x, clamped to `low` … `high`; NaN stays NaN.
    static FloatVector clamped(FloatVector x, float low, float high) {
        x.check(S);
        FloatVector lowest = x.broadcast(low);
        FloatVector highest = x.broadcast(high);
        FloatVector raised = x.blend(lowest, x.compare(LT, lowest));
        return raised.blend(highest, raised.compare(GT, highest));
    }

    static FloatVector expWithin(FloatVector x) {
        x.check(S);
        FloatVector rounder = x.broadcast(ROUNDER);
        FloatVector rounded = x.fma(x.broadcast(LOG2_E), rounder);
        FloatVector n = rounded.sub(rounder);
        FloatVector r = n.fma(x.broadcast(-LN2_LOW), n.fma(x.broadcast(-LN2_HIGH), x));
        FloatVector p = x.broadcast(E5).fma(r, x.broadcast(E4));
        p = p.fma(r, x.broadcast(E3));
        p = p.fma(r, x.broadcast(E2));
        p = p.fma(r, x.broadcast(E1));
        p = p.fma(r, x.broadcast(E0));
        FloatVector y = p.fma(r.mul(r), r).add(x.broadcast(1f));
        IntVector exponent = rounded.reinterpretAsInts().sub(rounder.reinterpretAsInts());
        IntVector half = exponent.lanewise(ASHR, 1);
        IntVector bias = half.broadcast(127);
        FloatVector power = half.add(bias).lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector rest = exponent.sub(half).add(bias).lanewise(LSHL, 23).reinterpretAsFloats();
        return y.mul(power).mul(rest);
    }

    static FloatVector expOfMinus(FloatVector x) {
        x.check(S);
        FloatVector minus = x.abs().neg();
        FloatVector lowest = x.broadcast(EXP_LOWEST);
        return expWithin(minus.blend(lowest, minus.compare(LT, lowest)));
    }

    static FloatVector sigmoid(FloatVector x) {
        x.check(S);
        FloatVector e = expOfMinus(x);
        FloatVector one = x.broadcast(1f);
        FloatVector sum = e.add(one);
        FloatVector lost = e.sub(sum.sub(one));
        FloatVector y = one.blend(e, x.compare(LT, 0f)).div(sum);
        return y.neg().fma(lost, y);
    }

    static FloatVector tanh(FloatVector x) {
        x.check(S);
        FloatVector absolute = x.abs();
        FloatVector twice = absolute.add(absolute);
        FloatVector highest = x.broadcast(EXP_HIGHEST);
        FloatVector e = expWithin(twice.blend(highest, twice.compare(GT, highest)));
        FloatVector one = x.broadcast(1f);
        FloatVector large = one.sub(x.broadcast(2f).div(e.add(one)));
        FloatVector square = x.mul(x);
        FloatVector p = x.broadcast(T4).fma(square, x.broadcast(T3));
        p = p.fma(square, x.broadcast(T2));
        p = p.fma(square, x.broadcast(T1));
        p = p.fma(square, x.broadcast(T0));
        FloatVector small = p.mul(square).fma(x, x);
        FloatVector y = large.blend(small, absolute.compare(LT, TANH_SMALL)).abs();
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    static FloatVector log(FloatVector x) {
        x.check(S);
        VectorMask<Float> denormal = x.compare(LT, Float.MIN_NORMAL);
        IntVector bits = x.blend(x.mul(DENORMAL_SCALE), denormal).reinterpretAsInts();
        IntVector exponent = bits.sub(LOG_LOWEST).lanewise(ASHR, 23);
        IntVector onePlusF = bits.sub(exponent.lanewise(LSHL, 23));
        FloatVector f = onePlusF.reinterpretAsFloats().sub(1f);
        FloatVector p = x.broadcast(L9).fma(f, x.broadcast(L8));
        p = p.fma(f, x.broadcast(L7));
        p = p.fma(f, x.broadcast(L6));
        p = p.fma(f, x.broadcast(L5));
        p = p.fma(f, x.broadcast(L4));
        p = p.fma(f, x.broadcast(L3));
        p = p.fma(f, x.broadcast(L2));
        p = p.fma(f, x.broadcast(L1));
        p = p.fma(f, x.broadcast(L0));
        FloatVector logOfOnePlusF = p.fma(f.mul(f), f);
        FloatVector k = (FloatVector) exponent.convert(I2F, 0);
        k = k.blend(k.sub(25f), denormal);
        FloatVector y = k.fma(x.broadcast(LN2_HIGH), k.fma(x.broadcast(LN2_LOW), logOfOnePlusF));
        FloatVector zero = x.broadcast(0f);
        FloatVector infinity = x.broadcast(Float.POSITIVE_INFINITY);
        y = x.broadcast(Float.NaN).blend(y, x.compare(GT, zero));
        y = y.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, zero));
        return y.blend(infinity, x.compare(EQ, infinity));
    }

    static FloatVector softplus(FloatVector x) {
        x.check(S);
        FloatVector e = expOfMinus(x);
        FloatVector half = x.broadcast(0.5f);
        FloatVector one = x.broadcast(1f);
        VectorMask<Float> doubled = e.compare(GT, half);
        FloatVector f = e.blend(e.sub(one).mul(half), doubled);
        FloatVector p = x.broadcast(L9).fma(f, x.broadcast(L8));
        p = p.fma(f, x.broadcast(L7));
        p = p.fma(f, x.broadcast(L6));
        p = p.fma(f, x.broadcast(L5));
        p = p.fma(f, x.broadcast(L4));
        p = p.fma(f, x.broadcast(L3));
        p = p.fma(f, x.broadcast(L2));
        p = p.fma(f, x.broadcast(L1));
        p = p.fma(f, x.broadcast(L0));
        FloatVector logOfOnePlusF = p.fma(f.mul(f), f);
        FloatVector zero = x.broadcast(0f);
        FloatVector k = zero.blend(one, doubled);
        FloatVector y = k.fma(x.broadcast(LN2_HIGH), k.fma(x.broadcast(LN2_LOW), logOfOnePlusF));
        return x.blend(zero, x.compare(LT, zero)).add(y);
    }

    static FloatVector erf(FloatVector x) {
        x.check(S);
        FloatVector absolute = x.abs();
        FloatVector four = x.broadcast(ERF_ONE);
        FloatVector t = absolute.blend(four, absolute.compare(GT, four));
        FloatVector q = x.broadcast(B6).fma(t, x.broadcast(B5));
        q = q.fma(t, x.broadcast(B4));
        q = q.fma(t, x.broadcast(B3));
        q = q.fma(t, x.broadcast(B2));
        q = q.fma(t, x.broadcast(B1));
        q = q.fma(t, x.broadcast(B0));
        FloatVector large = x.broadcast(1f).sub(expWithin(q.fma(t, t.neg())));
        FloatVector square = x.mul(x);
        FloatVector p = x.broadcast(A6).fma(square, x.broadcast(A5));
        p = p.fma(square, x.broadcast(A4));
        p = p.fma(square, x.broadcast(A3));
        p = p.fma(square, x.broadcast(A2));
        p = p.fma(square, x.broadcast(A1));
        p = p.fma(square, x.broadcast(A0));
        FloatVector small = p.fma(x, x);
        FloatVector y = large.blend(small, absolute.compare(LT, ERF_SMALL)).abs();
        IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
        return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }

    static FloatVector bell(FloatVector t) {
        t.check(S);
        return expWithin(t.mul(t).mul(-0.5f));
    }

    static FloatVector tailOverBell(FloatVector t) {
        t.check(S);
        FloatVector one = t.broadcast(1f);
        FloatVector u = one.div(t.fma(t.broadcast(NORMAL_SCALE), one));
        FloatVector p = t.broadcast(N8).fma(u, t.broadcast(N7));
        p = p.fma(u, t.broadcast(N6));
        p = p.fma(u, t.broadcast(N5));
        p = p.fma(u, t.broadcast(N4));
        p = p.fma(u, t.broadcast(N3));
        p = p.fma(u, t.broadcast(N2));
        p = p.fma(u, t.broadcast(N1));
        return p.mul(u);
    }
}
