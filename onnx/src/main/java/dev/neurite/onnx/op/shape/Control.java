package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Operators that run bodies. The inputs of a node are those of its operator, then the values of graphs around it.
public final class Control {
    private Control() {}

    public static void register(Operators all) {
        all.add("If", Control::branch);
        all.add("Loop", Control::loop);
        all.add("Scan", Scans::scan);
    }

    /// The number of inputs that are not values of graphs around the bodies.
    static int own(NodeCall call) {
        return call.inputs()
                - call.attributes().texts(NodeCall.CAPTURED).orElse(List.of()).size();
    }

    static void requireOutputs(NodeCall call, int least, OnnxGraph... bodies) {
        for (OnnxGraph body : bodies) {
            if (body.outputs().size() < least) {
                throw call.wrong("expects a body of at least " + least + " outputs, got "
                        + body.outputs().size());
            }
        }
    }

    static Value[] run(NodeCall call, OnnxGraph body, Map<String, Value> captured, Value... given) {
        Interrupts.check(call.node().label());
        return call.run(body, captured, given);
    }

    // ----------------------------------------------------------------------------------------------------------- If

    private static ReadyNode branch(NodeCall call) {
        OnnxGraph yes = call.attributes().graph("then_branch");
        OnnxGraph no = call.attributes().graph("else_branch");
        call.requireType(0, ElementType.BOOL);
        Shapes.requireOne(call, 0);
        requireOutputs(call, call.outputs(), yes, no);
        if (own(call) != 1 || !yes.inputs().isEmpty() || !no.inputs().isEmpty()) {
            throw call.wrong("expects one input, and bodies without inputs");
        }
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            OnnxGraph body = in[0].integer(0) != 0 ? yes : no;
            Value[] results = run(call, body, call.captured(in));
            System.arraycopy(results, 0, out, 0, out.length);
        });
    }

    // --------------------------------------------------------------------------------------------------------- Loop

    /// The loop ends after the given number of iterations, or when the body's first output is false.
    private static ReadyNode loop(NodeCall call) {
        OnnxGraph body = call.attributes().graph("body");
        int states = own(call) - 2;
        if (states < 0) throw call.wrong("expects at least 2 inputs, got " + own(call));
        if (call.has(0)) {
            call.requireType(0, ElementType.INT64);
            Shapes.requireOne(call, 0);
        }
        if (call.has(1)) {
            call.requireType(1, ElementType.BOOL);
            Shapes.requireOne(call, 1);
        }
        for (int i = 0; i < states; i++) call.in(2 + i);
        requireInputs(call, body, states + 2);
        requireOutputs(call, 1 + Math.max(states, call.outputs()), body);
        int scans = body.outputs().size() - 1 - states;
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            List<StackedRows> rows = StackedRows.list(call, scans);
            Value[] results = iterate(call, body, in, states, rows);
            for (int i = 0; i < out.length; i++) {
                out[i] = i < states ? results[i] : rows.get(i - states).value();
            }
        });
    }

    static void requireInputs(NodeCall call, OnnxGraph body, int count) {
        if (body.inputs().size() != count) {
            throw call.wrong("expects a body of " + count + " inputs, got "
                    + body.inputs().size());
        }
    }

    /// @return the states after the last iteration
    private static Value[] iterate(NodeCall call, OnnxGraph body, Value[] in, int states, List<StackedRows> rows) {
        @Nullable Value trips = call.has(0) ? in[0] : null;
        long most = trips == null ? Long.MAX_VALUE : trips.integer(0);
        boolean goes = !call.has(1) || in[1].integer(0) != 0;
        Map<String, Value> captured = call.captured(in);
        Value[] carried = Arrays.copyOfRange(in, 2, 2 + states);
        if (most <= 0 || !goes) {
            probe(call, body, captured, rows, given(0, goes, carried));
            for (int i = 0; i < states; i++) carried[i] = carried[i].copy(); // they are inputs
            return carried;
        }
        for (long i = 0; i < most && goes; i++) {
            Value[] results = run(call, body, captured, given(i, goes, carried));
            goes = isTrue(call, results[0]);
            carried = Arrays.copyOfRange(results, 1, 1 + states);
            for (int k = 0; k < rows.size(); k++) rows.get(k).add(results[1 + states + k]);
        }
        return carried;
    }

    private static boolean isTrue(NodeCall call, Value condition) {
        if (condition.type() == ElementType.BOOL && condition.size() == 1) return condition.integer(0) != 0;
        throw call.misfit("expects a condition of the body, got " + condition.type() + " " + condition.shape());
    }

    private static Value[] given(long iteration, boolean condition, Value... states) {
        Value[] given = new Value[states.length + 2];
        given[0] = Value.of(Shape.SCALAR, iteration);
        given[1] = Value.of(Shape.SCALAR, condition);
        System.arraycopy(states, 0, given, 2, states.length);
        return given;
    }

    /// Finds what rows would be like if there are none, by running the body once.
    static void probe(
            NodeCall call, OnnxGraph body, Map<String, Value> captured, List<StackedRows> rows, Value... given) {
        if (rows.isEmpty()) return;
        Value[] results = run(call, body, captured, given);
        for (int i = 0; i < rows.size(); i++) rows.get(i).like(results[results.length - rows.size() + i]);
    }
}
