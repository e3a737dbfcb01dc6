package dev.neurite.kernel.cpu.plane;

import static jdk.incubator.vector.FloatVector.fromArray;

import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pooling.Axis;
import dev.neurite.kernel.cpu.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// [BlockPools] through the Vector API: the lanes are channels.
final class VectorBlockPools extends BlockPools {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> I = S.vectorShape().withLanes(int.class);
    private static final int L = S.length();

    @Override
    void max(Pooling p, int i, int j, float[] x, int xo, float[] y, int yo, float[] places, int po) {
        Axis columns = p.columns();
        int width = columns.size();
        int place = p.rows().first(i) * width + columns.first(j);
        int high = (p.rows().end(i) - p.rows().first(i)) * width;
        int wide = columns.end(j) - columns.first(j);
        int below = p.rows().dilation() * width;
        int at = xo + place * BLOCK;
        for (int c = 0; c < BLOCK; c += L) {
            if (places.length > 0) {
                maxAndPlace(place, high, below, wide, columns.dilation(), x, at + c, y, yo + c, places, po + c);
            } else if (columns.end(j) - columns.first(j) == 3 && columns.dilation() == 1) {
                maxOfThree(high, below, x, at + c, y, yo + c);
            } else {
                max(high, below, wide, columns.dilation(), x, at + c, y, yo + c);
            }
        }
    }

    /// @param high the pixels from the window's first row to its end
    /// @param below the pixels from one of its rows to the next
    /// @param wide the pixels from its first column to its end
    /// @param next the pixels from one of its columns to the next
    private static void max(int high, int below, int wide, int next, float[] x, int xo, float[] y, int yo) {
        FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < high; row += below) {
            for (int pixel = row; pixel < row + wide; pixel += next) {
                most = more(fromArray(S, x, xo + pixel * BLOCK), most);
            }
        }
        most.intoArray(y, yo);
    }

    /// The same for windows of three columns, the usual ones.
    private static void maxOfThree(int high, int below, float[] x, int xo, float[] y, int yo) {
        FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        for (int row = 0; row < high; row += below) {
            int at = xo + row * BLOCK;
            most = more(fromArray(S, x, at), most);
            most = more(fromArray(S, x, at + BLOCK), most);
            most = more(fromArray(S, x, at + 2 * BLOCK), most);
        }
        most.intoArray(y, yo);
    }

    /// v where it is more than the most before it, or not a number.
    private static FloatVector more(FloatVector v, FloatVector most) {
        VectorMask<Float> more = v.compare(VectorOperators.GT, most).or(v.compare(VectorOperators.NE, v));
        return v.blend(most, more.not());
    }

    private static void maxAndPlace(
            int first,
            int high,
            int below,
            int wide,
            int next,
            float[] x,
            int xo,
            float[] y,
            int yo,
            float[] places,
            int po) {
        FloatVector most = FloatVector.broadcast(S, Float.NEGATIVE_INFINITY);
        IntVector where = IntVector.broadcast(I, first);
        for (int row = 0; row < high; row += below) {
            for (int pixel = row; pixel < row + wide; pixel += next) {
                FloatVector v = fromArray(S, x, xo + pixel * BLOCK);
                VectorMask<Float> more = v.compare(VectorOperators.GT, most).or(v.compare(VectorOperators.NE, v));
                VectorMask<Float> kept = more.not();
                most = v.blend(most, kept);
                where = IntVector.broadcast(I, first + pixel).blend(where, kept.cast(I));
            }
        }
        most.intoArray(y, yo);
        where.reinterpretAsFloats().intoArray(places, po);
    }

    @Override
    void average(Pooling p, int i, int j, float share, float[] x, int xo, float[] y, int yo) {
        Axis columns = p.columns();
        int width = columns.size() * BLOCK;
        int from = xo + p.rows().first(i) * width + columns.first(j) * BLOCK;
        int high = (p.rows().end(i) - p.rows().first(i)) * width;
        int wide = (columns.end(j) - columns.first(j)) * BLOCK;
        for (int c = 0; c < BLOCK; c += L) average(high, width, wide, share, x, from + c, y, yo + c);
    }

    private static void average(int high, int width, int wide, float share, float[] x, int xo, float[] y, int yo) {
        FloatVector sum = FloatVector.zero(S);
        for (int column = 0; column < wide; column += BLOCK) {
            FloatVector a = FloatVector.zero(S);
            for (int row = column; row < column + high; row += width)
                a = fromArray(S, x, xo + row).add(a);
            sum = a.add(sum);
        }
        FloatVector.broadcast(S, share).mul(sum).intoArray(y, yo);
    }

    @Override
    void addShares(int n, float share, float[] dy, int dyo, int step, float[] dx, int dxo, int toStep) {
        for (int c = 0; c < BLOCK; c += L) addLanes(n, share, dy, dyo + c, step, dx, dxo + c, toStep);
    }

    private static void addLanes(int n, float share, float[] dy, int dyo, int step, float[] dx, int dxo, int toStep) {
        FloatVector factor = FloatVector.broadcast(S, share);
        for (int i = 0; i < n; i++) {
            FloatVector product = factor.mul(fromArray(S, dy, dyo + i * step));
            product.add(fromArray(S, dx, dxo + i * toStep)).intoArray(dx, dxo + i * toStep);
        }
    }

    @Override
    void mean(ScalarKernels engine, float[] x, int xo, int n, float[] y, int yo) {
        for (int c = 0; c < BLOCK; c += L) mean(x, xo + c, n, y, yo + c);
    }

    /// The means of some channels. A loop for every fourth of the sixteen lanes of their sums; no lane is ever −0,
    /// so adding 0 changes none.
    private static void mean(float[] x, int xo, int n, float[] y, int yo) {
        int step = 4 * BLOCK;
        FloatVector zero = FloatVector.zero(S);
        FloatVector even = zero;
        FloatVector odd = zero;
        for (int lane = 0; lane < step; lane += BLOCK) {
            FloatVector a = zero;
            FloatVector b = zero;
            FloatVector c = zero;
            FloatVector d = zero;
            int i = lane;
            for (; i < n - 3 * step; i += 4 * step) {
                a = fromArray(S, x, xo + i).add(a);
                b = fromArray(S, x, xo + i + step).add(b);
                c = fromArray(S, x, xo + i + 2 * step).add(c);
                d = fromArray(S, x, xo + i + 3 * step).add(d);
            }
            if (i < n) a = fromArray(S, x, xo + i).add(a);
            if (i < n - step) b = fromArray(S, x, xo + i + step).add(b);
            if (i < n - 2 * step) c = fromArray(S, x, xo + i + 2 * step).add(c);
            FloatVector sum = a.add(c).add(b.add(d)).add(even);
            even = odd; // lanes 0 and 2, and lanes 1 and 3, meet
            odd = sum;
        }
        even.add(odd).div(FloatVector.broadcast(S, n / BLOCK)).intoArray(y, yo);
    }
}
