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
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gathering and scattering.
final class GatheringTest {
    // -------------------------------------------------------------------------------------------------------- Gather

    @Test
    void gathers() {
        Value x = counted(3, 2);
        assertThat(op("Gather", 13).run(x, longs(2, 0, -1))).isEqualTo(Value.of(shape(3, 2), 4f, 5, 0, 1, 4, 5));
        assertThat(op("Gather", 13).integer("axis", 1).run(x, Value.of(shape(1, 1), -2)))
                .isEqualTo(Value.of(shape(3, 1, 1), 0f, 2, 4));
        assertThat(op("Gather", 13).integer("axis", -1).run(x, scalar(1))).isEqualTo(floats(1, 3, 5));
        assertThat(op("Gather", 13).run(Value.of(shape(2), "a", "b"), longs(1))).isEqualTo(Value.of(shape(1), "b"));
        assertThat(op("Gather", 13).run(x, longs()).shape()).isEqualTo(shape(0, 2));
        assertThat(op("Gather", 13).run(counted(40, 30), longs(39)).floats())
                .startsWith(1170)
                .endsWith(1199);
    }

    @ParameterizedTest
    @ValueSource(longs = {3, -4, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32})
    void indicesOutOfRange(long index) {
        Value x = counted(3, 2);
        Value updates = counted(1, 2);
        assertOutOfRange(op("Gather", 13), x, longs(index));
        assertOutOfRange(op("GatherElements", 13), x, Value.of(shape(1, 1), index));
        assertOutOfRange(op("GatherND", 13), x, Value.of(shape(1, 1), index));
        assertOutOfRange(op("ScatterND", 18), x, Value.of(shape(1, 1), index), updates);
        assertOutOfRange(op("ScatterElements", 18), x, Value.of(shape(1, 2), 0, index), updates);
        assertOutOfRange(op("Gather", 13), counted(3, 0), longs(index));
    }

    private static void assertOutOfRange(Ops op, Value... inputs) {
        assertThatThrownBy(() -> op.run(inputs))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("node 'it'")
                .hasMessageContaining("indices from -3 to 2");
    }

    @Test
    void noIndexFitsNoElements() {
        assertThatThrownBy(() -> op("Gather", 13).run(counted(0, 2), longs(0))).isInstanceOf(DataException.class);
        assertThat(op("Gather", 13).run(counted(0, 2), longs()).shape()).isEqualTo(shape(0, 2));
    }

