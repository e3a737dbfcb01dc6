package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.value.Value;
import org.junit.jupiter.api.Test;

class BitsTest {
    @Test
    void combinesBits() {
        Value two = longs(0b1100, -1);
        Value one = longs(0b1010);
        assertThat(op("BitwiseAnd", 18).run(two, one)).isEqualTo(longs(0b1000, 0b1010));
        assertThat(op("BitwiseOr", 18).run(two, one)).isEqualTo(longs(0b1110, -1));
        assertThat(op("BitwiseXor", 18).run(two, one)).isEqualTo(longs(0b0110, ~0b1010));
        assertThat(op("BitwiseNot", 18).run(two)).isEqualTo(longs(~0b1100, 0));
        assertThat(op("BitwiseNot", 18).run(bytes(0, 200))).isEqualTo(bytes(255, 55));
        assertThatThrownBy(() -> op("BitwiseAnd", 18).run(floats(1), floats(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("BitwiseNot", 18).run(floats(1))).isInstanceOf(ShapeException.class);
    }

    @Test
    void shiftsBytes() {
        Value x = bytes(16, 200, 1);
        Value by = bytes(1, 2, 9);
        assertThat(op("BitShift", 11).with("direction", "LEFT").run(x, by)).isEqualTo(bytes(32, 32, 0));
        assertThat(op("BitShift", 11).with("direction", "RIGHT").run(x, by)).isEqualTo(bytes(8, 50, 0));
        assertThatThrownBy(() -> op("BitShift", 11).run(x, by)).isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> op("BitShift", 11).with("direction", "LEFT").run(longs(1), longs(1)))
                .isInstanceOf(ShapeException.class);
    }

    private static Value bytes(int... all) {
        byte[] bytes = new byte[all.length];
        for (int i = 0; i < all.length; i++) bytes[i] = (byte) all[i];
        return Value.ofUint8(shape(all.length), bytes);
    }

    @Test
    void determinants() {
        Value x = Value.of(shape(3, 2, 2), 0f, 2, 3, 4, 1, 2, 2, 4, 1e-20f, 1, 1, 1);
        assertThat(op("Det", 22).run(x)).isEqualTo(floats(-6, 0, -1));
        Value turned = Value.of(shape(3, 3), 0.0, 0, 1, 1, 0, 0, 0, 1, 0);
        assertThat(op("Det", 22).run(turned)).isEqualTo(Value.of(shape(), 1.0));
        assertThat(op("Det", 22).run(Value.of(shape(0, 0), new float[0]))).isEqualTo(Value.of(shape(), 1f));
        assertThatThrownBy(() -> op("Det", 22).run(Value.of(shape(1, 2), 1f, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Det", 22).run(floats(1))).isInstanceOf(ShapeException.class);
    }
}
