package dev.neurite.kernel.cpu.plane;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pooling.Axis;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarPools] through the Vector API, with the same bits: the lanes are neighboring windows of a
/// row.
///
/// Rows are short, so the last vector of a row may write past its end: into rows that are computed
/// later, never into rows of another thread. Windows that reach over an edge, and the last ones of
/// a thread, are computed by scalar code.
final class VectorPools extends ScalarPools {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = S.vectorShape().withLanes(int.class);
    private static final int L = S.length();

    /// Lanes 0, 2, 4, …, twice, because they are only L / 2.
    private static final VectorShuffle<Float> EVENS = VectorShuffle.fromOp(S, i -> 2 * i % L);

    private static final VectorMask<Float> UPPER =
            FloatVector.zero(S).addIndex(1).compare(VectorOperators.GE, L / 2);
    private static final IntVector INDEX = IntVector.zero(I).addIndex(1);

    /// Whether vectors are used: with a stride of 1 or 2, two vectors of pixels hold one tap of a
    /// vector of windows.
    private static boolean hasVectors(Axis columns) {
        return columns.stride() <= 2 && columns.kernel() > 0;
    }

    /// The limit of the index where a vector of windows may begin: from here on, it would read
    /// beyond the end of x.
    private static int room(Pooling p, float[] x) {
        int rows = (p.rows().kernel() - 1) * p.rows().dilation();
        int columns = (p.columns().kernel() - 1) * p.columns().dilation();
        return x.length - rows * p.columns().size() - columns - 2 * L + 1;
    }

    @Override
    void max(Pooling p, float[] x, int xo, float[] y, int yo, float[] places, int po, int planes) {
        if (!hasVectors(p.columns())) {
            super.max(p, x, xo, y, yo, places, po, planes);
            return;
        }
        int count = p.columns().count();
        int inside = p.columns().firstInside();
        int end = p.columns().endOfInside();
        int room = room(p, x);
        int left = planes * p.outArea(); // elements that this thread has still to write
        for (int plane = xo; left > 0; plane += p.area()) {
            for (int i = 0; i < p.rows().count(); i++) {
                int last = Math.min(end, left - L + 1);
                int j = p.columns().stride() == 1
                        ? max1(p, i, inside, last, room, x, plane, y, yo, places, po)
                        : max2(p, i, inside, last, room, x, plane, y, yo, places, po);
                if (inside > 0) max(p, x, plane, i, 0, inside, y, yo, places, po);
                max(p, x, plane, i, Math.min(j, end), count, y, yo, places, po);
                yo += count;
                po += count;
                left -= count;
            }
        }
    }

    /// Windows of row i from j on, with stride 1, while a vector of them begins before `end` and
    /// `room`.
    /// @return the first window that is not computed
    private static int max1(
            Pooling p, int i, int j, int end, int room, float[] x, int xo, float[] y, int yo, float[] places, int po) {
        int width = p.columns().size();
        int kernel = p.columns().kernel();
        int next = p.columns().dilation();
        int below = p.rows().dilation() * width;
        int height = (p.rows().end(i) - p.rows().first(i)) * width;
        int place = p.rows().first(i) * width + j - p.columns().before();
        for (; j < end && xo + place < room; j += L, place += L) {
            FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            IntVector where = IntVector.zero(I);
            for (int row = 0; row < height; row += below) {
                for (int k = 0, at = row; k < kernel; k++, at += next) {
                    FloatVector v = fromArray(S, x, xo + place + at);
                    VectorMask<Float> more = v.compare(VectorOperators.GT, most).or(v.compare(VectorOperators.NE, v));
                    VectorMask<Float> kept = more.not();
                    most = v.blend(most, kept);
                    where = IntVector.broadcast(I, at).blend(where, kept.cast(I));
                }
            }
            most.intoArray(y, yo + j);
            if (places.length > 0) {
                IntVector of = INDEX.add(where).add(place);
                of.reinterpretAsFloats().intoArray(places, po + j);
            }
        }
        return j;
    }

