package dev.neurite.kernel.cpu.sequence;

import java.util.ArrayList;
import java.util.List;

/// Cosines and sines of positions, computed once. Safe to use from many threads.
final class Angles {
    private static final int LEAST = 64; // positions of a table

    /// The cosines and sines of positions from 0 on, `[positions × pairs]`: of position · base^(−i/pairs).
    static final class Table {
        final float[] cosines;
        final float[] sines;
        private final double base;
        private final int pairs;

        Table(double base, int pairs, float[] cosines, float[] sines) {
            this.base = base;
            this.pairs = pairs;
            this.cosines = cosines;
            this.sines = sines;
        }

        int positions() {
            return cosines.length / pairs;
        }
    }

    private final List<Table> tables = new ArrayList<>(); // one for each base and number of pairs

    /// A table of at least this many positions.
    synchronized Table of(double base, int pairs, int positions) {
        for (int i = 0; i < tables.size(); i++) {
            Table known = tables.get(i);
            if (known.base != base || known.pairs != pairs) continue;
            if (known.positions() < positions) {
                int most = Integer.MAX_VALUE / pairs;
                known = make(base, pairs, Math.max(positions, (int) Math.min(2L * known.positions(), most)));
                tables.set(i, known);
            }
            return known;
        }
        Table made = make(base, pairs, Math.max(positions, LEAST));
        tables.add(made);
        return made;
    }

    private static Table make(double base, int pairs, int positions) {
        int size = Math.multiplyExact(positions, pairs);
        float[] cosines = new float[size];
        float[] sines = new float[size];
        for (int i = 0; i < pairs; i++) {
            double frequency = StrictMath.pow(base, -(double) i / pairs);
            for (int position = 0; position < positions; position++) {
                cosines[position * pairs + i] = (float) StrictMath.cos(position * frequency);
                sines[position * pairs + i] = (float) StrictMath.sin(position * frequency);
            }
        }
        return new Table(base, pairs, cosines, sines);
    }
}
