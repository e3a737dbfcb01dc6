package dev.neurite.kernel.cpu.plane;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// [ScalarLayouts] through the Vector API: squares of sixteen channels by sixteen pixels are transposed in
/// registers. Vectors of less than sixteen floats would need more instructions than the loops of
/// [ScalarLayouts] have.
final class VectorLayouts extends ScalarLayouts {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
    private static final int L = S.length();
    private static final int PIECE = 8; // squares whose lines stay in the L1 cache until their second half

    /// Two orders of the lanes of two vectors, each as the lanes' indices: their lower halves, interleaved,
    /// then their upper halves.
    private static final float[] ORDERS = orders();

    private static float[] orders() {
        float[] orders = new float[2 * L];
        for (int i = 0; i < orders.length; i++) orders[i] = i / 2 + i % 2 * L;
        return orders;
    }

    @Override
    public void toBlock(float[] from, int at, int pixels, float[] to, int o) {
        if (L == BLOCK && pixels >= L) squares(from, at, pixels, 1, pixels, to, o, L, L);
        else super.toBlock(from, at, pixels, to, o);
    }

    @Override
    public void toPlanes(float[] from, int at, int pixels, float[] to, int o) {
        if (L == BLOCK && pixels >= L) squares(from, at, L, L, pixels, to, o, pixels, 1);
        else super.toPlanes(from, at, pixels, to, o);
    }

    /// All squares; the last one may overlap the one before it.
    /// @param step the distance of two lines of a square; `toStep` in the result
    /// @param pixel the distance of two pixels; `toPixel` in the result
    private static void squares(
            float[] from, int at, int step, int pixel, int pixels, float[] to, int o, int toStep, int toPixel) {
        int all = pixels / L;
        for (int i = 0; i < all; i += PIECE) {
            int n = Math.min(PIECE, all - i);
            int f = at + i * L * pixel;
            int t = o + i * L * toPixel;
            half(0, n, from, f, step, L * pixel, to, t, toStep, L * toPixel);
            half(L, n, from, f, step, L * pixel, to, t, toStep, L * toPixel);
        }
        if (pixels % L == 0) return;
        int f = at + (pixels - L) * pixel;
        int t = o + (pixels - L) * toPixel;
        half(0, 1, from, f, step, 0, to, t, toStep, 0);
        half(L, 1, from, f, step, 0, to, t, toStep, 0);
    }

    /// Half of the lines of the result of n neighboring squares.
    ///
    /// Interleaving lines i and i + 8 of a square, then the results in the same way, and so on, transposes it
    /// in four rounds. The first one divides the work: its lower halves become the first eight lines.
    /// @param which 0 for the first half, [#L] for the second
    /// @param next the distance of two squares; `toNext` in the result
    private static void half(
            int which, int n, float[] from, int at, int step, int next, float[] to, int o, int toStep, int toNext) {
        FloatVector first = fromArray(S, ORDERS, which);
        FloatVector low = fromArray(S, ORDERS, 0);
        FloatVector high = fromArray(S, ORDERS, L);
        int below = 8 * step;
        int begin = o + which / 2 * toStep;
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
            t += toStep;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            aech = high.selectFrom(ae, ch);
            bgdj = high.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            ae = high.selectFrom(a, e);
            bg = high.selectFrom(b, g);
            ch = high.selectFrom(c, h);
            dj = high.selectFrom(d, j);
            aech = low.selectFrom(ae, ch);
            bgdj = low.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            high.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            aech = high.selectFrom(ae, ch);
            bgdj = high.selectFrom(bg, dj);
            low.selectFrom(aech, bgdj).intoArray(to, t);
            t += toStep;
            high.selectFrom(aech, bgdj).intoArray(to, t);
        }
    }
}
