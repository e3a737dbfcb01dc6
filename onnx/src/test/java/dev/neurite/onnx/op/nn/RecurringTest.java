package dev.neurite.onnx.op.nn;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecurringTest {
    private static final int INPUTS = 3;
    private static final int UNITS = 5;

    private static Value doubles(Random random, int... extents) {
        double[] all = random.doubles(Shape.of(extents).size(), -1, 1).toArray();
        for (int i = 0; i < all.length; i++) all[i] = (float) all[i];
        return Value.of(Shape.of(extents), all);
    }

    private static @Nullable Value asFloats(@Nullable Value value) {
        if (value == null || value.type() != dev.neurite.onnx.value.ElementType.DOUBLE) return value;
        float[] all = new float[value.size()];
        for (int i = 0; i < all.length; i++) all[i] = (float) value.number(i);
        return Value.of(value.shape(), all);
    }

    private static void assertSame(Value actual, Value expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.number(i)).as("element %d", i).isCloseTo(expected.number(i), within(2e-6));
        }
    }

    /// Floats, by kernels, against doubles, by the definition: all directions, layouts and inputs, constant weights
    /// or not.
    @ParameterizedTest
    @ValueSource(strings = {"RNN", "GRU", "LSTM"})
    void kernelsGiveWhatTheDefinitionGives(String name) {
        var random = new Random(7);
        int gates = name.equals("RNN") ? 1 : name.equals("GRU") ? 3 : 4;
        for (int i = 0; i < 96; i++) {
            int directions = i % 3 == 2 ? 2 : 1;
            boolean batchFirst = i / 3 % 2 == 1;
            int batch = i / 6 % 2 == 0 ? 1 : 4;
            int time = 6;
            Ops op = op(name, 22)
                    .with(
                            "direction",
                            List.of("forward", "reverse", "bidirectional").get(i % 3))
                    .integer("layout", batchFirst ? 1 : 0)
                    .integer("hidden_size", UNITS)
                    .integer("linear_before_reset", i / 12 % 2)
                    .outputs(name.equals("LSTM") ? 3 : 2);
            boolean more = i / 24 % 2 == 1;
            int[] states = batchFirst ? new int[] {batch, directions, UNITS} : new int[] {directions, batch, UNITS};
            @Nullable
            Value[] in = {
                batchFirst ? doubles(random, batch, time, INPUTS) : doubles(random, time, batch, INPUTS),
                doubles(random, directions, gates * UNITS, INPUTS),
                doubles(random, directions, gates * UNITS, UNITS),
                more ? doubles(random, directions, 2 * gates * UNITS) : null,
                more ? Value.of(shape(batch), random.ints(batch, 1, time + 1).toArray()) : null,
                more ? doubles(random, states) : null,
                more && name.equals("LSTM") ? doubles(random, states) : null
            };
            if (!name.equals("LSTM")) in = java.util.Arrays.copyOf(in, 6);
            @Nullable Value[] floats = new Value[in.length];
            for (int j = 0; j < in.length; j++) floats[j] = asFloats(in[j]);
            Value[] exact = op.runAll(in);
            Value[] fast = (i / 48 == 0 ? op : op.constants(1, 2, 3)).runAll(floats);
            for (int j = 0; j < exact.length; j++) assertSame(fast[j], exact[j]);
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /// Two steps of one unit, by hand.
    @Test
    void computesAnLstm() {
        Value x = Value.of(shape(2, 1, 1), 0.5, -1.0);
        Value w = Value.of(shape(1, 4, 1), 0.1, 0.2, 0.3, 0.4); // i, o, f, c
        Value r = Value.of(shape(1, 4, 1), 0.5, 0.6, 0.7, 0.8);
        Value b = Value.of(shape(1, 8), 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08);
        Value p = Value.of(shape(1, 3), 0.9, 1.0, 1.1); // i, o, f
        double h = 0.2;
        double c = -0.3;
        Value[] y = op("LSTM", 14)
                .outputs(3)
                .runAll(x, w, r, b, null, Value.of(shape(1, 1, 1), h), Value.of(shape(1, 1, 1), c), p);
        for (int t = 0; t < 2; t++) {
            double in = x.number(t);
            double i = sigmoid(0.1 * in + 0.5 * h + 0.06 + 0.9 * c);
            double f = sigmoid(0.3 * in + 0.7 * h + 0.10 + 1.1 * c);
            double g = Math.tanh(0.4 * in + 0.8 * h + 0.12);
            c = f * c + i * g;
            double o = sigmoid(0.2 * in + 0.6 * h + 0.08 + 1.0 * c);
            h = o * Math.tanh(c);
            assertThat(y[0].number(t)).isCloseTo(h, within(1e-12));
        }
        assertThat(y[1].number(0)).isCloseTo(h, within(1e-12));
        assertThat(y[2].number(0)).isCloseTo(c, within(1e-12));
    }

    @Test
    void couplesGatesAndClips() {
        Value x = Value.of(shape(1, 1, 1), 5f);
        Value w = Value.of(shape(1, 4, 1), 1f, 1, 1, 1);
        Value r = Value.of(shape(1, 4, 1), 0f, 0, 0, 0);
        Value c0 = Value.of(shape(1, 1, 1), 0.5f);
        Value[] y = op("LSTM", 14)
                .integer("input_forget", 1)
                .with("clip", 2f)
                .outputs(3)
                .runAll(x, w, r, null, null, null, c0);
        double gate = sigmoid(2);
        double c = (1 - gate) * 0.5 + gate * Math.tanh(2);
        assertThat(y[2].number(0)).isCloseTo(c, within(1e-6));
        assertThat(y[1].number(0)).isCloseTo(gate * Math.tanh(c), within(1e-6));
    }

    @Test
    void takesActivationsWithTheirSettings() {
        Value x = Value.of(shape(1, 1, 1), -3f);
        Value w = Value.of(shape(2, 1, 1), 1f, 1);
        Value r = Value.of(shape(2, 1, 1), 0f, 0);
        Ops op = op("RNN", 14).with("direction", "bidirectional");
        Value y = op.with("activations", List.of("LeakyRelu", "Affine"))
                .with("activation_alpha", List.of(0.5f, 2f))
                .with("activation_beta", List.of(1f))
                .run(x, w, r);
        assertThat(y.floats()).containsExactly(-1.5f, -5);
        y = op.with("activations", List.of("relu", "HardSigmoid")).run(x, w, r);
        assertThat(y.number(0)).isZero();
        assertThat(y.number(1)).isZero();
        y = op.with("activations", List.of("ScaledTanh", "Softsign")).run(x, w, r);
        assertThat(y.number(0)).isCloseTo(Math.tanh(-3), within(1e-6));
        assertThat(y.number(1)).isCloseTo(-0.75, within(1e-6));
    }

    @Test
    void aSequenceMayBeEmpty() {
        Value x = Value.of(shape(2, 2, 1), 1f, 2, 3, 4);
        Value w = Value.of(shape(1, 1, 1), 1f);
        Value h0 = Value.of(shape(1, 2, 1), 0.5f, 0.25f);
        Value[] y = op("RNN", 14).outputs(2).runAll(x, w, w, null, Value.of(shape(2), 0, 1), h0);
        assertThat(y[0].number(0)).isZero();
        assertThat(y[0].number(1)).isCloseTo(Math.tanh(2.25), within(1e-6));
        assertThat(y[0].number(2)).isZero();
        assertThat(y[0].number(3)).isZero();
        assertThat(y[1].number(0)).isEqualTo(0.5);
        Value[] none = op("RNN", 14).outputs(2).runAll(Value.of(shape(0, 2, 1), new float[0]), w, w, null, null, h0);
        assertThat(none[0].shape()).isEqualTo(shape(0, 1, 2, 1));
        assertThat(none[1]).isEqualTo(h0);
    }

    @Test
    void outputsThatNobodyWantsAreNotWritten() {
        Value x = Value.of(shape(2, 1, 1), 1f, 2);
        Value w = Value.of(shape(1, 4, 1), 1f, 1, 1, 1);
        Value[] all = op("LSTM", 14).outputs(3).runAll(x, w, w);
        for (Ops op :
                List.of(op("LSTM", 14).outputs(3), op("LSTM", 14).outputs(3).with("clip", 100f))) {
            Value[] out = {null, null, Value.zeros(x.type(), shape(1, 1, 1))};
            op.prepare(x, w, w).work().run(new Value[] {x, w, w}, out);
            assertSame(out[2], all[2]);
        }
    }

    @Test
    void refusesWhatIsWrong() {
        Value x = Value.of(shape(2, 1, 1), 1f, 2);
        Value w = Value.of(shape(1, 1, 1), 1f);
        assertThatThrownBy(() -> op("RNN", 14).run(x, w, Value.of(shape(1, 1, 2), 1f, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GRU", 14).run(x, w, w)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("RNN", 14).run(x, w, w, null, Value.of(shape(1), 3)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("from 0 to 2, got 3");
        assertThatThrownBy(() -> op("RNN", 14).with("direction", "up").run(x, w, w))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(
                        () -> op("RNN", 14).with("activations", List.of("Cube")).run(x, w, w))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("'cube'");
        assertThatThrownBy(() -> op("RNN", 14).with("clip", -1f).run(x, w, w)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("RNN", 14).integer("layout", 2).run(x, w, w))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("RNN", 14).run(x, w, w, null, null, null, w))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("RNN", 14).integer("hidden_size", -1).run(x, w, w))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("RNN", 14).outputs(3).run(x, w, w)).isInstanceOf(ModelFormatException.class);
    }
}
