package dev.neurite.kernel.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Interleaving and deinterleaving of vectors, for windows of stride 2 and for transposes.
public final class Pairs {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();

    private static final VectorShuffle<Float> FIRSTS = VectorShuffle.fromOp(S, i -> 2 * i % L);
    private static final VectorShuffle<Float> SECONDS = VectorShuffle.fromOp(S, i -> 2 * i % L + 1);
    private static final VectorShuffle<Float> LOW = VectorShuffle.fromOp(S, i -> i / 2);
    private static final VectorShuffle<Float> HIGH = VectorShuffle.fromOp(S, i -> i / 2 + L / 2);
    private static final VectorMask<Float> UPPER_HALF = mask(L / 2, 1);
    private static final VectorMask<Float> ODD = mask(1, 2);

    private Pairs() {}

    /// A mask of every `step`-th lane from `begin` on.
    private static VectorMask<Float> mask(int begin, int step) {
        boolean[] lanes = new boolean[L];
        for (int i = begin; i < L; i += step) lanes[i] = true;
        return VectorMask.fromArray(S, lanes, 0);
    }

    /// The elements with even index of two vectors' worth of elements.
    public static FloatVector firsts(float[] from, int at) {
        return firsts(FloatVector.fromArray(S, from, at), FloatVector.fromArray(S, from, at + L));
    }

    /// The lanes with even index of a, then of b.
    public static FloatVector firsts(FloatVector a, FloatVector b) {
        return a.rearrange(FIRSTS).blend(b.rearrange(FIRSTS), UPPER_HALF);
    }

    /// The lanes with odd index of a, then of b.
    public static FloatVector seconds(FloatVector a, FloatVector b) {
        return a.rearrange(SECONDS).blend(b.rearrange(SECONDS), UPPER_HALF);
    }

    /// Interleaves n elements of a and b, in each of several rows.
    /// @param as the distance between rows in a; `bs` in b, `step` in the result
    public static void join(
            float[] a, int ao, int as, float[] b, int bo, int bs, int n, int rows, float[] to, int o, int step) {
        for (int i = 0; i < rows; i++) {
            int f = ao + i * as;
            int g = bo + i * bs;
            int t = o + i * step;
            int j = 0;
            for (; j <= n - L; j += L) {
                FloatVector first = FloatVector.fromArray(S, a, f + j);
                FloatVector second = FloatVector.fromArray(S, b, g + j);
                low(first, second).intoArray(to, t + 2 * j);
                high(first, second).intoArray(to, t + 2 * j + L);
            }
            for (; j < n; j++) {
                to[t + 2 * j] = a[f + j];
                to[t + 2 * j + 1] = b[g + j];
            }
        }
    }

    /// Interleaves the lower halves.
    public static FloatVector low(FloatVector first, FloatVector second) {
        return first.rearrange(LOW).blend(second.rearrange(LOW), ODD);
    }

    /// Interleaves the upper halves.
    public static FloatVector high(FloatVector first, FloatVector second) {
        return first.rearrange(HIGH).blend(second.rearrange(HIGH), ODD);
    }

    /// Transposes eight lines: element k of line l goes to `to[o + 8 * k + l]`. The two halves are
    /// written out: as a method they are too long to be always inlined, and then each vector is an
    /// object (a third of the speed).
    public static void transposeEight(float[] from, int at, int step, int length, float[] to, int o) {
        int k = 0;
        for (; k <= length - L; k += L) {
            int f = at + k;
            int t = o + 8 * k;
            FloatVector a = FloatVector.fromArray(S, from, f);
            FloatVector b = FloatVector.fromArray(S, from, f + step);
            FloatVector c = FloatVector.fromArray(S, from, f + 2 * step);
            FloatVector d = FloatVector.fromArray(S, from, f + 3 * step);
            FloatVector e = FloatVector.fromArray(S, from, f + 4 * step);
            FloatVector g = FloatVector.fromArray(S, from, f + 5 * step);
            FloatVector h = FloatVector.fromArray(S, from, f + 6 * step);
            FloatVector i = FloatVector.fromArray(S, from, f + 7 * step);
            FloatVector ae = low(a, e);
            FloatVector bg = low(b, g);
            FloatVector ch = low(c, h);
            FloatVector di = low(d, i);
            FloatVector aech = low(ae, ch);
            FloatVector bgdi = low(bg, di);
            low(aech, bgdi).intoArray(to, t);
            high(aech, bgdi).intoArray(to, t + L);
            aech = high(ae, ch);
            bgdi = high(bg, di);
            low(aech, bgdi).intoArray(to, t + 2 * L);
            high(aech, bgdi).intoArray(to, t + 3 * L);
            ae = high(a, e);
            bg = high(b, g);
            ch = high(c, h);
            di = high(d, i);
            aech = low(ae, ch);
            bgdi = low(bg, di);
            low(aech, bgdi).intoArray(to, t + 4 * L);
            high(aech, bgdi).intoArray(to, t + 5 * L);
            aech = high(ae, ch);
            bgdi = high(bg, di);
            low(aech, bgdi).intoArray(to, t + 6 * L);
            high(aech, bgdi).intoArray(to, t + 7 * L);
        }
        for (; k < length; k++) {
            for (int l = 0; l < 8; l++) to[o + 8 * k + l] = from[at + l * step + k];
        }
    }

    /// Transposes four lines: element k of line l goes to `to[o + 4 * k + l]`.
    public static void transposeFour(float[] from, int at, int step, int length, float[] to, int o) {
        int k = 0;
        for (; k <= length - L; k += L) {
            FloatVector a = FloatVector.fromArray(S, from, at + k);
            FloatVector b = FloatVector.fromArray(S, from, at + step + k);
            FloatVector c = FloatVector.fromArray(S, from, at + 2 * step + k);
            FloatVector d = FloatVector.fromArray(S, from, at + 3 * step + k);
            FloatVector ac = low(a, c);
            FloatVector bd = low(b, d);
            low(ac, bd).intoArray(to, o + 4 * k);
            high(ac, bd).intoArray(to, o + 4 * k + L);
            ac = high(a, c);
            bd = high(b, d);
            low(ac, bd).intoArray(to, o + 4 * k + 2 * L);
            high(ac, bd).intoArray(to, o + 4 * k + 3 * L);
        }
        for (; k < length; k++) {
            for (int l = 0; l < 4; l++) to[o + 4 * k + l] = from[at + l * step + k];
        }
    }
}
