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
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.Protos;
import dev.neurite.onnx.proto.GraphProto;
import dev.neurite.onnx.proto.TypeProto;
import dev.neurite.onnx.proto.ValueInfoProto;
import dev.neurite.onnx.value.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What ONNX's own tests of sequences do not have.
final class SequencesTest {
    private static final Value TWO = Value.sequence(List.of(floats(1), floats(2, 3)));

    @Test
    void placesCountFromBothEnds() {
        assertThat(op("SequenceAt", 11).run(TWO, scalar(-1L))).isEqualTo(floats(2, 3));
        assertThat(op("SequenceErase", 11).run(TWO)).isEqualTo(Value.sequence(List.of(floats(1))));
        assertThat(op("SequenceInsert", 11).run(TWO, floats(9), scalar(2L)).elements())
                .hasSize(3);
        assertThatThrownBy(() -> op("SequenceAt", 11).run(TWO, scalar(2L)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("expects a place from -2 to 1 of a sequence, got 2");
        assertThatThrownBy(() -> op("SequenceInsert", 11).run(TWO, floats(9), scalar(-3L)))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> op("SequenceErase", 11).run(Value.sequence(List.of())))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> op("SequenceLength", 11).run(floats(1))).isInstanceOf(ShapeException.class);
    }

    @Test
    void splitsIntoPartsOfASizeAndPutsTogether() {
        Value x = counted(5, 2);
        Value parts = op("SplitToSequence", 11).run(x, scalar(2L));
        assertThat(parts.elements()).extracting(Value::shape).containsExactly(shape(2, 2), shape(2, 2), shape(1, 2));
        assertThat(op("ConcatFromSequence", 11).integer("axis", 0).run(parts)).isEqualTo(x);
        Value rows = op("SplitToSequence", 11).integer("keepdims", 0).run(x);
        assertThat(op("ConcatFromSequence", 11)
                        .integer("axis", 0)
                        .integer("new_axis", 1)
                        .run(rows))
                .isEqualTo(x);
        assertThatThrownBy(() -> op("SplitToSequence", 11).run(x, longs(2, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("SplitToSequence", 11).run(x, scalar(0L))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("ConcatFromSequence", 11).integer("axis", 0).run(Value.sequence(List.of())))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> op("ConcatFromSequence", 11)
                        .integer("axis", 0)
                        .run(Value.sequence(List.of(floats(1), longs(1)))))
                .isInstanceOf(ShapeException.class);
    }

    @Test
    void anOptionalValueIsThereOrNot() {
        assertThat(op("OptionalHasElement", 18).run(Value.none())).isEqualTo(Value.of(shape(), false));
        assertThat(op("OptionalHasElement", 18).run(op("Optional", 15).run(floats(1))))
                .isEqualTo(Value.of(shape(), true));
        assertThatThrownBy(() -> op("OptionalGetElement", 18).run(Value.none())).isInstanceOf(DataException.class);
    }

    /// Elements are copies: neither the given value nor a result shares their arrays.
    @Test
    void elementsAreCopied() {
        Value x = floats(1, 2);
        Value one = op("SequenceConstruct", 11).run(x);
        ((float[]) x.array())[0] = 9;
        Value taken = op("SequenceAt", 11).run(one, scalar(0L));
        assertThat(taken).isEqualTo(floats(1, 2));
        ((float[]) taken.array())[0] = 9;
        assertThat(one.elements().getFirst()).isEqualTo(floats(1, 2));
    }

    @Test
    void othersRefuseThem() {
        assertThatThrownBy(() -> op("Add", 14).run(TWO, TWO)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Cast", 13).integer("to", 1).run(TWO)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Equal", 13).run(TWO, TWO)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Relu", 13).run(TWO)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op("Unique", 11).run(TWO)).isInstanceOf(ShapeException.class);
    }

    /// Also those that only move elements: a place of a sequence without a value must never be there.
    @Test
    void noOperatorOfTensorsTakesThem() {
        TypeProto sequence = TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.getDefaultInstance())
                .build();
        for (String op : new String[] {"Transpose", "Flatten", "Squeeze", "Shape", "NonZero", "Dropout", "Size"}) {
            GraphProto.Builder graph = GraphProto.newBuilder()
                    .setName("g")
                    .addInput(ValueInfoProto.newBuilder().setName("x").setType(sequence))
                    .addNode(Protos.node(op, "x", "y"))
                    .addOutput(ValueInfoProto.newBuilder().setName("y").setType(sequence));
            OnnxModel model = OnnxModel.read(Protos.model(graph).build().toByteArray());
            assertThatThrownBy(() -> model.run(TWO))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("expects tensors, got a value of type sequence");
        }
    }
}
