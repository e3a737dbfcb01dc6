package dev.neurite.kernel.cpu;

import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Measures the peak performance of one thread: a loop of `fma` on registers, in independent chains.
public final class FmaPeak {
    private static final int CHAINS = 12; // more than latency × units, and few enough for 16 registers
    private static final int ROUND = 10_000;

    private FmaPeak() {}

    /// Measures the peak of the calling thread, see [dev.neurite.kernel.Kernels#peakGflops].
    /// @param vectors whether to use vectors or scalars
    public static double gflops(double seconds, boolean vectors) {
        if (!(seconds > 0 && seconds <= 60)) {
            throw new ConfigException("seconds", "expects a number above 0 and up to 60, got " + seconds);
        }
        double operations = 2.0 * CHAINS * ROUND * (vectors ? Vectors.S.length() : 1);
        float[] sink = new float[CHAINS * (vectors ? Vectors.S.length() : 1)];
        List<Long> rounds = new ArrayList<>(); // nanoseconds; few of them before the loop is compiled
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (long start = System.nanoTime(); start < end; ) {
            if (vectors) Vectors.round(sink);
            else numbers(sink);
            long now = System.nanoTime();
            rounds.add(now - start);
            start = now;
        }
        Collections.sort(rounds);
        return operations / Math.max(1, rounds.get(rounds.size() / 2));
    }

    /// Repeats x ← x·a + b, which converges to b / (1 − a), so that numbers neither grow nor vanish.
    private static void numbers(float[] sink) {
        float a = 0.9f;
        float b = 0.1f;
        float x0 = sink[0];
        float x1 = sink[1];
        float x2 = sink[2];
        float x3 = sink[3];
        float x4 = sink[4];
        float x5 = sink[5];
        float x6 = sink[6];
        float x7 = sink[7];
        float x8 = sink[8];
        float x9 = sink[9];
        float xa = sink[10];
        float xb = sink[11];
        for (int i = 0; i < ROUND; i++) {
            x0 = Math.fma(x0, a, b);
            x1 = Math.fma(x1, a, b);
            x2 = Math.fma(x2, a, b);
            x3 = Math.fma(x3, a, b);
            x4 = Math.fma(x4, a, b);
            x5 = Math.fma(x5, a, b);
            x6 = Math.fma(x6, a, b);
            x7 = Math.fma(x7, a, b);
            x8 = Math.fma(x8, a, b);
            x9 = Math.fma(x9, a, b);
            xa = Math.fma(xa, a, b);
            xb = Math.fma(xb, a, b);
        }
        sink[0] = x0;
        sink[1] = x1;
        sink[2] = x2;
        sink[3] = x3;
        sink[4] = x4;
        sink[5] = x5;
        sink[6] = x6;
        sink[7] = x7;
        sink[8] = x8;
        sink[9] = x9;
        sink[10] = xa;
        sink[11] = xb;
    }

    /// The same on vectors, in a separate class, which is not loaded without the Vector API.
    private static final class Vectors {
        private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

        private static void round(float[] sink) {
            int l = S.length();
            FloatVector a = FloatVector.broadcast(S, 0.9f);
            FloatVector b = FloatVector.broadcast(S, 0.1f);
            FloatVector x0 = FloatVector.fromArray(S, sink, 0);
            FloatVector x1 = FloatVector.fromArray(S, sink, l);
            FloatVector x2 = FloatVector.fromArray(S, sink, 2 * l);
            FloatVector x3 = FloatVector.fromArray(S, sink, 3 * l);
            FloatVector x4 = FloatVector.fromArray(S, sink, 4 * l);
            FloatVector x5 = FloatVector.fromArray(S, sink, 5 * l);
            FloatVector x6 = FloatVector.fromArray(S, sink, 6 * l);
            FloatVector x7 = FloatVector.fromArray(S, sink, 7 * l);
            FloatVector x8 = FloatVector.fromArray(S, sink, 8 * l);
            FloatVector x9 = FloatVector.fromArray(S, sink, 9 * l);
            FloatVector xa = FloatVector.fromArray(S, sink, 10 * l);
            FloatVector xb = FloatVector.fromArray(S, sink, 11 * l);
            for (int i = 0; i < ROUND; i++) {
                x0 = a.fma(x0, b);
                x1 = a.fma(x1, b);
                x2 = a.fma(x2, b);
                x3 = a.fma(x3, b);
                x4 = a.fma(x4, b);
                x5 = a.fma(x5, b);
                x6 = a.fma(x6, b);
                x7 = a.fma(x7, b);
                x8 = a.fma(x8, b);
                x9 = a.fma(x9, b);
                xa = a.fma(xa, b);
                xb = a.fma(xb, b);
            }
            x0.intoArray(sink, 0);
            x1.intoArray(sink, l);
            x2.intoArray(sink, 2 * l);
            x3.intoArray(sink, 3 * l);
            x4.intoArray(sink, 4 * l);
            x5.intoArray(sink, 5 * l);
            x6.intoArray(sink, 6 * l);
            x7.intoArray(sink, 7 * l);
            x8.intoArray(sink, 8 * l);
            x9.intoArray(sink, 9 * l);
            xa.intoArray(sink, 10 * l);
            xb.intoArray(sink, 11 * l);
        }
    }
}
