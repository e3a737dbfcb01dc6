package dev.neurite.onnx.op.nn;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MicrosoftTest {
    private static Ops op(String name) {
        return Ops.op(Operators.MICROSOFT, name, 1);
    }

    private static Value random(Random random, int... extents) {
        float[] all = new float[Shape.of(extents).size()];
        for (int i = 0; i < all.length; i++) all[i] = random.nextFloat() * 2 - 1;
        return Value.of(Shape.of(extents), all);
    }

    private static void assertElements(Value y, double... expected) {
        assertThat(y.size()).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(y.number(i)).as("element %d", i).isCloseTo(expected[i], within(2e-5));
        }
    }

    // --------------------------------------------------------------------------------------------------- activations

    @Test
    void activates() {
        Value x = Value.of(shape(2, 2), -1f, 0, 1, 2);
        assertElements(op("Gelu").run(x), -0.158655, 0, 0.841345, 1.954500);
        assertElements(op("BiasGelu").run(x, floats(1, 2)), 0, 1.954500, 1.954500, 3.999873);
        assertElements(op("FastGelu").run(x), -0.158808, 0, 0.841192, 1.954598);
        assertElements(op("FastGelu").run(x, floats(1, 0)), 0, 0, 1.954598, 1.954598);
        double quick = 1 / (1 + Math.exp(-1.702));
        assertElements(op("QuickGelu").run(x), quick - 1, 0, quick, 2 / (1 + Math.exp(-3.404)));
        assertElements(op("QuickGelu").with("alpha", 1f).run(floats(1)), 1 / (1 + Math.exp(-1)));
        assertThatThrownBy(() -> op("BiasGelu").run(x, floats(1, 2, 3))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Gelu").run(Value.of(shape(1), 1.0))).isInstanceOf(ShapeException.class);
    }

    // ------------------------------------------------------------------------------------------------- normalization

    private static double[] normalized(double[] sums, int width, Value gamma, @Nullable Value beta) {
        double[] y = new double[sums.length];
        for (int row = 0; row < sums.length / width; row++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < width; i++) mean += sums[row * width + i] / width;
            for (int i = 0; i < width; i++) variance += Math.pow(sums[row * width + i] - mean, 2) / width;
            for (int i = 0; i < width; i++) {
                double shift = beta == null ? 0 : beta.number(i);
                y[row * width + i] = (sums[row * width + i] - mean) / Math.sqrt(variance) * gamma.number(i) + shift;
            }
        }
        return y;
    }

    @Test
    void normalizesWithASkip() {
        var random = new Random(1);
        Value x = random(random, 2, 3, 8);
        Value gamma = random(random, 8);
        Value beta = random(random, 8);
        Value bias = random(random, 8);
        for (int[] extents : new int[][] {{2, 3, 8}, {1, 3, 8}, {3, 8}}) {
            Value skip = random(random, extents);
            double[] sums = new double[48];
            for (int i = 0; i < 48; i++) sums[i] = x.number(i) + skip.number(i % skip.size()) + bias.number(i % 8);
            Value[] y = op("SkipLayerNormalization").outputs(4).runAll(x, skip, gamma, beta, bias);
            assertElements(y[0], normalized(sums, 8, gamma, beta));
            assertElements(y[3], sums);
        }
        double[] sums = new double[48];
        for (int i = 0; i < 48; i++) sums[i] = 2 * x.number(i);
        assertElements(op("SkipLayerNormalization").run(x, x, gamma), normalized(sums, 8, gamma, null));
        assertThatThrownBy(() -> op("SkipLayerNormalization").run(x, random(random, 2, 1, 8), gamma))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void embeds() {
        var random = new Random(2);
        Value words = random(random, 10, 4);
        Value positions = random(random, 6, 4);
        Value segments = random(random, 2, 4);
        Value gamma = random(random, 4);
        Value beta = random(random, 4);
        Value ids = Value.of(shape(2, 3), 1, 9, 0, 3, 3, 5);
        Value ofSegments = Value.of(shape(2, 3), 0, 0, 1, 1, 0, 1);
        Value mask = Value.of(shape(2, 3), 1, 1, 0, 1, 1, 1);
        Value places = Value.of(shape(1, 3), 5, 0, 2);
        double[] sums = new double[24];
        for (int i = 0; i < 24; i++) {
            int token = i / 4;
            sums[i] = words.number((int) ids.integer(token) * 4 + i % 4)
                    + positions.number((int) places.integer(token % 3) * 4 + i % 4)
                    + segments.number((int) ofSegments.integer(token) * 4 + i % 4);
        }
        Value[] y = op("EmbedLayerNormalization")
                .outputs(3)
                .runAll(ids, ofSegments, words, positions, segments, gamma, beta, mask, places);
        assertElements(y[0], normalized(sums, 4, gamma, beta));
        assertThat(y[1]).isEqualTo(Value.of(shape(2), 2, 3));
        assertElements(y[2], sums);
        assertThatThrownBy(() -> op("EmbedLayerNormalization")
                        .run(Value.of(shape(1, 1), 10), null, words, positions, null, gamma, beta))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("from 0 to 9, got 10");
    }

    // ------------------------------------------------------------------------------------------------------ products

    @Test
    void multiplies() {
        var random = new Random(3);
        Value a = random(random, 2, 3, 4);
        Value b = random(random, 4, 5);
        Value plain = Ops.op("MatMul", 13).run(a, b);
        double[] twice = new double[plain.size()];
        for (int i = 0; i < twice.length; i++) twice[i] = 2 * plain.number(i);
        Value turnedA = Ops.op("Transpose", 13).integers("perm", 0, 2, 1).run(a);
        Value turnedB = Ops.op("Transpose", 13).run(b);
        Ops op = op("FusedMatMul").with("alpha", 2f);
        assertElements(op.run(a, b), twice);
        assertElements(op.constants(1).run(a, b), twice);
        assertElements(op.integer("transB", 1).run(a, turnedB), twice);
        assertElements(op.integer("transB", 1).constants(1).run(a, turnedB), twice);
        assertElements(op.integer("transA", 1).run(turnedA, b), twice);
        Value pairs = random(random, 2, 4, 5);
        Value all = Ops.op("MatMul", 13).run(a, pairs);
        assertThat(op("FusedMatMul").run(a, pairs)).isEqualTo(all);
        assertElements(op("FusedMatMul").integer("transA", 1).run(turnedA, pairs), doubles(all));
        Value moved = Ops.op("Transpose", 13).integers("perm", 1, 0, 2).run(a);
        assertElements(op("FusedMatMul").integer("transBatchA", 1).run(moved, pairs), doubles(all));
        assertThatThrownBy(() -> op("FusedMatMul").run(a, a)).isInstanceOf(ShapeException.class);
    }

    private static double[] doubles(Value value) {
        double[] all = new double[value.size()];
        for (int i = 0; i < all.length; i++) all[i] = value.number(i);
        return all;
    }

    // ----------------------------------------------------------------------------------------------------- attention

    private static final int ROWS = 2;
    private static final int STEPS = 5;
    private static final int HEADS = 3;

    /// What is added to a score.
    private interface Added {
        double get(int row, int head, int query, int key);
    }

    private static double[] attended(
            Value x, Value w, Value b, int ofQueries, int ofValues, double scale, Added added) {
        int columns = w.shape().extent(1);
        int inputs = w.shape().extent(0);
        double[] all = new double[ROWS * STEPS * columns];
        for (int i = 0; i < all.length; i++) {
            double sum = b.number(i % columns);
            for (int k = 0; k < inputs; k++)
                sum += x.number(i / columns * inputs + k) * w.number(k * columns + i % columns);
            all[i] = sum;
        }
        double[] y = new double[ROWS * STEPS * HEADS * ofValues];
        for (int i = 0; i < ROWS * STEPS * HEADS; i++) {
            int head = i % HEADS;
            int query = i / HEADS % STEPS;
            int row = i / HEADS / STEPS;
            double[] weights = new double[STEPS];
            double total = 0;
            for (int key = 0; key < STEPS; key++) {
                double score = 0;
                for (int k = 0; k < ofQueries; k++) {
                    score += all[(row * STEPS + query) * columns + head * ofQueries + k]
                            * all[(row * STEPS + key) * columns + (HEADS + head) * ofQueries + k];
                }
                weights[key] = Math.exp(score * scale + added.get(row, head, query, key));
                total += weights[key];
            }
            for (int k = 0; k < ofValues; k++) {
                for (int key = 0; key < STEPS; key++) {
                    int at = (row * STEPS + key) * columns + 2 * HEADS * ofQueries + head * ofValues + k;
                    y[i * ofValues + k] += weights[key] / total * all[at];
                }
            }
        }
        return y;
    }

    @Test
    void attends() {
        var random = new Random(4);
        Value x = random(random, ROWS, STEPS, 7);
        for (int ofValues : new int[] {4, 2, 6}) {
            int columns = HEADS * (4 + 4 + ofValues);
            Value w = random(random, 7, columns);
            Value b = random(random, columns);
            Ops op = op("Attention").integer("num_heads", HEADS);
            if (ofValues != 4) op = op.integers("qkv_hidden_sizes", 4 * HEADS, 4 * HEADS, (long) ofValues * HEADS);
            double[] expected = attended(x, w, b, 4, ofValues, 0.5, (_, _, _, _) -> 0);
            assertElements(op.run(x, w, b), expected);
            assertElements(op.constants(1).run(x, w, b), expected);
            expected = attended(x, w, b, 4, ofValues, 0.3, (_, _, query, key) -> key > query ? -1e9 : 0);
            assertElements(op.with("scale", 0.3f).integer("unidirectional", 1).run(x, w, b), expected);
        }
    }

    @Test
    void masks() {
        var random = new Random(5);
        Value x = random(random, ROWS, STEPS, 6);
        Value w = random(random, 6, 6 * HEADS);
        Value b = random(random, 6 * HEADS);
        double scale = 1 / Math.sqrt(2);
        Ops op = op("Attention").integer("num_heads", HEADS);
        int[] raw = {1, 1, 0, 1, 0, 1, 0, 1, 1, 1};
        assertElements(
                op.run(x, w, b, Value.of(shape(ROWS, STEPS), raw)),
                attended(x, w, b, 2, 2, scale, (row, _, _, key) -> raw[row * STEPS + key] == 0 ? -1e9 : 0));
        assertElements(
                op.run(x, w, b, Value.of(shape(ROWS), 3, 5)),
                attended(x, w, b, 2, 2, scale, (row, _, _, key) -> key >= (row == 0 ? 3 : 5) ? -1e9 : 0));
        assertElements(
                op.run(x, w, b, Value.of(shape(2 * ROWS), 5, 4, 2, 0)),
                attended(
                        x,
                        w,
                        b,
                        2,
                        2,
                        scale,
                        (row, _, _, key) -> (row == 0 && key < 2) || (row == 1 && key >= 4) ? -1e9 : 0));
        int[] cube = random.ints(ROWS * STEPS * STEPS, 0, 2).toArray();
        Value added = random(random, 1, HEADS, STEPS, STEPS);
        assertElements(
                op.with("mask_filter_value", -3f).run(x, w, b, Value.of(shape(ROWS, STEPS, STEPS), cube), null, added),
                attended(
                        x,
                        w,
                        b,
                        2,
                        2,
                        scale,
                        (row, head, query, key) -> (cube[(row * STEPS + query) * STEPS + key] == 0 ? -3 : 0)
                                + added.number((head * STEPS + query) * STEPS + key)));
        assertElements(
                op.with("mask_filter_value", -50f)
                        .run(x, w, b, Value.of(shape(ROWS, STEPS), new int[ROWS * STEPS])), // no key is better
                attended(x, w, b, 2, 2, scale, (_, _, _, _) -> 0));
    }

    @Test
    void refusesOtherAttention() {
        Value x = Value.zeros(ElementType.FLOAT, shape(1, 2, 6));
        Value w = Value.zeros(ElementType.FLOAT, shape(6, 18));
        Ops op = op("Attention").integer("num_heads", 3);
        assertThatThrownBy(() -> op("Attention").run(x, w)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op.integer("num_heads", 4).run(x, w)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op.integer("do_rotary", 1).run(x, w)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op.outputs(2).run(x, w)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op.run(x, w, null, null, Value.zeros(ElementType.FLOAT, shape(2, 1, 3, 0, 2))))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op.run(x, w, null, Value.of(shape(1, 3), 1, 1, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op.run(x, w, floats(1))).isInstanceOf(ShapeException.class);
    }
}
