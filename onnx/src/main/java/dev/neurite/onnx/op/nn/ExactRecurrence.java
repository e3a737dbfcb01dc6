package dev.neurite.onnx.op.nn;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.value.Value;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Computes a [Recurrence] with any of its settings, in double precision.
final class ExactRecurrence {
    private final Recurrence of;
    private final int direction;
    private final int units;
    private final double[] w; // [gates·units × inputs], in the file's order of gates
    private final double[] r; // [gates·units × units]
    private final double[] biases; // of w and then of r
    private final double[] p; // peepholes of i, o and f
    private final double[] x;
    private final double[] ofInputs; // a step's products with w, for all gates
    private final double[] ofStates; // with r
    private double[] h;
    private double[] c;

    private ExactRecurrence(Recurrence of, int direction, Value[] in) {
        this.of = of;
        this.direction = direction;
        units = of.units();
        int all = of.kind().gates() * units;
        w = part(in, Recurrence.W, direction, all * of.inputs());
        r = part(in, Recurrence.R, direction, all * units);
        biases = part(in, Recurrence.B, direction, 2 * all);
        p = part(in, Recurrence.P, direction, 3 * units);
        x = new double[of.inputs()];
        ofInputs = new double[all];
        ofStates = new double[all];
        h = new double[units];
        c = new double[units];
    }

    /// All sequences.
    static void run(Recurrence of, Value[] in, Value[] out) {
        int[] lengths = of.lengths(in);
        if (out[0] != null) { // what comes after the ends of sequences stays 0
            Elements.DoubleWriter y = Elements.doubleWriter(out[0]);
            for (int i = 0; i < out[0].size(); i++) y.set(i, 0);
        }
        for (int direction = 0; direction < of.directions(); direction++) {
            var one = new ExactRecurrence(of, direction, in);
            for (int row = 0; row < of.batch(); row++) one.run(in, out, row, lengths[row]);
        }
    }

    /// The part of an input that belongs to a direction; zeros if it is not given.
    private static double[] part(Value[] in, int input, int direction, int size) {
        double[] part = new double[size];
        Value given = Work.optional(in, input);
        if (given != null) read(given, direction * size, part);
        return part;
    }

    private static void read(Value from, int at, double[] to) {
        Elements.Doubles all = Elements.doubles(from);
        for (int i = 0; i < to.length; i++) to[i] = all.get(at + i);
    }

    private static void write(double[] from, @Nullable Value to, int at) {
        if (to == null) return;
        Elements.DoubleWriter all = Elements.doubleWriter(to);
        for (int i = 0; i < from.length; i++) all.set(at + i, from[i]);
    }

    private void run(Value[] in, Value[] out, int row, int length) {
        h = initial(in, Recurrence.INITIAL_H, row);
        c = initial(in, Recurrence.INITIAL_C, row);
        for (int step = 0; step < length; step++) {
            int time = of.isBackward(direction) ? length - 1 - step : step;
            read(in[0], of.input(row, time), x);
            multiply(w, x, 0, ofInputs);
            multiply(r, h, ofInputs.length, ofStates);
            switch (of.kind()) {
                case RNN -> rnn();
                case GRU -> gru();
                case LSTM -> lstm();
            }
            write(h, out[0], of.output(direction, row, time));
        }
        write(h, Work.optional(out, 1), of.state(direction, row));
        write(c, Work.optional(out, 2), of.state(direction, row));
    }

    private double[] initial(Value[] in, int input, int row) {
        double[] state = new double[units];
        Value given = Work.optional(in, input);
        if (given != null) read(given, of.state(direction, row), state);
        return state;
    }

    /// The products of rows of a matrix with a vector, and the biases.
    private void multiply(double[] matrix, double[] vector, int bias, double[] products) {
        for (int i = 0; i < products.length; i++) products[i] = biases[bias + i] + dot(matrix, i, vector);
    }

    private static double dot(double[] matrix, int row, double[] vector) {
        double sum = 0;
        for (int j = 0; j < vector.length; j++) sum += matrix[row * vector.length + j] * vector[j];
        return sum;
    }

    private double activated(int function, double z) {
        DoubleUnaryOperator f = of.functions().get(direction * of.kind().usual.size() + function);
        return f.applyAsDouble(Math.max(-of.clip(), Math.min(of.clip(), z)));
    }

    /// A gate before its activation.
    private double gate(int gate, int unit) {
        return ofInputs[gate * units + unit] + ofStates[gate * units + unit];
    }

    private void rnn() {
        for (int k = 0; k < units; k++) h[k] = activated(0, gate(0, k));
    }

    private void gru() {
        double[] update = new double[units];
        double[] reset = new double[units];
        double[] kept = new double[units]; // r∘h
        for (int k = 0; k < units; k++) {
            update[k] = activated(0, gate(0, k));
            reset[k] = activated(0, gate(1, k));
            kept[k] = reset[k] * h[k];
        }
        int candidates = 2 * units;
        int ofR = ofInputs.length + candidates; // the biases of their products with r
        double[] next = new double[units];
        for (int k = 0; k < units; k++) {
            double state = of.resetsAfter()
                    ? reset[k] * ofStates[candidates + k]
                    : dot(r, candidates + k, kept) + biases[ofR + k];
            double candidate = activated(1, ofInputs[candidates + k] + state);
            next[k] = (1 - update[k]) * candidate + update[k] * h[k];
        }
        h = next;
    }

    private void lstm() {
        double[] next = Arrays.copyOf(c, units);
        for (int k = 0; k < units; k++) {
            double input = activated(0, gate(0, k) + p[k] * c[k]);
            double forget = of.coupled() ? 1 - input : activated(0, gate(2, k) + p[2 * units + k] * c[k]);
            next[k] = forget * c[k] + input * activated(1, gate(3, k));
            double output = activated(0, gate(1, k) + p[units + k] * next[k]);
            DoubleUnaryOperator ofCell =
                    of.functions().get(direction * of.kind().usual.size() + 2);
            h[k] = output * ofCell.applyAsDouble(next[k]);
        }
        c = next;
    }
}
