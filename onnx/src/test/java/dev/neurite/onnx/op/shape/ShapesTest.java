package dev.neurite.onnx.op.shape;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import org.junit.jupiter.api.Test;

final class ShapesTest {
    private static Shape reshaped(Value x, long... extents) {
        Value y = op("Reshape", 14).run(x, longs(extents));
        assertThat(y).isEqualTo(x.reshape(y.shape()));
        return y.shape();
    }

    @Test
    void reshapes() {
        Value x = counted(2, 3, 4);
        assertThat(reshaped(x, 4, 6)).isEqualTo(shape(4, 6));
        assertThat(reshaped(x, 0, -1)).isEqualTo(shape(2, 12));
        assertThat(reshaped(x, -1)).isEqualTo(shape(24));
        assertThat(reshaped(x, 2, 0, 2, -1)).isEqualTo(shape(2, 3, 2, 2));
        assertThat(reshaped(scalar(1f))).isEqualTo(Shape.SCALAR);
        assertThat(reshaped(scalar(1f), 1, -1)).isEqualTo(shape(1, 1));
        assertThat(reshaped(Value.of(shape(2), "a", "b"), 2, 1)).isEqualTo(shape(2, 1));
        assertThat(reshaped(counted(0, 3), 0, 7)).isEqualTo(shape(0, 7));
    }

