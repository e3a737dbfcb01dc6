package dev.neurite.onnx.op.shape;

import static dev.neurite.onnx.op.Ops.counted;
import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import org.junit.jupiter.api.Test;

final class SelectingTest {
    private static Value truths(boolean... all) {
        return Value.of(Shape.of(all.length), all);
    }

    @Test
    void choosesBetweenTwo() {
        Value condition = truths(true, false, false, true);
        assertThat(op("Where", 16).run(condition, floats(1, 2, 3, 4), floats(5, 6, 7, 8)))
                .isEqualTo(floats(1, 6, 7, 4));
        assertThat(op("Where", 16).run(condition, scalar(9), longs(1, 2, 3, 4))).isEqualTo(longs(9, 2, 3, 9));
        Value column = Value.of(shape(2, 1), true, false);
        assertThat(op("Where", 16).run(column, Value.of(shape(3), "a", "b", "c"), Value.of(Shape.SCALAR, "")))
                .isEqualTo(Value.of(shape(2, 3), "a", "b", "c", "", "", ""));
        assertThat(op("Where", 16).run(truths(), scalar(1f), scalar(2f)).size()).isZero();
        assertThatThrownBy(() -> op("Where", 16).run(condition, scalar(1f), scalar(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Where", 16).run(longs(1), scalar(1), scalar(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Where", 16).run(condition, longs(1, 2), scalar(1)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void placesOfNonZeros() {
        assertThat(op("NonZero", 13).run(Value.of(shape(2, 2), 1f, 0, -0f, Float.NaN)))
                .isEqualTo(Value.of(shape(2, 2), 0L, 1L, 0L, 1L));
        assertThat(op("NonZero", 13).run(truths(false, true))).isEqualTo(Value.of(shape(1, 1), 1L));
        assertThat(op("NonZero", 13).run(scalar(5)).shape()).isEqualTo(shape(0, 1));
        assertThat(op("NonZero", 13).run(counted(0, 3)).shape()).isEqualTo(shape(2, 0));
        assertThatThrownBy(() -> op("NonZero", 13).run(Value.of(shape(1), "a"))).isInstanceOf(ShapeException.class);
    }

    @Test
    void compresses() {
        Value x = counted(ElementType.INT64, 3, 2);
        assertThat(op("Compress", 11).integer("axis", 0).run(x, truths(false, true, true)))
                .isEqualTo(Value.of(shape(2, 2), 2L, 3L, 4L, 5L));
        assertThat(op("Compress", 11).integer("axis", -1).run(x, truths(false, true)))
                .isEqualTo(Value.of(shape(3, 1), 1L, 3L, 5L));
        assertThat(op("Compress", 11).run(x, truths(false, true, false, true, true)))
                .isEqualTo(longs(1, 3, 4));
        assertThat(op("Compress", 11).integer("axis", 0).run(x, truths()).shape())
                .isEqualTo(shape(0, 2));
        assertThatThrownBy(() -> op("Compress", 11).run(x, longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Compress", 11).integer("axis", 2).run(x, truths(true)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void triangles() {
        Value x = counted(ElementType.INT64, 2, 3);
        assertThat(op("Trilu", 14).run(x)).isEqualTo(Value.of(shape(2, 3), 0L, 1L, 2L, 0L, 4L, 5L));
        assertThat(op("Trilu", 14).integer("upper", 0).run(x)).isEqualTo(Value.of(shape(2, 3), 0L, 0L, 0L, 3L, 4L, 0L));
        assertThat(op("Trilu", 14).run(x, scalar(1))).isEqualTo(Value.of(shape(2, 3), 0L, 1L, 2L, 0L, 0L, 5L));
        assertThat(op("Trilu", 14).integer("upper", 0).run(x, scalar(-1)))
                .isEqualTo(Value.of(shape(2, 3), 0L, 0L, 0L, 3L, 0L, 0L));
        assertThat(op("Trilu", 14).run(x, scalar(Long.MIN_VALUE))).isEqualTo(x);
        assertThat(op("Trilu", 14).integer("upper", 0).run(x, scalar(Long.MAX_VALUE)))
                .isEqualTo(x);
        assertThat(op("Trilu", 14).run(counted(2, 1, 1), scalar(1))).isEqualTo(Value.of(shape(2, 1, 1), 0f, 0));
        assertThat(op("Trilu", 14).run(counted(2, 0)).shape()).isEqualTo(shape(2, 0));
        assertThatThrownBy(() -> op("Trilu", 14).run(counted(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Trilu", 14).run(x, longs(1, 2))).isInstanceOf(ShapeException.class);
    }

    @Test
    void reversesSequences() {
        Value x = counted(2, 3);
        assertThat(op("ReverseSequence", 10)
                        .integer("batch_axis", 0)
                        .integer("time_axis", 1)
                        .run(x, longs(3, 2)))
                .isEqualTo(Value.of(shape(2, 3), 2f, 1, 0, 4, 3, 5));
        assertThat(op("ReverseSequence", 10).run(x, longs(1, 2, 0)))
                .isEqualTo(Value.of(shape(2, 3), 0f, 4, 2, 3, 1, 5));
        assertThatThrownBy(() -> op("ReverseSequence", 10).run(x, longs(1, 3, 0)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("node 'it' (ReverseSequence)");
        assertThatThrownBy(() -> op("ReverseSequence", 10).run(x, longs(1, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> op("ReverseSequence", 10).integer("time_axis", 1).run(x, longs(1, 2)))
                .isInstanceOf(ModelFormatException.class);
    }
}
