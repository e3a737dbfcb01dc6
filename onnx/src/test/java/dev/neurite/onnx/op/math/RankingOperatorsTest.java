package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RankingOperatorsTest {
    @Test
    void theGreatestOfEachRow() {
        Value x = Value.of(shape(2, 3), 1f, 5, 5, -1, -7, -1);
        assertThat(op("ArgMax", 13).integer("axis", 1).run(x)).isEqualTo(Value.of(shape(2, 1), 1L, 0L));
        assertThat(op("ArgMax", 13).run(x)).isEqualTo(Value.of(shape(1, 3), 0L, 0L, 0L));
        assertThat(op("ArgMin", 13).integer("axis", -1).integer("keepdims", 0).run(x))
                .isEqualTo(longs(0, 1));
        assertThat(op("ArgMax", 13)
                        .integer("axis", 1)
                        .integer("select_last_index", 1)
                        .run(x))
                .isEqualTo(Value.of(shape(2, 1), 2L, 2L));
        assertThat(op("ArgMin", 12).integer("select_last_index", 1).run(floats(0, -0f, 1)))
                .isEqualTo(longs(1));
        assertThat(op("ArgMax", 13).run(floats(1, Float.NaN, Float.POSITIVE_INFINITY)))
                .isEqualTo(longs(1));
        assertThat(op("ArgMin", 13).run(longs(3, Long.MIN_VALUE, Long.MAX_VALUE)))
                .isEqualTo(longs(1));
        assertThat(op("ArgMax", 13).run(Value.ofUint8(shape(2), (byte) 100, (byte) 200)))
                .isEqualTo(longs(1));
        assertThat(op("ArgMax", 13).run(Value.of(shape(2), -1e301, -1e300))).isEqualTo(longs(1));
        assertThat(op("ArgMax", 13).run(counted(2, 0)).shape()).isEqualTo(shape(1, 0));
    }

    @Test
    void nothingToChooseFrom() {
        assertThatThrownBy(() -> op("ArgMax", 13).run(counted(0, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ArgMax", 13).run(scalar(1f))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ArgMax", 13).run(Value.of(shape(1), true))).isInstanceOf(ShapeException.class);
    }

    @Test
    void theGreatestInOrder() {
        Value x = Value.of(shape(2, 4), 1f, 3, 2, 3, 9, 7, 8, 6);
        assertThat(op("TopK", 11).outputs(2).runAll(x, longs(3)))
                .containsExactly(
                        Value.of(shape(2, 3), 3f, 3, 2, 9, 8, 7), Value.of(shape(2, 3), 1L, 3L, 2L, 0L, 2L, 1L));
        assertThat(op("TopK", 11)
                        .integer("largest", 0)
                        .integer("axis", 0)
                        .outputs(2)
                        .runAll(x, longs(1)))
                .containsExactly(Value.of(shape(1, 4), 1f, 3, 2, 3), Value.of(shape(1, 4), 0L, 0L, 0L, 0L));
        assertThat(op("TopK", 10).run(longs(1, 2), longs(1))).isEqualTo(longs(2));
        assertThat(op("TopK", 1).integer("k", 2).run(floats(1, 3, 2))).isEqualTo(floats(3, 2));
        assertThat(op("TopK", 11).outputs(2).runAll(floats(1), longs(0))).containsExactly(floats(), longs());
        assertThat(op("TopK", 11).integer("sorted", 0).run(floats(1, 2, 3), longs(3)))
                .isEqualTo(floats(3, 2, 1));
    }

    @Test
    void wrongCounts() {
        Value x = floats(1, 2);
        for (long k : new long[] {-1, 3, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> op("TopK", 11).run(x, longs(k))).isInstanceOf(ShapeException.class);
        }
        assertThatThrownBy(() -> op("TopK", 1).run(x)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("TopK", 11).run(x, longs(1, 1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("TopK", 11).run(x, floats(1))).isInstanceOf(ShapeException.class);
    }

    /// Against a sort that keeps the order of equal elements.
    @Test
    void anyElements() {
        var random = new Random(1);
        for (int i = 0; i < 300; i++) {
            int n = 1 + random.nextInt(60);
            boolean integers = random.nextBoolean();
            Value x = Value.zeros(integers ? ElementType.INT32 : ElementType.FLOAT, Shape.of(n, 2));
            for (int at = 0; at < x.size(); at++) {
                int element = random.nextInt(20) - 10;
                if (integers) Elements.longWriter(x).set(at, element);
                else Elements.doubleWriter(x).set(at, element / 4.0);
            }
            boolean largest = random.nextBoolean();
            int k = 1 + random.nextInt(n);
            Value indices = op("TopK", 11)
                    .integer("axis", 0)
                    .integer("largest", largest ? 1 : 0)
                    .outputs(2)
                    .runAll(x, longs(k))[1];
            for (int column = 0; column < 2; column++) {
                int j = column;
                Comparator<Integer> order = Comparator.comparingDouble(row -> x.number(2 * row + j));
                List<Integer> sorted = IntStream.range(0, n)
                        .boxed()
                        .sorted(largest ? order.reversed() : order)
                        .limit(k)
                        .toList();
                for (int row = 0; row < k; row++) {
                    assertThat(indices.integer(2 * row + j))
                            .isEqualTo(sorted.get(row).longValue());
                }
            }
        }
    }
}
