package dev.neurite.kernel.cpu;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// Copies lines to columns, through the Vector API: squares as wide as a vector of eight or sixteen floats are
/// transposed in registers. Other vectors take a loop over eight lines.
public final class Transposition {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    /// Elements of a line: pieces of sixteen lines stay in the L1 cache until the second half of a square.
    private static final int PIECE = 128;

    /// Two orders of the lanes of two vectors, each as the lanes' indices: their lower halves, interleaved,
    /// then their upper halves.
    private static final float[] ORDERS = orders();

    // The upper halves of eight, four and two lanes, and orders in which they change places with the lower ones.
    private static final VectorMask<Float> UPPER_4 = VectorMask.fromLong(S, 0xf0);
    private static final VectorMask<Float> UPPER_2 = VectorMask.fromLong(S, 0xcc);
    private static final VectorMask<Float> UPPER_1 = VectorMask.fromLong(S, 0xaa);
    private static final VectorShuffle<Float> SWAP_2 = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorShuffle<Float> SWAP_1 = VectorShuffle.fromOp(S, i -> i ^ 1);

    private Transposition() {}

    private static float[] orders() {
        float[] orders = new float[2 * L];
        for (int i = 0; i < orders.length; i++) orders[i] = i / 2 + i % 2 * L;
        return orders;
    }

    /// Element k of line l goes to `to[o + k * width + l]`.
    /// @param step the distance between two lines, at least 1
    /// @param lines the number of lines, at most `width`
    /// @param length the number of elements of a line
    public static void transpose(float[] from, int at, int step, int lines, int length, float[] to, int o, int width) {
        if ((L != 8 && L != 16) || lines < L || length < L) {
            loops(from, at, step, lines, length, to, o, width);
        } else if (length < 2 * L) {
            for (int k = 0; k < length; k += L) {
                int first = Math.min(k, length - L); // the last squares may overlap those before
                for (int l = 0; l < lines; l += PIECE) {
                    int n = Math.min(PIECE, lines - l);
                    squares(n, from, at + l * step + first, step, step, to, o + first * width + l, width, 1);
                }
            }
        } else {
            for (int k = 0; k < length; k += PIECE) {
                int n = Math.min(PIECE, length - k);
                for (int l = 0; l < lines; l += L) {
                    int first = Math.min(l, lines - L);
                    squares(n, from, at + first * step + k, step, 1, to, o + k * width + first, width, width);
                }
            }
        }
    }

    /// A row or a column of squares with n lines or elements; the last square may overlap the one before it.
    /// @param next the distance between two of them; `toNext` in the result
    private static void squares(
            int n, float[] from, int at, int step, int next, float[] to, int o, int width, int toNext) {
        some(n / L, from, at, step, L * next, to, o, width, L * toNext);
        int last = n - L;
        if (n % L != 0) some(1, from, at + last * next, step, 0, to, o + last * toNext, width, 0);
    }

    /// Neighboring squares.
    /// @param next the distance between two of them; `toNext` in the result
    private static void some(
            int n, float[] from, int at, int step, int next, float[] to, int o, int width, int toNext) {
        if (L == 8) {
            eights(n, from, at, step, next, to, o, width, toNext);
        } else {
            half(0, n, from, at, step, next, to, o, width, toNext);
            half(L, n, from, at, step, next, to, o, width, toNext);
        }
    }

