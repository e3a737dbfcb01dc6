package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReducingTest {
    @Test
    void sumsAlongAxes() {
        Value x = counted(2, 3, 2);
        assertThat(op("ReduceSum", 13).run(x, longs(1))).isEqualTo(Value.of(shape(2, 1, 2), 6f, 9, 24, 27));
        assertThat(op("ReduceSum", 13).integer("keepdims", 0).run(x, longs(-1, 0)))
                .isEqualTo(floats(14, 22, 30));
        assertThat(op("ReduceSum", 11)
                        .integers("axes", 2)
                        .integer("keepdims", 0)
                        .run(x))
                .isEqualTo(Value.of(shape(2, 3), 1f, 5, 9, 13, 17, 21));
        assertThat(op("ReduceSum", 13).run(x)).isEqualTo(Value.of(shape(1, 1, 1), 66f));
        assertThat(op("ReduceSum", 13).integer("keepdims", 0).run(x, longs())).isEqualTo(scalar(66f));
        assertThat(op("ReduceSum", 13).integer("noop_with_empty_axes", 1).run(x, longs()))
                .isEqualTo(x);
        assertThat(op("ReduceSum", 13).integer("noop_with_empty_axes", 1).run(x))
                .isEqualTo(x);
        Value y = floats(-2, 3);
        assertThat(op("ReduceSumSquare", 18).integer("noop_with_empty_axes", 1).run(y))
                .isEqualTo(floats(4, 9));
        assertThat(op("ReduceL1", 18).integer("noop_with_empty_axes", 1).run(y)).isEqualTo(floats(2, 3));
        assertThat(op("ReduceL2", 18).integer("noop_with_empty_axes", 1).run(y)).isEqualTo(floats(2, 3));
        assertThat(op("ReduceLogSum", 18).integer("noop_with_empty_axes", 1).run(floats(1)))
                .isEqualTo(floats(0));
        assertThat(op("ReduceMax", 18).integer("noop_with_empty_axes", 1).run(y))
                .isEqualTo(y);
        assertThat(op("ReduceSum", 13).run(scalar(3f))).isEqualTo(scalar(3f));
    }

    @Test
    void integers() {
        Value x = Value.of(shape(3), Integer.MAX_VALUE, 1, -5);
        assertThat(op("ReduceSum", 13).run(x)).isEqualTo(Value.of(shape(1), Integer.MAX_VALUE - 4));
        assertThat(op("ReduceMax", 18).run(longs(-3, -2), longs(0))).isEqualTo(longs(-2));
        assertThat(op("ReduceMin", 18).run(Value.ofUint8(shape(2), (byte) 200, (byte) 100)))
                .isEqualTo(Value.ofUint8(shape(1), (byte) 100));
        assertThat(op("ReduceMax", 18).run(Value.ofInt8(shape(2), (byte) -2, (byte) -1)))
                .isEqualTo(Value.ofInt8(shape(1), (byte) -1));
        assertThat(op("ReduceMean", 18).run(longs(-3, 0))).isEqualTo(longs(-1));
        assertThat(op("ReduceProd", 18).run(longs(3, -4))).isEqualTo(longs(-12));
        assertThat(op("ReduceL1", 18).run(longs(3, -4))).isEqualTo(longs(7));
        assertThat(op("ReduceL2", 18).run(longs(3, -4))).isEqualTo(longs(5));
        assertThat(op("ReduceSumSquare", 18).run(longs(1L << 31, 1))).isEqualTo(longs((1L << 62) + 1));
        assertThat(op("ReduceLogSum", 18).run(longs(3, 5))).isEqualTo(longs(2));
    }

    @Test
    void truthValues() {
        Value x = Value.of(shape(2, 2), true, false, true, true);
        assertThat(op("ReduceMax", 20).run(x, longs(0))).isEqualTo(Value.of(shape(1, 2), true, true));
        assertThat(op("ReduceMin", 20).run(x, longs(0))).isEqualTo(Value.of(shape(1, 2), true, false));
        assertThatThrownBy(() -> op("ReduceSum", 13).run(x)).isInstanceOf(ShapeException.class);
    }

    @Test
    void nothingToReduce() {
        Value none = counted(2, 0, 3);
        float least = Float.NEGATIVE_INFINITY;
        assertThat(empty("ReduceSum", none)).isEqualTo(Value.of(shape(2, 1, 1), 0f, 0));
        assertThat(empty("ReduceProd", none)).isEqualTo(Value.of(shape(2, 1, 1), 1f, 1));
        assertThat(empty("ReduceL1", none)).isEqualTo(Value.of(shape(2, 1, 1), 0f, 0));
        assertThat(empty("ReduceL2", none)).isEqualTo(Value.of(shape(2, 1, 1), 0f, 0));
        assertThat(empty("ReduceSumSquare", none)).isEqualTo(Value.of(shape(2, 1, 1), 0f, 0));
        assertThat(empty("ReduceLogSum", none)).isEqualTo(Value.of(shape(2, 1, 1), least, least));
        assertThat(empty("ReduceLogSumExp", none)).isEqualTo(Value.of(shape(2, 1, 1), least, least));
        assertThat(empty("ReduceMax", none)).isEqualTo(Value.of(shape(2, 1, 1), least, least));
        assertThat(empty("ReduceMin", none)).isEqualTo(Value.of(shape(2, 1, 1), -least, -least));
        assertThat(empty("ReduceMean", none)).isEqualTo(Value.of(shape(2, 1, 1), Float.NaN, Float.NaN));
        Value small = Value.zeros(ElementType.INT32, shape(0));
        assertThat(op("ReduceMax", 18).run(small)).isEqualTo(Value.of(shape(1), Integer.MIN_VALUE));
        assertThat(op("ReduceMin", 18).run(small)).isEqualTo(Value.of(shape(1), Integer.MAX_VALUE));
        assertThat(op("ReduceMin", 20).run(Value.zeros(ElementType.BOOL, shape(0))))
                .isEqualTo(Value.of(shape(1), true));
        assertThat(op("ReduceMax", 20).run(Value.zeros(ElementType.UINT8, shape(0))))
                .isEqualTo(Value.ofUint8(shape(1), (byte) 0));
        assertThatThrownBy(() -> op("ReduceMean", 18).run(small)).isInstanceOf(ShapeException.class);
        assertThat(op("ReduceSum", 13).run(counted(0, 3), longs(1)).shape()).isEqualTo(shape(0, 1));
        assertThatThrownBy(() -> op("ReduceSum", 13).run(counted(0, 1 << 20, 1 << 20), longs(0)))
                .isInstanceOf(ShapeException.class);
    }

    private static Value empty(String op, Value none) {
        return op(op, 18).run(none, longs(1, 2));
    }

    @Test
    void notANumber() {
        Value x = Value.of(shape(2, 2), 1f, Float.NaN, 3, 4);
        assertThat(op("ReduceMax", 18).run(x, longs(1)).floats()).containsExactly(Float.NaN, 4);
        assertThat(op("ReduceMin", 18).run(x, longs(0)).floats()).containsExactly(1, Float.NaN);
        assertThat(op("ReduceLogSumExp", 18).run(x).floats()).containsExactly(Float.NaN);
    }

    @Test
    void logSumExpDoesNotOverflow() {
        assertThat(op("ReduceLogSumExp", 18).run(floats(1000, 1000)).floats()[0])
                .isCloseTo(1000.6931f, within(1e-3f));
        float greatest = Float.POSITIVE_INFINITY;
        assertThat(op("ReduceLogSumExp", 18).run(floats(1, greatest))).isEqualTo(floats(greatest));
        assertThat(op("ReduceLogSumExp", 18).run(floats(-greatest))).isEqualTo(floats(-greatest));
    }

    /// All reductions along all choices of axes of random shapes, against sums of doubles by the definition.
    @ParameterizedTest
    @EnumSource
    void reducesAnything(ReductionOperator reduction) {
        var random = new Random(3);
        for (int i = 0; i < 200; i++) {
            int[] extents = random.ints(1 + random.nextInt(5), 1, 7).toArray();
            Value x = Value.zeros(random.nextBoolean() ? ElementType.FLOAT : ElementType.DOUBLE, Shape.of(extents));
            for (int at = 0; at < x.size(); at++) Elements.doubleWriter(x).set(at, random.nextFloat() + 0.1f);
            boolean[] reduced = new boolean[extents.length];
            for (int axis = 0; axis < reduced.length; axis++) reduced[axis] = random.nextBoolean();
            long[] axes = IntStream.range(0, extents.length)
                    .filter(axis -> reduced[axis])
                    .asLongStream()
                    .toArray();
            if (axes.length == 0) continue;
            Value y = op(reduction.op, 18).run(x, longs(axes));
            double[] expected = reduced(reduction, x, reduced);
            for (int at = 0; at < expected.length; at++) {
                assertThat(y.number(at)).isCloseTo(expected[at], within(1e-5 * (1 + Math.abs(expected[at]))));
            }
        }
    }

    private static double[] reduced(ReductionOperator reduction, Value x, boolean... reduced) {
        int[] extents = Strided.extents(x.shape());
        int results = IntStream.range(0, extents.length)
                .map(i -> reduced[i] ? 1 : extents[i])
                .reduce(1, (a, b) -> a * b);
        double[][] elements = new double[results][0];
        for (int i = 0; i < x.size(); i++) {
            int to = 0;
            int rest = x.size();
            int place = i;
            for (int axis = 0; axis < extents.length; axis++) {
                rest /= extents[axis];
                if (!reduced[axis]) to = to * extents[axis] + place / rest;
                place %= rest;
            }
            elements[to] = Arrays.copyOf(elements[to], elements[to].length + 1);
            elements[to][elements[to].length - 1] = x.number(i);
        }
        return Arrays.stream(elements).mapToDouble(all -> one(reduction, all)).toArray();
    }

    private static double one(ReductionOperator reduction, double... all) {
        double sum = Arrays.stream(all).sum();
        double squares = Arrays.stream(all).map(x -> x * x).sum();
        return switch (reduction) {
            case SUM, L1 -> sum;
            case MEAN -> sum / all.length;
            case PROD -> Arrays.stream(all).reduce(1, (a, b) -> a * b);
            case MAX -> Arrays.stream(all).max().orElseThrow();
            case MIN -> Arrays.stream(all).min().orElseThrow();
            case SUM_SQUARE -> squares;
            case L2 -> Math.sqrt(squares);
            case LOG_SUM -> Math.log(sum);
            case LOG_SUM_EXP -> Math.log(Arrays.stream(all).map(Math::exp).sum());
        };
    }

    @Test
    void wrongAxes() {
        Value x = counted(2, 3);
        assertThatThrownBy(() -> op("ReduceSum", 13).run(x, longs(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ReduceSum", 13).run(x, longs(0, -2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("node 'it' (ReduceSum)");
        assertThatThrownBy(() -> op("ReduceSum", 13).run(Value.of(shape(1), "a")))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ReduceSum", 13).run(Value.ofInt8(shape(1), (byte) 1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void cumulativeSums() {
        Value x = counted(ElementType.INT32, 2, 3);
        Ops sums = op("CumSum", 14);
        assertThat(sums.run(x, scalar(1))).isEqualTo(Value.of(shape(2, 3), 0, 1, 3, 3, 7, 12));
        assertThat(sums.run(x, scalar(-2))).isEqualTo(Value.of(shape(2, 3), 0, 1, 2, 3, 5, 7));
        assertThat(sums.integer("exclusive", 1).run(x, longs(1))).isEqualTo(Value.of(shape(2, 3), 0, 0, 1, 0, 3, 7));
        assertThat(sums.integer("reverse", 1).run(x, scalar(1))).isEqualTo(Value.of(shape(2, 3), 3, 3, 2, 12, 9, 5));
        assertThat(sums.integer("reverse", 1).integer("exclusive", 1).run(x, scalar(1)))
                .isEqualTo(Value.of(shape(2, 3), 3, 2, 0, 9, 5, 0));
        assertThat(sums.run(floats(1, 2, 3), scalar(0))).isEqualTo(floats(1, 3, 6));
        assertThat(sums.run(Value.of(shape(2), 0.5, 0.25), scalar(0))).isEqualTo(Value.of(shape(2), 0.5, 0.75));
        assertThat(sums.run(counted(2, 0), scalar(1)).shape()).isEqualTo(shape(2, 0));
        assertThatThrownBy(() -> sums.run(x, scalar(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> sums.run(x, longs(0, 1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> sums.run(scalar(1f), scalar(0))).isInstanceOf(ShapeException.class);
    }
}