    /// The same with stride 2.
    private static int max2(
            Pooling p, int i, int j, int end, int room, float[] x, int xo, float[] y, int yo, float[] places, int po) {
        int width = p.columns().size();
        int kernel = p.columns().kernel();
        int next = p.columns().dilation();
        int below = p.rows().dilation() * width;
        int height = (p.rows().end(i) - p.rows().first(i)) * width;
        int place = p.rows().first(i) * width + 2 * j - p.columns().before();
        for (; j < end && xo + place < room; j += L, place += 2 * L) {
            FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
            IntVector where = IntVector.zero(I);
            for (int row = 0; row < height; row += below) {
                for (int k = 0, at = row; k < kernel; k++, at += next) {
                    FloatVector v = fromArray(S, x, xo + place + at)
                            .rearrange(EVENS)
                            .blend(fromArray(S, x, xo + place + at + L).rearrange(EVENS), UPPER);
                    VectorMask<Float> more = v.compare(VectorOperators.GT, most).or(v.compare(VectorOperators.NE, v));
                    VectorMask<Float> kept = more.not();
                    most = v.blend(most, kept);
                    where = IntVector.broadcast(I, at).blend(where, kept.cast(I));
                }
            }
            most.intoArray(y, yo + j);
            if (places.length > 0) {
                IntVector of = INDEX.add(INDEX).add(where).add(place);
                of.reinterpretAsFloats().intoArray(places, po + j);
            }
        }
        return j;
    }

    @Override
    void average(Pooling p, boolean padding, float[] x, int xo, float[] y, int yo, int planes) {
        if (!hasVectors(p.columns())) {
            super.average(p, padding, x, xo, y, yo, planes);
            return;
        }
        int count = p.columns().count();
        int inside = p.columns().firstInside();
        int end = p.columns().endOfInside();
        int room = room(p, x);
        int left = planes * p.outArea(); // elements that this thread has still to write
        for (int plane = xo; left > 0; plane += p.area()) {
            for (int i = 0; i < p.rows().count(); i++) {
                int last = Math.min(end, left - L + 1);
                float factor = p.share(i, inside, padding);
                int j = p.columns().stride() == 1
                        ? average1(p, i, factor, inside, last, room, x, plane, y, yo)
                        : average2(p, i, factor, inside, last, room, x, plane, y, yo);
                if (inside > 0) average(p, padding, x, plane, i, 0, inside, y, yo);
                average(p, padding, x, plane, i, Math.min(j, end), count, y, yo);
                yo += count;
                left -= count;
            }
        }
    }

    /// Windows of row i from j on, with stride 1, while a vector of them begins before `end` and
    /// `room`.
    /// @return the first window that is not computed
    private static int average1(
            Pooling p, int i, float factor, int j, int end, int room, float[] x, int xo, float[] y, int yo) {
        int width = p.columns().size();
        int kernel = p.columns().kernel();
        int height = (p.rows().end(i) - p.rows().first(i)) * width;
        int from = xo + p.rows().first(i) * width + j - p.columns().before();
        for (; j < end && from < room; j += L, from += L) {
            FloatVector sum = FloatVector.zero(S);
            for (int k = 0; k < kernel; k++) {
                FloatVector a = FloatVector.zero(S);
                for (int at = k; at < height; at += width)
                    a = fromArray(S, x, from + at).add(a);
                sum = a.add(sum);
            }
            sum.mul(factor).intoArray(y, yo + j);
        }
        return j;
    }

    /// The same with stride 2.
    private static int average2(
            Pooling p, int i, float factor, int j, int end, int room, float[] x, int xo, float[] y, int yo) {
        int width = p.columns().size();
        int kernel = p.columns().kernel();
        int height = (p.rows().end(i) - p.rows().first(i)) * width;
        int from = xo + p.rows().first(i) * width + 2 * j - p.columns().before();
        for (; j < end && from < room; j += L, from += 2 * L) {
            FloatVector sum = FloatVector.zero(S);
            for (int k = 0; k < kernel; k++) {
                FloatVector a = FloatVector.zero(S);
                FloatVector b = a;
                for (int at = k; at < height; at += width) {
                    a = fromArray(S, x, from + at).add(a);
                    b = fromArray(S, x, from + at + L).add(b);
                }
                sum = a.rearrange(EVENS).blend(b.rearrange(EVENS), UPPER).add(sum);
            }
            sum.mul(factor).intoArray(y, yo + j);
        }
        return j;
    }
}
