package dev.neurite.onnx.op.shape;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.longs;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.scalar;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ControlTest {
    private static final Value YES = Value.of(Shape.SCALAR, true);
    private static final Value NO = Value.of(Shape.SCALAR, false);

    private static OnnxNode node(String op, String inputs, String output) {
        return new OnnxNode(
                output,
                "",
                op,
                18,
                List.of(inputs.split(" ")),
                List.of(output),
                Attributes.none("node '" + output + "'"));
    }

    private static OnnxGraph graph(String inputs, String outputs, Map<String, Constant> constants, OnnxNode... nodes) {
        List<ValueInfo> infos = Arrays.stream(inputs.split(" "))
                .filter(each -> !each.isEmpty())
                .map(each -> new ValueInfo(each, ElementType.FLOAT, List.of(), true))
                .toList();
        return new OnnxGraph("body", infos, List.of(outputs.split(" ")), constants, List.of(nodes));
    }

    private static Ops captured(Ops op, String... names) {
        return op.with(NodeCall.CAPTURED, List.of(names));
    }

    // ----------------------------------------------------------------------------------------------------------- If

    @Test
    void takesABranch() {
        Ops op = captured(op("If", 16), "a", "b")
                .with("then_branch", graph("", "y", Map.of(), node("Add", "a b", "y")))
                .with("else_branch", graph("", "a", Map.of()));
        assertThat(op.run(YES, floats(1, 2), floats(10, 20))).isEqualTo(floats(11, 22));
        assertThat(op.run(NO, floats(1, 2), floats(10, 20))).isEqualTo(floats(1, 2));
        assertThatThrownBy(() -> op.run(scalar(1f), floats(1), floats(2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> op.outputs(2).run(YES, floats(1), floats(2)))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("2 outputs");
        assertThatThrownBy(() -> op("If", 16).run(YES)).isInstanceOf(ModelFormatException.class);
    }

    // --------------------------------------------------------------------------------------------------------- Loop

    /// x + i·step; goes on while it is less than the limit; keeps all x.
    private static OnnxGraph body() {
        return graph(
                "i go x",
                "more next row",
                Map.of(),
                node("Cast", "i", "number"),
                node("Mul", "number step", "summand"),
                node("Add", "x summand", "next"),
                node("Less", "next limit", "more"),
                node("Identity", "next", "row"));
    }

    private static OnnxGraph castingBody() {
        OnnxGraph body = body();
        List<OnnxNode> nodes = body.nodes().stream()
                .map(each -> each.is("Cast") ? each.with(each.attributes().with("to", 1L)) : each)
                .toList();
        return body.with(body.constants(), nodes);
    }

    private static Ops loop() {
        return captured(op("Loop", 16), "step", "limit")
                .with("body", castingBody())
                .outputs(2);
    }

    @Test
    void loops() {
        Value step = scalar(2f);
        Value limit = scalar(100f);
        Value[] y = loop().runAll(scalar(4L), YES, scalar(1f), step, limit);
        assertThat(y[0]).isEqualTo(scalar(13f));
        assertThat(y[1]).isEqualTo(floats(1, 3, 7, 13));
        y = loop().runAll(null, null, scalar(1f), step, scalar(5f));
        assertThat(y[1]).isEqualTo(floats(1, 3, 7));
        y = loop().runAll(null, YES, scalar(1f), step, scalar(1f));
        assertThat(y[1]).isEqualTo(floats(1));
    }

    @Test
    void loopsNotOnce() {
        for (Value[] given : new Value[][] {{scalar(0L), YES}, {scalar(-5L), null}, {scalar(3L), NO}}) {
            Value[] y = loop().runAll(given[0], given[1], scalar(1f), scalar(2f), scalar(9f));
            assertThat(y[0]).isEqualTo(scalar(1f));
            assertThat(y[1]).isEqualTo(Value.zeros(ElementType.FLOAT, shape(0)));
        }
    }

    @Test
    void anInterruptEndsALoop() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> loop().runAll(null, null, scalar(1f), scalar(0f), scalar(5f)))
                    .isInstanceOf(ResourceException.class)
                    .hasMessageContaining("got an interrupt of its thread");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void rowsMustBeAlike() {
        OnnxGraph body = graph("i go x", "go next next", Map.of(), node("Concat", "x x", "next"));
        OnnxNode concat = body.nodes().getFirst();
        OnnxGraph with =
                body.with(Map.of(), List.of(concat.with(concat.attributes().with("axis", 0L))));
        Ops op = op("Loop", 16).with("body", with).outputs(2);
        assertThat(op.runAll(scalar(1L), YES, floats(1))[1].shape()).isEqualTo(shape(1, 2));
        assertThatThrownBy(() -> op.runAll(scalar(2L), YES, floats(1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("in each iteration");
    }

    @Test
    void refusesBodiesThatDoNotFit() {
        assertThatThrownBy(() -> loop().runAll(scalar(4L), YES, scalar(2f), scalar(100f)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> loop().outputs(3).runAll(scalar(4L), YES, scalar(1f), scalar(2f), scalar(100f)))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> loop().runAll(longs(1, 2), YES, scalar(1f), scalar(2f), scalar(100f)))
                .isInstanceOf(ShapeException.class);
        OnnxGraph body = graph("i go x", "x x x", Map.of());
        assertThatThrownBy(() -> op("Loop", 16).with("body", body).run(scalar(1L), YES, scalar(1f)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("condition");
    }

    // --------------------------------------------------------------------------------------------------------- Scan

    private static Ops scan() {
        OnnxGraph body =
                graph("sum x", "next row", Map.of(), node("Add", "sum x", "next"), node("Identity", "next", "row"));
        return op("Scan", 16).with("body", body).integer("num_scan_inputs", 1).outputs(2);
    }

    @Test
    void scans() {
        Value x = Value.of(shape(3, 2), 1f, 2, 3, 4, 5, 6);
        Value[] y = scan().runAll(floats(0, 0), x);
        assertThat(y[0]).isEqualTo(floats(9, 12));
        assertThat(y[1]).isEqualTo(Value.of(shape(3, 2), 1f, 2, 4, 6, 9, 12));
    }

    @Test
    void scansAnyAxisInAnyDirection() {
        Value x = Value.of(shape(2, 3), 1f, 3, 5, 2, 4, 6);
        Value[] y = scan().integers("scan_input_axes", 1)
                .integers("scan_input_directions", 1)
                .integers("scan_output_axes", -1)
                .integers("scan_output_directions", 1)
                .runAll(floats(0, 0), x);
        assertThat(y[0]).isEqualTo(floats(9, 12));
        assertThat(y[1]).isEqualTo(Value.of(shape(2, 3), 9f, 8, 5, 12, 10, 6));
    }

    @Test
    void scansNothing() {
        Value[] y = scan().runAll(floats(7, 8), Value.zeros(ElementType.FLOAT, shape(0, 2)));
        assertThat(y[0]).isEqualTo(floats(7, 8));
        assertThat(y[1].shape()).isEqualTo(shape(0, 2));
    }

    @Test
    void refusesScansThatDoNotFit() {
        Value x = Value.of(shape(3, 2), 1f, 2, 3, 4, 5, 6);
        assertThatThrownBy(() -> scan().integers("scan_input_axes", 2).runAll(floats(0, 0), x))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> scan().integers("scan_output_axes", 0, 0).runAll(floats(0, 0), x))
                .isInstanceOf(ModelFormatException.class);
        assertThatThrownBy(() -> scan().integer("num_scan_inputs", 3).runAll(floats(0, 0), x))
                .isInstanceOf(ModelFormatException.class);
    }

    // -------------------------------------------------------------------------------------------- Scan of version 8

    private static Ops batched() {
        OnnxGraph body =
                graph("sum x", "next row", Map.of(), node("Add", "sum x", "next"), node("Identity", "next", "row"));
        return op("Scan", 8).with("body", body).integer("num_scan_inputs", 1).outputs(2);
    }

    private static final Value SUMS = Value.of(shape(2, 1), 0f, 100);
    private static final Value STEPS = Value.of(shape(2, 3, 1), 1f, 2, 3, 4, 5, 6);

    @Test
    void scansEachRowOfABatch() {
        Value[] y = batched().runAll(null, SUMS, STEPS);
        assertThat(y[0]).isEqualTo(Value.of(shape(2, 1), 6f, 115));
        assertThat(y[1]).isEqualTo(Value.of(shape(2, 3, 1), 1f, 3, 6, 104, 109, 115));
    }

    /// What comes after a sequence's end is not read; a sequence is gone through backward from its own end.
    @Test
    void scansSequencesOfSeveralLengths() {
        Value[] y = batched().runAll(longs(2, 0), SUMS, STEPS);
        assertThat(y[0]).isEqualTo(Value.of(shape(2, 1), 3f, 100));
        assertThat(y[1]).isEqualTo(Value.of(shape(2, 3, 1), 1f, 3, 0, 0, 0, 0));
        y = batched().integers("directions", 1).runAll(longs(2, 3), SUMS, STEPS);
        assertThat(y[1]).isEqualTo(Value.of(shape(2, 3, 1), 2f, 3, 0, 106, 111, 115));
    }

    @Test
    void scansAnEmptyBatch() {
        Value[] y = batched()
                .runAll(
                        null,
                        Value.zeros(ElementType.FLOAT, shape(0, 1)),
                        Value.zeros(ElementType.FLOAT, shape(0, 3, 1)));
        assertThat(y[0].shape()).isEqualTo(shape(0, 1));
        assertThat(y[1].shape()).isEqualTo(shape(0, 3, 1));
    }

    @Test
    void refusesBatchesThatDoNotFit() {
        assertThatThrownBy(() -> batched().runAll(longs(2, 4), SUMS, STEPS))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("expects 2 lengths of sequences from 0 to 3, got [2, 4]");
        assertThatThrownBy(() -> batched().runAll(longs(2), SUMS, STEPS)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> batched().runAll(null, floats(1, 2, 3), STEPS)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> batched().runAll(null, SUMS, floats(1, 2))).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> batched().integers("directions", 2).runAll(null, SUMS, STEPS))
                .isInstanceOf(ModelFormatException.class);
    }
}