    @Test
    void wrongGathers() {
        Value x = counted(3, 2);
        assertThatThrownBy(() -> op("Gather", 13).run(x, floats(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Gather", 13).integer("axis", 2).run(x, longs(1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Gather", 13).run(scalar(1f), longs(0))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherElements", 13).run(x, longs(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherElements", 13).run(x, Value.of(shape(1, 3), 0L, 0L, 0L)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherND", 13).run(x, Value.of(shape(1, 3), 0L, 0L, 0L)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherND", 13).run(x, scalar(1))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherND", 13).integer("batch_dims", 2).run(x, Value.of(shape(3, 1), new long[3])))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("GatherND", 13).integer("batch_dims", 1).run(x, Value.of(shape(2, 1), new long[2])))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void gathersElements() {
        Value x = counted(ElementType.INT32, 3, 3);
        assertThat(op("GatherElements", 13).run(x, Value.of(shape(2, 3), 1L, 2L, 0L, 2L, 0L, -3L)))
                .isEqualTo(Value.of(shape(2, 3), 3, 7, 2, 6, 1, 2));
        assertThat(op("GatherElements", 13).integer("axis", 1).run(x, Value.of(shape(3, 1), 2, 0, -1)))
                .isEqualTo(Value.of(shape(3, 1), 2, 3, 8));
        Value cube = counted(2, 2, 2);
        assertThat(op("GatherElements", 13).integer("axis", 1).run(cube, Value.of(shape(2, 1, 2), 0, 1, 1, 0)))
                .isEqualTo(Value.of(shape(2, 1, 2), 0f, 3, 6, 5));
        assertThat(op("GatherElements", 13)
                        .run(x, Value.zeros(ElementType.INT64, shape(0, 2)))
                        .shape())
                .isEqualTo(shape(0, 2));
    }

    @Test
    void gathersByTuples() {
        Value x = counted(ElementType.INT32, 2, 2, 2);
        assertThat(op("GatherND", 13).run(x, Value.of(shape(2, 2), 0, 1, -1, 0)))
                .isEqualTo(Value.of(shape(2, 2), 2, 3, 4, 5));
        assertThat(op("GatherND", 13).run(x, Value.of(shape(1, 2, 3), 0, 0, 1, 1, 1, 1)))
                .isEqualTo(Value.of(shape(1, 2), 1, 7));
        assertThat(op("GatherND", 13).integer("batch_dims", 1).run(x, Value.of(shape(2, 1), 1, 0)))
                .isEqualTo(Value.of(shape(2, 2), 2, 3, 4, 5));
        assertThat(op("GatherND", 13).integer("batch_dims", 1).run(x, Value.of(shape(2, 2, 1), 1, 0, 0, 0)))
                .isEqualTo(Value.of(shape(2, 2, 2), 2, 3, 0, 1, 4, 5, 4, 5));
    }

    // ------------------------------------------------------------------------------------------------------- Scatter

    @Test
    void scattersElements() {
        Value x = Value.of(shape(1, 5), 1f, 2, 3, 4, 5);
        Value indices = Value.of(shape(1, 2), 1L, -2L);
        Value updates = Value.of(shape(1, 2), 1.5f, 2.5f);
        Value expected = Value.of(shape(1, 5), 1f, 1.5f, 3, 2.5f, 5);
        assertThat(op("ScatterElements", 11).integer("axis", 1).run(x, indices, updates))
                .isEqualTo(expected);
        assertThat(op("Scatter", 9).integer("axis", -1).run(x, indices, updates))
                .isEqualTo(expected);
        Value texts = Value.of(shape(2), "a", "b");
        assertThat(op("ScatterElements", 18).run(texts, longs(0), Value.of(shape(1), "c")))
                .isEqualTo(Value.of(shape(2), "c", "b"));
    }

    @Test
    void updatesOfOnePlaceAreTakenTogether() {
        Value x = longs(5, 6);
        Value indices = longs(1, 1, 0);
        Value updates = longs(2, 9, 7);
        Ops scatter = op("ScatterElements", 18);
        assertThat(scatter.run(x, indices, updates)).isEqualTo(longs(7, 9));
        assertThat(scatter.with("reduction", "none").run(x, indices, updates)).isEqualTo(longs(7, 9));
        assertThat(scatter.with("reduction", "add").run(x, indices, updates)).isEqualTo(longs(12, 17));
        assertThat(scatter.with("reduction", "mul").run(x, indices, updates)).isEqualTo(longs(35, 108));
        assertThat(scatter.with("reduction", "max").run(x, indices, updates)).isEqualTo(longs(7, 9));
        assertThat(scatter.with("reduction", "min").run(x, indices, updates)).isEqualTo(longs(5, 2));
        assertThat(scatter.with("reduction", "add").run(floats(1, 2), longs(0, 0), floats(3, 4)))
                .isEqualTo(floats(8, 2));
        assertThat(scatter.with("reduction", "max").run(Value.of(shape(1), true), longs(0), Value.of(shape(1), false)))
                .isEqualTo(Value.of(shape(1), true));
        Value bytes = Value.ofUint8(shape(1), (byte) 200);
        assertThat(scatter.with("reduction", "max").run(bytes, longs(0), Value.ofUint8(shape(1), (byte) 100)))
                .isEqualTo(bytes);
    }

    @Test
    void scattersByTuples() {
        Value x = counted(3, 2);
        assertThat(op("ScatterND", 16).run(x, Value.of(shape(2, 1), 2L, 0L), Value.of(shape(2, 2), 9f, 8, 7, 6)))
                .isEqualTo(Value.of(shape(3, 2), 7f, 6, 2, 3, 9, 8));
        Ops add = op("ScatterND", 16).with("reduction", "add");
        assertThat(add.run(x, Value.of(shape(2, 2), 0, -1, 0, 1), floats(1, 2)))
                .isEqualTo(Value.of(shape(3, 2), 0f, 4, 2, 3, 4, 5));
        assertThat(op("ScatterND", 18).with("reduction", "min").run(x, Value.of(shape(1, 1), 2), counted(1, 2)))
                .isEqualTo(Value.of(shape(3, 2), 0f, 1, 2, 3, 0, 1));
        assertThat(op("ScatterND", 16).run(x, Value.zeros(ElementType.INT64, shape(0, 1)), counted(0, 2)))
                .isEqualTo(x);
    }

    @Test
    void wrongScatters() {
        Value x = counted(3, 2);
        Value index = Value.of(shape(1, 1), 0);
        assertThatThrownBy(() -> op("ScatterND", 16).run(x, index, counted(1, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ScatterND", 16).run(x, index, counted(ElementType.INT64, 1, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ScatterND", 16).run(x, scalar(0), counted(1, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ScatterElements", 16).run(x, index, counted(1, 2)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(
                        () -> op("ScatterElements", 16).with("reduction", "sub").run(x, index, counted(1, 1)))
                .isInstanceOf(ModelFormatException.class);
        Value text = Value.of(shape(1), "a");
        assertThatThrownBy(
                        () -> op("ScatterElements", 16).with("reduction", "add").run(text, longs(0), text))
                .isInstanceOf(ShapeException.class);
    }
}
