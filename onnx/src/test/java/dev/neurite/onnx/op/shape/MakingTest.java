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
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MakingTest {
    @Test
    void constants() {
        assertThat(op("Constant", 13).with("value", counted(2)).run()).isEqualTo(counted(2));
        assertThat(op("Constant", 13).with("value_float", 2f).run()).isEqualTo(scalar(2f));
        assertThat(op("Constant", 13).integer("value_int", 2).run()).isEqualTo(scalar(2));
        assertThat(op("Constant", 13).with("value_string", "a").run()).isEqualTo(Value.of(Shape.SCALAR, "a"));
        assertThat(op("Constant", 13).with("value_floats", List.of(1f, 2f)).run())
                .isEqualTo(floats(1, 2));
        assertThat(op("Constant", 13).integers("value_ints", 1, 2).run()).isEqualTo(longs(1, 2));
        assertThat(op("Constant", 13).with("value_strings", List.of("a")).run()).isEqualTo(Value.of(shape(1), "a"));
        assertThatThrownBy(() -> op("Constant", 13).run()).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Constant", 13)
                        .integer("value_int", 2)
                        .with("value_float", 2f)
                        .run())
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void constantsOfAShape() {
        assertThat(op("ConstantOfShape", 9).run(longs(2, 1))).isEqualTo(Value.of(shape(2, 1), 0f, 0));
        assertThat(op("ConstantOfShape", 9).with("value", longs(7)).run(longs(3)))
                .isEqualTo(longs(7, 7, 7));
        assertThat(op("ConstantOfShape", 9).with("value", longs(7)).run(longs()))
                .isEqualTo(scalar(7));
        assertThat(op("ConstantOfShape", 9).run(longs(2, 0)).shape()).isEqualTo(shape(2, 0));
        assertThatThrownBy(() -> op("ConstantOfShape", 9).run(longs(-1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ConstantOfShape", 9).run(longs(1L << 31))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() ->
                        op("ConstantOfShape", 9).with("value", longs(1, 2)).run(longs(1)))
                .isInstanceOf(ModelFormatException.class);
    }

    @Test
    void ranges() {
        Ops range = op("Range", 11);
        assertThat(range.run(scalar(3), scalar(9), scalar(3))).isEqualTo(longs(3, 6));
        assertThat(range.run(scalar(10), scalar(4), scalar(-2))).isEqualTo(longs(10, 8, 6));
        assertThat(range.run(scalar(10), scalar(3), scalar(-2))).isEqualTo(longs(10, 8, 6, 4));
        assertThat(range.run(scalar(1), scalar(1), scalar(-2))).isEqualTo(longs());
        assertThat(range.run(scalar(1), scalar(0), scalar(2))).isEqualTo(longs());
        assertThat(range.run(scalar(Long.MIN_VALUE), scalar(Long.MAX_VALUE), scalar(Long.MAX_VALUE)))
                .isEqualTo(longs(Long.MIN_VALUE, -1, Long.MAX_VALUE - 1));
        assertThat(range.run(scalar(1f), scalar(2f), scalar(0.25f))).isEqualTo(floats(1, 1.25f, 1.5f, 1.75f));
        assertThat(range.run(scalar(0f), scalar(1f), scalar(0.1f)).size()).isEqualTo(10);
        assertThat(range.run(scalar(1f), scalar(0f), scalar(1f)).size()).isZero();
        assertThatThrownBy(() -> range.run(scalar(1), scalar(2), scalar(0))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(1f), scalar(2f), scalar(0f))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(1f), scalar(Float.NaN), scalar(1f)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(1f), scalar(Float.POSITIVE_INFINITY), scalar(1f)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(0), scalar(Long.MAX_VALUE), scalar(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(scalar(0), scalar(1f), scalar(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> range.run(longs(0, 1), scalar(1), scalar(1))).isInstanceOf(ShapeException.class);
    }

    @Test
    void diagonals() {
        Value x = counted(2, 3);
        assertThat(op("EyeLike", 9).run(x)).isEqualTo(Value.of(shape(2, 3), 1f, 0, 0, 0, 1, 0));
        assertThat(op("EyeLike", 9).integer("k", 1).integer("dtype", 7).run(x))
                .isEqualTo(Value.of(shape(2, 3), 0L, 1L, 0L, 0L, 0L, 1L));
        assertThat(op("EyeLike", 9).integer("k", -1).integer("dtype", 9).run(x))
                .isEqualTo(Value.of(shape(2, 3), false, false, false, true, false, false));
        assertThat(op("EyeLike", 9).integer("k", Long.MAX_VALUE).run(x)).isEqualTo(Value.of(shape(2, 3), new float[6]));
        assertThat(op("EyeLike", 9).integer("k", Long.MIN_VALUE).run(x)).isEqualTo(Value.of(shape(2, 3), new float[6]));
        assertThatThrownBy(() -> op("EyeLike", 9).run(counted(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("EyeLike", 9).integer("dtype", 8).run(x)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("EyeLike", 9).integer("dtype", 99).run(x)).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void oneHot() {
        Value values = floats(0, 5);
        assertThat(op("OneHot", 11).run(longs(1, -1, 3), scalar(3), values))
                .isEqualTo(Value.of(shape(3, 3), 0f, 5, 0, 0, 0, 5, 0, 0, 0));
        assertThat(op("OneHot", 9).run(longs(1, -1), scalar(2), values)).isEqualTo(Value.of(shape(2, 2), 0f, 5, 0, 0));
        assertThat(op("OneHot", 11).integer("axis", 0).run(floats(1, 0), floats(2), longs(1, 0)))
                .isEqualTo(Value.of(shape(2, 2), 1L, 0L, 0L, 1L));
        assertThat(op("OneHot", 11).integer("axis", 1).run(Value.of(shape(1, 2), 1, 0), scalar(2), values))
                .isEqualTo(Value.of(shape(1, 2, 2), 0f, 5, 5, 0));
        assertThat(op("OneHot", 11).run(longs(), scalar(2), values).shape()).isEqualTo(shape(0, 2));
        assertThatThrownBy(() -> op("OneHot", 11).run(longs(1), scalar(0), values))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("OneHot", 11).run(longs(1), longs(2, 2), values))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("OneHot", 11).run(longs(1), scalar(2), floats(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("OneHot", 11).integer("axis", 2).run(longs(1), scalar(2), values))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("OneHot", 11).run(Value.of(shape(1), true), scalar(2), values))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("OneHot", 11).run(longs(1, 2, 3), scalar(1 << 30), values))
                .isInstanceOf(ShapeException.class);
        assertThat(op("OneHot", 11).run(Value.zeros(ElementType.UINT8, shape(1)), scalar(1), values))
                .isEqualTo(Value.of(shape(1, 1), 5f));
    }
}
