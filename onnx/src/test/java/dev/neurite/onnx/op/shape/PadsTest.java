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
import org.junit.jupiter.api.Test;

final class PadsTest {
    @Test
    void aConstantAround() {
        Value x = Value.of(shape(1, 2), 1f, 2);
        assertThat(op("Pad", 13).run(x, longs(1, 0, 0, 2), scalar(9f)))
                .isEqualTo(Value.of(shape(2, 4), 9f, 9, 9, 9, 1, 2, 9, 9));
        assertThat(op("Pad", 13).run(longs(5), longs(1, 1))).isEqualTo(longs(0, 5, 0));
        assertThat(op("Pad", 13).run(Value.of(shape(1), "a"), longs(1, 0))).isEqualTo(Value.of(shape(2), "", "a"));
        assertThat(op("Pad", 13).run(Value.of(shape(1), true), longs(0, 1))).isEqualTo(Value.of(shape(2), true, false));
        assertThat(op("Pad", 13).run(scalar(3L), longs())).isEqualTo(scalar(3L));
    }

    @Test
    void attributesBeforeVersion11() {
        assertThat(op("Pad", 6).integers("pads", 0, 1).with("value", 2f).run(floats(1)))
                .isEqualTo(floats(1, 2));
        assertThat(op("Pad", 6).integers("pads", 0, 1).with("value", 2f).run(Value.of(shape(1), 1.0)))
                .isEqualTo(Value.of(shape(2), 1.0, 2.0));
        assertThatThrownBy(() ->
                        op("Pad", 6).integers("pads", 0, 1).with("value", 2f).run(longs(1)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("Pad", 6).run(longs(1))).isInstanceOf(ModelFormatException.class);
    }

    @Test
    void fromTheElementsThatAreThere() {
        Value x = floats(1, 2, 3);
        Ops pad = op("Pad", 19);
        assertThat(pad.with("mode", "edge").run(x, longs(2, 1))).isEqualTo(floats(1, 1, 1, 2, 3, 3));
        assertThat(pad.with("mode", "reflect").run(x, longs(2, 1))).isEqualTo(floats(3, 2, 1, 2, 3, 2));
        assertThat(pad.with("mode", "wrap").run(x, longs(2, 1))).isEqualTo(floats(2, 3, 1, 2, 3, 1));
        assertThat(pad.with("mode", "reflect").run(x, longs(5, 0))).isEqualTo(floats(2, 1, 2, 3, 2, 1, 2, 3));
        assertThat(pad.with("mode", "wrap").run(x, longs(0, 5))).isEqualTo(floats(1, 2, 3, 1, 2, 3, 1, 2));
        assertThat(pad.with("mode", "reflect").run(floats(4), longs(1, 2))).isEqualTo(floats(4, 4, 4, 4));
    }

    @Test
    void allAxes() {
        Value x = Value.of(shape(2, 2), 1, 2, 3, 4);
        assertThat(op("Pad", 19).with("mode", "wrap").run(x, longs(1, 1, 1, 1)))
                .isEqualTo(Value.of(shape(4, 4), 4, 3, 4, 3, 2, 1, 2, 1, 4, 3, 4, 3, 2, 1, 2, 1));
        assertThat(op("Pad", 19).with("mode", "edge").run(x, longs(0, 1, 1, 0)))
                .isEqualTo(Value.of(shape(3, 3), 1, 1, 2, 3, 3, 4, 3, 3, 4));
    }

    @Test
    void someAxes() {
        Value x = counted(ElementType.INT64, 1, 2, 1);
        assertThat(op("Pad", 18).run(x, longs(1, 2), null, longs(-2)))
                .isEqualTo(Value.of(shape(1, 5, 1), 0L, 0L, 1L, 0L, 0L));
        assertThatThrownBy(() -> op("Pad", 18).run(x, longs(1, 2, 1, 1), null, longs(1, -2)))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void negativePadsCutOff() {
        Value x = counted(3, 3);
        assertThat(op("Pad", 13).run(x, longs(-1, 1, 0, -2), scalar(7f))).isEqualTo(Value.of(shape(2, 2), 7f, 3, 7, 6));
        assertThat(op("Pad", 13).with("mode", "reflect").run(floats(1, 2, 3, 4), longs(-1, 2)))
                .isEqualTo(floats(2, 3, 4, 3, 2));
        assertThat(op("Pad", 13).run(floats(1, 2), longs(-2, 3), scalar(5f))).isEqualTo(floats(5, 5, 5));
        assertThat(op("Pad", 13).run(floats(1, 2), longs(-1, -1)).size()).isZero();
        assertThatThrownBy(() -> op("Pad", 13).run(floats(1, 2), longs(-3, 3))).isInstanceOf(ShapeException.class);
    }

    @Test
    void nothingIsCopiedForZeros() {
        assertThat(op("Pad", 13).prepare(counted(2, 2), longs(0, 0, 0, 0)).viewOf())
                .isZero();
    }

    @Test
    void valuesWithoutElements() {
        Value none = Value.zeros(ElementType.FLOAT, shape(0, 2));
        assertThat(op("Pad", 13).run(none, longs(1, 0, 0, 1), scalar(1f))).isEqualTo(Value.of(shape(1, 3), 1f, 1, 1));
        assertThatThrownBy(() -> op("Pad", 13).with("mode", "edge").run(none, longs(1, 0, 0, 0)))
                .isInstanceOf(ShapeException.class);
        assertThat(op("Pad", 13)
                        .with("mode", "edge")
                        .run(none, longs(0, 1, 0, 0))
                        .shape())
                .isEqualTo(shape(0, 3));
    }

    @Test
    void wrongPads() {
        Value x = floats(1, 2);
        assertThatThrownBy(() -> op("Pad", 13).with("mode", "mirror").run(x, longs(1, 1)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("node 'it' (Pad)");
        assertThatThrownBy(() -> op("Pad", 13).run(x, longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Pad", 13).run(x, longs(1, Long.MAX_VALUE))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Pad", 13).run(x, longs(1, Integer.MAX_VALUE)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Pad", 13).run(x, longs(1, 1), scalar(1L))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Pad", 13).run(x, longs(1, 1), floats(1, 2)))
                .isInstanceOf(ShapeException.class);
        assertThat(op("Pad", 13).run(x, longs(1, 0), floats(1)).shape()).isEqualTo(Shape.of(3));
    }
}