    /// Squares of eight by eight floats, one half of the result after the other. Halves of lines i and i + 4 change
    /// places, which is a matter of where they are read, then quarters of lines i and i + 2, then neighbors
    /// of i and i + 1 (Eklundh 1972, "A Fast Computer Method for Matrix Transposing").
    private static void eights(
            int n, float[] from, int at, int step, int next, float[] to, int o, int width, int toNext) {
        for (int i = 0; i < 2 * n; i++) {
            int f = at + i / 2 * next + i % 2 * 4;
            int below = f + 4 * step - 4;
            int t = o + i / 2 * toNext + i % 2 * 4 * width;
            FloatVector a = fromArray(S, from, f).blend(fromArray(S, from, below), UPPER_4);
            f += step;
            below += step;
            FloatVector b = fromArray(S, from, f).blend(fromArray(S, from, below), UPPER_4);
            f += step;
            below += step;
            FloatVector c = fromArray(S, from, f).blend(fromArray(S, from, below), UPPER_4);
            f += step;
            below += step;
            FloatVector d = fromArray(S, from, f).blend(fromArray(S, from, below), UPPER_4);
            FloatVector ac = a.blend(c.rearrange(SWAP_2), UPPER_2);
            FloatVector ca = a.rearrange(SWAP_2).blend(c, UPPER_2);
            FloatVector bd = b.blend(d.rearrange(SWAP_2), UPPER_2);
            FloatVector db = b.rearrange(SWAP_2).blend(d, UPPER_2);
            ac.blend(bd.rearrange(SWAP_1), UPPER_1).intoArray(to, t);
            t += width;
            ac.rearrange(SWAP_1).blend(bd, UPPER_1).intoArray(to, t);
            t += width;
            ca.blend(db.rearrange(SWAP_1), UPPER_1).intoArray(to, t);
            t += width;
            ca.rearrange(SWAP_1).blend(db, UPPER_1).intoArray(to, t);
        }
    }

    /// Half of the lines of the result of n neighboring squares.
    ///
    /// Interleaving lines i and i + 8 of a square, then the results in the same way, and so on, transposes it
    /// in four rounds. The first one divides the work: its lower halves become the first eight lines.
    /// @param which 0 for the first half, [#L] for the second
    /// @param next the distance between two squares; `toNext` in the result
    private static void half(
            int which, int n, float[] from, int at, int step, int next, float[] to, int o, int width, int toNext) {
        FloatVector first = fromArray(S, ORDERS, which);
        FloatVector low = fromArray(S, ORDERS, 0);
        FloatVector high = fromArray(S, ORDERS, L);
        int below = 8 * step;
        int begin = o + which / 2 * width;
        for (int i = 0; i < n; i++) {
            int f = at + i * next;
            int t = begin + i * toNext;
            FloatVector a = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector b = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector c = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector d = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector e = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector g = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector h = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            f += step;
            FloatVector j = first.selectFrom(fromArray(S, from, f), fromArray(S, from, f + below));
            FloatVector ae = low.selectFrom(a, e);
            FloatVector bg = low.selectFrom(b, g);
            FloatVector ch = low.selectFrom(c, h);
            FloatVector dj = low.selectFrom(d, j);
            FloatVector aech = low.selectFrom(ae, ch);
            FloatVector bgdj = low.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            aech = high.selectFrom(ae, ch);
            bgdj = high.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            ae = high.selectFrom(a, e);
            bg = high.selectFrom(b, g);
            ch = high.selectFrom(c, h);
            dj = high.selectFrom(d, j);
            aech = low.selectFrom(ae, ch);
            bgdj = low.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            aech = high.selectFrom(ae, ch);
            bgdj = high.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += width;
            high.selectFrom(aech, bgdj).intoArray(to, t);
        }
    }

    /// Eight lines at a time, in pieces that stay in the L1 cache.
    private static void loops(float[] from, int at, int step, int lines, int length, float[] to, int o, int width) {
        for (int k = 0; k < length; k += PIECE / 2) {
            int n = Math.min(PIECE / 2, length - k);
            int f = at + k;
            int t = o + k * width;
            int l = 0;
            for (; l <= lines - 8; l += 8) eightLines(from, f + l * step, step, n, to, t + l, width);
            for (; l < lines; l++) oneLine(from, f + l * step, n, to, t + l, width);
        }
    }

    private static void oneLine(float[] from, int at, int length, float[] to, int o, int width) {
        for (int k = 0; k < length; k++) to[o + k * width] = from[at + k];
    }

    private static void eightLines(float[] from, int at, int step, int length, float[] to, int o, int width) {
        for (int k = 0; k < length; k++) {
            int f = at + k;
            int t = o + k * width;
            to[t] = from[f];
            to[t + 1] = from[f + step];
            to[t + 2] = from[f + 2 * step];
            to[t + 3] = from[f + 3 * step];
            to[t + 4] = from[f + 4 * step];
            to[t + 5] = from[f + 5 * step];
            to[t + 6] = from[f + 6 * step];
            to[t + 7] = from[f + 7 * step];
        }
    }
}
