package dev.neurite.onnx.op.shape;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MovingTest {
    // ----------------------------------------------------------------------------------------------------- Transpose

    @Test
    void transposesMatrices() {
        assertThat(op("Transpose", 13).run(Value.of(shape(2, 3), 1, 2, 3, 4, 5, 6)))
                .isEqualTo(Value.of(shape(3, 2), 1, 4, 2, 5, 3, 6));
        assertThat(op("Transpose", 13).run(Value.of(Shape.SCALAR, 7L))).isEqualTo(Value.of(Shape.SCALAR, 7L));
        assertThat(op("Transpose", 13).run(Value.zeros(ElementType.FLOAT, shape(2, 0))))
                .isEqualTo(Value.zeros(ElementType.FLOAT, shape(0, 2)));
    }

    @Test
    void axesOfExtent1AreMovedWithoutACopy() {
        ReadyNode step = op("Transpose", 13).integers("perm", 0, 2, 1, 3).prepare(counted(2, 1, 5, 3));
        assertThat(step.viewOf()).isZero();
        assertThat(step.outputs().getFirst().shape()).isEqualTo(shape(2, 5, 1, 3));
    }

    /// All orders of up to five axes of random extents, of all types, against the definition.
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"SEQUENCE", "MAP", "OPTIONAL"})
    void transposesAnything(ElementType type) {
        var random = new Random(5);
        for (int i = 0; i < 300; i++) {
            int rank = 1 + random.nextInt(5);
            int[] extents = random.ints(rank, 1, rank < 3 ? 80 : 9).toArray();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, rank).boxed().toList());
            Collections.shuffle(order, random);
            Value x = counted(type, extents);
            Value y = op("Transpose", 13)
                    .integers(
                            "perm", order.stream().mapToLong(Integer::longValue).toArray())
                    .run(x);
            assertThat(y).isEqualTo(transposed(x, order));
        }
    }

    private static Value transposed(Value x, List<Integer> order) {
        int[] extents = order.stream().mapToInt(x.shape()::extent).toArray();
        Value y = Value.zeros(x.type(), Shape.of(extents));
        int[] strides = Strided.strides(Strided.extents(x.shape()));
        for (int i = 0; i < y.size(); i++) {
            int rest = i;
            int from = 0;
            for (int axis = extents.length - 1; axis >= 0; axis--) {
                from += rest % extents[axis] * strides[order.get(axis)];
                rest /= extents[axis];
            }
            System.arraycopy(x.array(), from, y.array(), i, 1);
        }
        return y;
    }

    @Test
    void wrongOrders() {
        assertThatThrownBy(() -> op("Transpose", 13).integers("perm", 0, 0).run(counted(2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("node 'it' (Transpose)");
        assertThatThrownBy(() -> op("Transpose", 13).integers("perm", 0).run(counted(2, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Transpose", 13).integers("perm", 0, 2).run(counted(2, 3)))
                .isInstanceOf(ShapeException.class);
    }

    // -------------------------------------------------------------------------------------------- Concat and Split

    @Test
    void concatenates() {
        Value a = Value.of(shape(2, 1), 1L, 2L);
        Value b = Value.of(shape(2, 2), 3L, 4L, 5L, 6L);
        Value none = Value.zeros(ElementType.INT64, shape(2, 0));
        assertThat(op("Concat", 13).integer("axis", -1).run(a, none, b))
                .isEqualTo(Value.of(shape(2, 3), 1L, 3L, 4L, 2L, 5L, 6L));
        Value texts = Value.of(shape(1), "a");
        assertThat(op("Concat", 13).integer("axis", 0).run(texts, texts)).isEqualTo(Value.of(shape(2), "a", "a"));
        assertThat(op("Concat", 13).integer("axis", 0).run(texts)).isEqualTo(texts);
    }

    @Test
    void refusesWhatCannotBeConcatenated() {
        Ops concat = op("Concat", 13).integer("axis", 0);
        assertThatThrownBy(() -> concat.run(counted(2, 3), counted(2, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> concat.run(counted(2, 3), counted(3))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> concat.run(counted(2), longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> concat.run()).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Concat", 13).run(counted(2))).isInstanceOf(ModelFormatException.class);
        Value scalar = Ops.scalar(1L);
        assertThatThrownBy(() -> concat.run(scalar, scalar)).isInstanceOf(ShapeException.class);
    }

    @Test
    void splits() {
        Value x = counted(2, 6);
        Value left = Value.of(shape(2, 2), 0f, 1, 6, 7);
        Value right = Value.of(shape(2, 4), 2f, 3, 4, 5, 8, 9, 10, 11);
        Ops split = op("Split", 11).integer("axis", -1).outputs(2);
        assertThat(split.integers("split", 2, 4).runAll(x)).containsExactly(left, right);
        assertThat(op("Split", 13).integer("axis", 1).outputs(2).runAll(x, longs(2, 4)))
                .containsExactly(left, right);
        assertThat(op("Split", 13).outputs(2).runAll(x))
                .containsExactly(Value.of(shape(1, 6), 0f, 1, 2, 3, 4, 5), Value.of(shape(1, 6), 6f, 7, 8, 9, 10, 11));
        assertThat(op("Split", 13).outputs(2).runAll(longs(), longs(0, 0))).containsExactly(longs(), longs());
    }

    @Test
    void theLastPartIsSmallerSinceVersion18() {
        Ops split = op("Split", 18).integer("num_outputs", 3).outputs(3);
        assertThat(split.runAll(longs(1, 2, 3, 4, 5, 6, 7))).containsExactly(longs(1, 2, 3), longs(4, 5, 6), longs(7));
        assertThatThrownBy(() -> split.runAll(longs(1, 2, 3, 4), longs(1, 1, 2)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> split.outputs(2).runAll(longs(1, 2))).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() ->
                        op("Split", 18).integer("num_outputs", 4).outputs(4).runAll(longs(1, 2, 3, 4, 5)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void wrongSizes() {
        Value x = counted(5);
        assertThatThrownBy(() -> op("Split", 13).outputs(2).runAll(x)).isInstanceOf(ShapeException.class);
        Ops split = op("Split", 13).outputs(2);
        for (long[] sizes : new long[][] {{2, 2}, {6, -1}, {5}, {Long.MAX_VALUE, Long.MIN_VALUE + 6}}) {
            assertThatThrownBy(() -> split.runAll(x, longs(sizes))).isInstanceOf(ShapeException.class);
        }
    }

    // --------------------------------------------------------------------------------------------------------- Slice

    private static Value slice(Value x, long[] starts, long[] ends, long[] axes, long[] steps) {
        return op("Slice", 13).run(x, longs(starts), longs(ends), longs(axes), longs(steps));
    }

    private static long[] all(long... values) {
        return values;
    }

    @Test
    void slices() {
        Value x = counted(ElementType.INT32, 3, 4);
        assertThat(slice(x, all(1, 0), all(3, 3), all(0, 1), all(1, 2))).isEqualTo(Value.of(shape(2, 2), 4, 6, 8, 10));
        assertThat(slice(x, all(-1), all(-1000), all(-2), all(-1)))
                .isEqualTo(Value.of(shape(3, 4), 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
        assertThat(slice(x, all(1000), all(Long.MIN_VALUE), all(1), all(-3)))
                .isEqualTo(Value.of(shape(3, 2), 3, 0, 7, 4, 11, 8));
        assertThat(slice(x, all(2), all(1), all(1), all(1)).shape()).isEqualTo(shape(3, 0));
        assertThat(slice(x, all(1), all(Long.MAX_VALUE), all(0), all(Long.MAX_VALUE)))
                .isEqualTo(Value.of(shape(1, 4), 4, 5, 6, 7));
        assertThat(slice(x, all(-1), all(Long.MIN_VALUE), all(0), all(Long.MIN_VALUE)))
                .isEqualTo(Value.of(shape(1, 4), 8, 9, 10, 11));
        assertThat(slice(Value.zeros(ElementType.BOOL, shape(0, 2)), all(0), all(5), all(0), all(-1))
                        .shape())
                .isEqualTo(shape(0, 2));
    }

    @Test
    void slicesBeforeVersion10() {
        Value x = counted(ElementType.STRING, 2, 3);
        assertThat(op("Slice", 9)
                        .integers("starts", 0, 1)
                        .integers("ends", 1, 1000)
                        .run(x))
                .isEqualTo(Value.of(shape(1, 2), "t1", "t2"));
        assertThat(op("Slice", 9)
                        .integers("starts", -1)
                        .integers("ends", 3)
                        .integers("axes", 1)
                        .run(x))
                .isEqualTo(Value.of(shape(2, 1), "t2", "t5"));
        assertThatThrownBy(() -> op("Slice", 9).run(x)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void wholeSlicesAreNotCopied() {
        Value x = counted(3, 4);
        ReadyNode step = op("Slice", 13).prepare(x, longs(0), longs(100), longs(1));
        assertThat(step.viewOf()).isZero();
        assertThat(slice(counted(3), all(2), all(-10), all(0), all(-1))).isEqualTo(floats(2, 1, 0));
    }

    @Test
    void wrongSlices() {
        Value x = counted(3, 4);
        assertThatThrownBy(() -> slice(x, all(0), all(1), all(0), all(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("steps other than 0");
        assertThatThrownBy(() -> slice(x, all(0, 0), all(1, 1), all(0, -2), all(1, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> slice(x, all(0), all(1), all(2), all(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> slice(x, all(0), all(1, 1), all(0), all(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Slice", 13).run(x, floats(0), longs(1))).isInstanceOf(ShapeException.class);
    }

    // -------------------------------------------------------------------------------------------- Tile and blocks

    @Test
    void tiles() {
        Value x = Value.of(shape(2, 2), 1L, 2L, 3L, 4L);
        assertThat(op("Tile", 13).run(x, longs(1, 2))).isEqualTo(Value.of(shape(2, 4), 1L, 2L, 1L, 2L, 3L, 4L, 3L, 4L));
        assertThat(op("Tile", 13).run(x, longs(2, 1))).isEqualTo(Value.of(shape(4, 2), 1L, 2L, 3L, 4L, 1L, 2L, 3L, 4L));
        assertThat(op("Tile", 13).run(x, longs(0, 5)).shape()).isEqualTo(shape(0, 10));
        assertThat(op("Tile", 13).run(Ops.scalar(3L), longs())).isEqualTo(Ops.scalar(3L));
        assertThat(op("Tile", 13).run(longs(9), longs(40)).longs())
                .containsOnly(9)
                .hasSize(40);
        assertThatThrownBy(() -> op("Tile", 13).run(x, longs(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Tile", 13).run(x, longs(2, -1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Tile", 13).run(x, longs(1 << 30, 1 << 30))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Tile", 13).run(x, longs(1, Long.MAX_VALUE)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void depthBecomesSpaceAndBack() {
        Value x = counted(1, 8, 1, 2);
        Ops toSpace = op("DepthToSpace", 13).integer("blocksize", 2);
        Value dcr = toSpace.run(x);
        assertThat(dcr).isEqualTo(Value.of(shape(1, 2, 2, 4), 0f, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15));
        assertThat(op("SpaceToDepth", 13).integer("blocksize", 2).run(dcr)).isEqualTo(x);
        assertThat(toSpace.with("mode", "CRD").run(x))
                .isEqualTo(Value.of(shape(1, 2, 2, 4), 0f, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));
    }

    @Test
    void wrongBlocks() {
        Value x = counted(1, 8, 1, 2);
        assertThatThrownBy(() -> op("DepthToSpace", 13).run(x)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("DepthToSpace", 13).integer("blocksize", 3).run(x))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("DepthToSpace", 13)
                        .integer("blocksize", 2)
                        .with("mode", "RCD")
                        .run(x))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("SpaceToDepth", 13).integer("blocksize", 2).run(x))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("SpaceToDepth", 13).integer("blocksize", 2).run(counted(2)))
                .isInstanceOf(ShapeException.class);
        Value empty = Value.zeros(ElementType.FLOAT, shape(1, 1, 0, 0));
        assertThatThrownBy(() ->
                        op("SpaceToDepth", 13).integer("blocksize", 1 << 30).run(empty))
                .isInstanceOf(ShapeException.class);
    }
}
