package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
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
        all.add("Scan", Control::scan);
    }

    /// The number of inputs that are not values of graphs around the bodies.
    private static int own(NodeCall call) {
        return call.inputs()
                - call.attributes().texts(NodeCall.CAPTURED).orElse(List.of()).size();
    }

    private static void requireOutputs(NodeCall call, int least, OnnxGraph... bodies) {
        for (OnnxGraph body : bodies) {
            if (body.outputs().size() < least) {
                throw call.wrong("expects a body of at least " + least + " outputs, got "
                        + body.outputs().size());
            }
        }
    }

    private static Value[] run(NodeCall call, OnnxGraph body, Map<String, Value> captured, Value... given) {
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
            List<Rows> rows = rows(call, scans);
            Value[] results = iterate(call, body, in, states, rows);
            for (int i = 0; i < out.length; i++) {
                out[i] = i < states ? results[i] : rows.get(i - states).value();
            }
        });
    }

    private static void requireInputs(NodeCall call, OnnxGraph body, int count) {
        if (body.inputs().size() != count) {
            throw call.wrong("expects a body of " + count + " inputs, got "
                    + body.inputs().size());
        }
    }

    private static List<Rows> rows(NodeCall call, int count) {
        List<Rows> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) rows.add(new Rows(call));
        return rows;
    }

    /// @return the states after the last iteration
    private static Value[] iterate(NodeCall call, OnnxGraph body, Value[] in, int states, List<Rows> rows) {
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
    private static void probe(
            NodeCall call, OnnxGraph body, Map<String, Value> captured, List<Rows> rows, Value... given) {
        if (rows.isEmpty()) return;
        Value[] results = run(call, body, captured, given);
        for (int i = 0; i < rows.size(); i++) rows.get(i).like(results[results.length - rows.size() + i]);
    }

    /// Values of one type and shape that become the rows of one.
    private static final class Rows {
        private final NodeCall call;
        private @Nullable Value first;
        private Object array = new Object[0];
        private int capacity;
        private int count;

        Rows(NodeCall call) {
            this.call = call;
        }

        /// Sets type and shape.
        Value like(Value row) {
            if (row.type().hasValues()) throw call.misfit("expects tensors to put together, got " + row.type());
            Value known = first;
            if (known == null) {
                known = row;
                first = row;
                array = row.type().newArray(0);
            }
            if (known.type() == row.type() && known.shape().equals(row.shape())) return known;
            throw call.misfit("expects an output of the body that is " + known.type() + " " + known.shape()
                    + " in each iteration, got " + row.type() + " " + row.shape());
        }

        void add(Value row) {
            int size = like(row).size();
            long needed = (count + 1L) * size;
            if (needed > capacity) grow(row.type(), needed);
            System.arraycopy(row.array(), row.offset(), array, count * size, size);
            count++;
        }

        private void grow(ElementType type, long needed) {
            if (needed > Integer.MAX_VALUE) throw call.misfit("expects results of less than 2³¹ elements, got more");
            int larger = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * capacity));
            int bytes = type == ElementType.STRING ? Long.BYTES : type.bytes();
            Object next = Heap.allocate(
                    call.node().label() + ", results of its iterations",
                    (long) larger * bytes,
                    () -> type.newArray(larger));
            System.arraycopy(array, 0, next, 0, capacity);
            array = next;
            capacity = larger;
        }

        Shape shape() {
            Value known = first;
            if (known == null) throw new IllegalStateException("no row was seen");
            return known.shape().forRows(count);
        }

        /// The rows, one after the other.
        Value value() {
            Value known = first;
            if (known == null) throw new IllegalStateException("no row was seen");
            return Value.view(known.type(), shape(), array, 0);
        }
    }

    // --------------------------------------------------------------------------------------------------------- Scan

    /// The settings of a scan for one input or output.
    private record Side(int axis, boolean backward) {
        static Side of(NodeCall call, String kind, int number, int count, int rank) {
            long[] axes = list(call, kind + "_axes", count);
            long[] directions = list(call, kind + "_directions", count);
            if (directions[number] != 0 && directions[number] != 1) {
                throw call.wrong("expects directions of 0 or 1, got " + directions[number]);
            }
            return new Side(call.axis(axes[number], rank), directions[number] == 1);
        }

        private static long[] list(NodeCall call, String name, int count) {
            long[] given = call.attributes().integers(name).orElseGet(() -> new long[count]);
            if (given.length == count) return given;
            throw call.wrong("expects " + name + " of " + count + " numbers, got " + Arrays.toString(given));
        }
    }

    private static ReadyNode scan(NodeCall call) {
        if (call.version() < 9) throw call.wrong("expects version 9 or later, got " + call.version());
        OnnxGraph body = call.attributes().graph("body");
        int slices = call.attributes().small("num_scan_inputs", 0);
        int states = own(call) - slices;
        if (slices < 1 || states < 0) {
            throw call.wrong("expects num_scan_inputs from 1 to " + own(call) + ", got " + slices);
        }
        requireInputs(call, body, states + slices);
        requireOutputs(call, Math.max(states, call.outputs()), body);
        int scans = body.outputs().size() - states;
        List<Side> sides = new ArrayList<>();
        int steps = -1;
        for (int i = 0; i < slices; i++) {
            Shape x = call.shape(states + i);
            Side side = Side.of(call, "scan_input", i, slices, x.rank());
            if (i > 0 && x.extent(side.axis) != steps) {
                throw call.misfit("expects inputs of one length, got " + steps + " and " + x.extent(side.axis));
            }
            steps = x.extent(side.axis);
            sides.add(side);
        }
        for (int i = 0; i < states; i++) call.in(i);
        int length = steps;
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            List<Rows> rows = rows(call, scans);
            Value[] carried = scan(call, body, in, states, sides, length, rows);
            for (int i = 0; i < out.length; i++) {
                out[i] = i < states ? carried[i] : assembled(call, rows.get(i - states), i - states, scans);
            }
        });
    }

    private static Value[] scan(
            NodeCall call, OnnxGraph body, Value[] in, int states, List<Side> sides, int length, List<Rows> rows) {
        Map<String, Value> captured = call.captured(in);
        Value[] given = Arrays.copyOf(in, states + sides.size());
        for (int step = 0; step < length; step++) {
            for (int i = 0; i < sides.size(); i++) given[states + i] = slice(in[states + i], sides.get(i), step);
            Value[] results = run(call, body, captured, given);
            System.arraycopy(results, 0, given, 0, states);
            for (int k = 0; k < rows.size(); k++) rows.get(k).add(results[states + k]);
        }
        if (length > 0) return Arrays.copyOf(given, states);
        for (int i = 0; i < sides.size(); i++) {
            Value x = in[states + i];
            given[states + i] = Value.zeros(x.type(), without(x.shape(), sides.get(i).axis));
        }
        probe(call, body, captured, rows, given);
        Value[] carried = new Value[states];
        for (int i = 0; i < states; i++) carried[i] = in[i].copy();
        return carried;
    }

    private static Shape without(Shape shape, int axis) {
        List<Integer> extents = new ArrayList<>(shape.extents());
        extents.subList(axis, axis + 1).clear();
        return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Value slice(Value x, Side side, int step) {
        int[] extents = Strided.extents(x.shape());
        int[] strides = Strided.strides(extents);
        int place = side.backward ? extents[side.axis] - 1 - step : step;
        Value slice = Value.zeros(x.type(), without(x.shape(), side.axis));
        extents[side.axis] = 1;
        int[] to = Strided.strides(extents);
        new Strided(extents, strides, to).run(Copier.of(x, slice), place * strides[side.axis], 0);
        return slice;
    }

    /// The results of all steps, along the axis that they are to have.
    private static Value assembled(NodeCall call, Rows rows, int number, int count) {
        Value all = rows.value();
        int[] extents = Strided.extents(all.shape());
        Side side = Side.of(call, "scan_output", number, count, extents.length);
        if (side.axis == 0 && !side.backward) return all;
        int[] from = Strided.strides(extents);
        int steps = extents[0];
        int first = side.backward ? Math.max(0, steps - 1) * from[0] : 0;
        if (side.backward) from[0] = -from[0];
        Value y = Value.zeros(all.type(), Shape.of(moved(extents, side.axis)));
        int[] moved = moved(from, side.axis);
        int[] to = Strided.strides(Strided.extents(y.shape()));
        new Strided(Strided.extents(y.shape()), moved, to).run(Copier.of(all, y), first, 0);
        return y;
    }

    /// With the first number at another place.
    private static int[] moved(int[] numbers, int place) {
        int[] moved = numbers.clone();
        System.arraycopy(numbers, 1, moved, 0, place);
        moved[place] = numbers[0];
        return moved;
    }
}
