package dev.neurite.kernel.cpu.sequence;

import dev.neurite.kernel.PositionKernels.Rotation;
import java.util.ArrayList;
import java.util.List;

/// Cosines and sines of positions, computed once. Safe to use from many threads.
final class Angles {
    private static final int LEAST = 64; // positions of a table

    /// The cosines and sines of positions from 0 on, `[positions × pairs]`: of position · base^(−i/pairs) / divisor
    /// i, times the magnitude.
    static final class Table {
        final float[] cosines;
        final float[] sines;
        private final Rotation of;
        private final int pairs;

        Table(Rotation of, float[] cosines, float[] sines) {
            this.of = of;
            this.pairs = of.turned() / 2;
            this.cosines = cosines;
            this.sines = sines;
        }

        int positions() {
            return cosines.length / pairs;
        }
    }

    private final List<Table> tables = new ArrayList<>(); // one for each rotation

    /// A table of at least this many positions.
    synchronized Table of(Rotation rotation, int positions) {
        for (int i = 0; i < tables.size(); i++) {
            Table known = tables.get(i);
            if (!known.of.equals(rotation)) continue;
            if (known.positions() < positions) {
                int most = Integer.MAX_VALUE / known.pairs;
                known = make(rotation, Math.max(positions, (int) Math.min(2L * known.positions(), most)));
                tables.set(i, known);
            }
            return known;
        }
        Table made = make(rotation, Math.max(positions, LEAST));
        tables.add(made);
        return made;
    }

    private static Table make(Rotation of, int positions) {
        int pairs = of.turned() / 2;
        int size = Math.multiplyExact(positions, pairs);
        float[] cosines = new float[size];
        float[] sines = new float[size];
        for (int i = 0; i < pairs; i++) {
            double frequency = StrictMath.pow(of.base(), -(double) i / pairs);
            if (!of.divisors().isEmpty()) frequency /= of.divisors().get(i);
            for (int position = 0; position < positions; position++) {
                cosines[position * pairs + i] = (float) (of.magnitude() * StrictMath.cos(position * frequency));
                sines[position * pairs + i] = (float) (of.magnitude() * StrictMath.sin(position * frequency));
            }
        }
        return new Table(of, cosines, sines);
    }
}