    @Test
    void zerosAreMeantIfAllowed() {
        Value none = counted(0, 3, 4);
        assertThat(op("Reshape", 14)
                        .integer("allowzero", 1)
                        .run(none, longs(3, 4, 0))
                        .shape())
                .isEqualTo(shape(3, 4, 0));
        assertThatThrownBy(() -> op("Reshape", 14).integer("allowzero", 1).run(none, longs(0, -1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Reshape", 14).integer("allowzero", 1).run(counted(2, 3), longs(0, 6)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void shapesAsAttributes() {
        assertThat(op("Reshape", 1).integers("shape", 3, -1).run(counted(6)).shape())
                .isEqualTo(shape(3, 2));
        assertThatThrownBy(() -> op("Reshape", 1).run(counted(6))).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void wrongShapes() {
        Value x = counted(2, 3);
        long large = 1L << 40;
        for (long[] each : new long[][] {{5}, {-1, -1}, {-2, 3}, {4, -1}, {1, 1, 0}, {large, large}, {large}}) {
            assertThatThrownBy(() -> op("Reshape", 14).run(x, longs(each)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("node 'it' (Reshape)");
        }
        assertThatThrownBy(() -> op("Reshape", 14).run(x, floats(6))).isInstanceOf(ShapeException.class);
    }

    @Test
    void flattens() {
        Value x = counted(2, 3, 4);
        assertThat(op("Flatten", 13).run(x).shape()).isEqualTo(shape(2, 12));
        assertThat(op("Flatten", 13).integer("axis", 0).run(x).shape()).isEqualTo(shape(1, 24));
        assertThat(op("Flatten", 13).integer("axis", 3).run(x).shape()).isEqualTo(shape(24, 1));
        assertThat(op("Flatten", 13).integer("axis", -1).run(x).shape()).isEqualTo(shape(6, 4));
        assertThat(op("Flatten", 13).integer("axis", 0).run(scalar(1f)).shape()).isEqualTo(shape(1, 1));
        assertThatThrownBy(() -> op("Flatten", 13).integer("axis", 4).run(x)).isInstanceOf(ShapeException.class);
    }

    @Test
    void removesAxes() {
        Value x = counted(1, 3, 1);
        assertThat(op("Squeeze", 13).run(x).shape()).isEqualTo(shape(3));
        assertThat(op("Squeeze", 13).run(x, longs(-1)).shape()).isEqualTo(shape(1, 3));
        assertThat(op("Squeeze", 11).integers("axes", 0).run(x).shape()).isEqualTo(shape(3, 1));
        assertThatThrownBy(() -> op("Squeeze", 13).run(x, longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Squeeze", 13).run(x, longs(0, -3))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Squeeze", 13).run(x, longs(3))).isInstanceOf(ShapeException.class);
    }

    @Test
    void addsAxes() {
        Value x = counted(2, 3);
        assertThat(op("Unsqueeze", 13).run(x, longs(0, -1)).shape()).isEqualTo(shape(1, 2, 3, 1));
        assertThat(op("Unsqueeze", 11).integers("axes", 2, 0).run(x).shape()).isEqualTo(shape(1, 2, 1, 3));
        assertThat(op("Unsqueeze", 13).run(counted(0), longs(1)).shape()).isEqualTo(shape(0, 1));
        assertThat(op("Unsqueeze", 13).run(scalar(1L), longs(0))).isEqualTo(longs(1));
        assertThatThrownBy(() -> op("Unsqueeze", 13).run(x, longs(0, 0))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Unsqueeze", 13).run(x)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void tellsShapes() {
        Value x = counted(2, 3, 4);
        assertThat(op("Shape", 13).run(x)).isEqualTo(longs(2, 3, 4));
        assertThat(op("Shape", 15).integer("start", 1).run(x)).isEqualTo(longs(3, 4));
        assertThat(op("Shape", 15).integer("start", -2).integer("end", -1).run(x))
                .isEqualTo(longs(3));
        assertThat(op("Shape", 15).integer("start", 2).integer("end", 1).run(x)).isEqualTo(longs());
        assertThat(op("Shape", 15).integer("start", -9).integer("end", 9).run(x))
                .isEqualTo(longs(2, 3, 4));
        assertThat(op("Shape", 13).run(scalar(1f))).isEqualTo(longs());
        assertThat(op("Size", 13).run(x)).isEqualTo(scalar(24));
        assertThat(op("Size", 13).run(counted(2, 0))).isEqualTo(scalar(0));
        assertThat(op("Shape", 13).prepare(x).isConstant()).isTrue();
    }

    @Test
    void expands() {
        Value column = Value.of(shape(2, 1), 1, 2);
        assertThat(op("Expand", 13).run(column, longs(3))).isEqualTo(Value.of(shape(2, 3), 1, 1, 1, 2, 2, 2));
        assertThat(op("Expand", 13).run(column, longs(2, 1, 2)))
                .isEqualTo(Value.of(shape(2, 2, 2), 1, 1, 2, 2, 1, 1, 2, 2));
        assertThat(op("Expand", 13).run(Value.of(Shape.SCALAR, "a"), longs(40)).texts())
                .containsOnly("a")
                .hasSize(40);
        assertThat(op("Expand", 13).run(column, longs(2, 0)).shape()).isEqualTo(shape(2, 0));
        assertThat(op("Expand", 13).prepare(column, longs(1, 1)).viewOf()).isZero();
        assertThatThrownBy(() -> op("Expand", 13).run(column, longs(3, 1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Expand", 13).run(column, longs(-1, 1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Expand", 13).run(column, longs(1 << 20, 1, 1 << 20)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void dropoutKeepsAllOutsideOfTraining() {
        Value x = counted(2, 2);
        Value all = Value.of(shape(2, 2), true, true, true, true);
        assertThat(op("Dropout", 13).prepare(x).viewOf()).isZero();
        assertThat(op("Dropout", 13).outputs(2).runAll(x, scalar(0.9f))).containsExactly(x, all);
        assertThat(op("Dropout", 9).outputs(2).runAll(x)).containsExactly(x, Value.of(shape(2, 2), 1f, 1, 1, 1));
        assertThat(op("Dropout", 6).integer("is_test", 1).run(x)).isEqualTo(x);
        Value yes = Value.of(Shape.SCALAR, true);
        assertThat(op("Dropout", 12).outputs(2).runAll(x, scalar(0f), yes)).containsExactly(x, all);
        assertThat(op("Dropout", 12).run(x, null, Value.of(Shape.SCALAR, false)))
                .isEqualTo(x);
        assertThat(op("Dropout", 12).integer("seed", 1).run(x, null, yes).floats())
                .containsAnyOf(0f, 2f, 4f, 6f);
        assertThat(op("Dropout", 6).run(Value.of(shape(64), new float[64])).floats())
                .containsOnly(0f);
        assertThatThrownBy(() -> op("Dropout", 13).run(longs(1))).isInstanceOf(ShapeException.class);
    }

    @Test
    void identity() {
        assertThat(op("Identity", 13).run(Value.of(shape(1), "a"))).isEqualTo(Value.of(shape(1), "a"));
        assertThat(op("Identity", 13)
                        .prepare(Value.zeros(ElementType.UINT8, shape(2)))
                        .viewOf())
                .isZero();
    }
}
