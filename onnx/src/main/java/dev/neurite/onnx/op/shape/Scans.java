package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Scan, which runs a body for each step along an axis of its inputs. In version 8 all values have a batch axis before,
/// which the body does not see, and each sequence of the batch may have a length of its own.
final class Scans {
    private static final int LAST_BATCHED = 8; // version with a batch axis

    private final NodeCall call;
    private final OnnxGraph body;
    private final int first; // of states and inputs: 1 after the lengths of sequences
    private final int states;
    private final int slices;
    private final int results; // of the body, that are no states

    private Scans(NodeCall call) {
        this.call = call;
        first = call.version() <= LAST_BATCHED ? 1 : 0;
        body = call.attributes().graph("body");
        slices = call.attributes().small("num_scan_inputs", 0);
        int given = Control.own(call) - first;
        states = given - slices;
        if (slices < 1 || states < 0) {
            throw call.wrong("expects num_scan_inputs from 1 to " + given + ", got " + slices);
        }
        Control.requireInputs(call, body, given);
        Control.requireOutputs(call, Math.max(states, call.outputs()), body);
        results = body.outputs().size() - states;
        for (int i = 0; i < given; i++) call.in(first + i);
    }

    static ReadyNode scan(NodeCall call) {
        var scan = new Scans(call);
        return scan.first == 1 ? scan.batched() : scan.plain();
    }

    /// How one of the inputs or results is gone through.
    private record Side(int axis, boolean backward) {
        static Side of(NodeCall call, String kind, int number, int count, int rank) {
            long[] axes = list(call, kind + "_axes", count);
            return new Side(call.axis(axes[number], rank), backward(call, kind + "_directions", number, count));
        }

        static boolean backward(NodeCall call, String name, int number, int count) {
            long direction = list(call, name, count)[number];
            if (direction == 0 || direction == 1) return direction == 1;
            throw call.wrong("expects directions of 0 or 1, got " + direction);
        }

        private static long[] list(NodeCall call, String name, int count) {
            long[] given = call.attributes().integers(name).orElseGet(() -> new long[count]);
            if (given.length == count) return given;
            throw call.wrong("expects " + name + " of " + count + " numbers, got " + Arrays.toString(given));
        }
    }

    // ---------------------------------------------------------------------------------------------------- version 9

    private ReadyNode plain() {
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < slices; i++) {
            sides.add(Side.of(
                    call, "scan_input", i, slices, call.shape(states + i).rank()));
        }
        int length = extent(sides.getFirst().axis, 0);
        for (int i = 1; i < slices; i++) requireLength(length, extent(sides.get(i).axis, i));
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            List<StackedRows> rows = StackedRows.list(call, results);
            Value[] carried = run(call.captured(in), Arrays.copyOf(in, states + slices), sides, length, rows);
            for (int i = 0; i < out.length; i++) {
                out[i] = i < states ? carried[i] : assembled(rows.get(i - states), i - states);
            }
        });
    }

    private int extent(int axis, int slice) {
        return call.shape(first + states + slice).extent(axis);
    }

    private void requireLength(int length, int other) {
        if (other != length) throw call.misfit("expects inputs of one length, got " + length + " and " + other);
    }

    /// Goes through all steps.
    /// @param given the states, then the inputs
    /// @return the states after the last step
    private Value[] run(
            Map<String, Value> captured, Value[] given, List<Side> sides, int length, List<StackedRows> rows) {
        Value[] next = given.clone();
        for (int step = 0; step < length; step++) {
            for (int i = 0; i < slices; i++) {
                Side side = sides.get(i);
                next[states + i] = slice(given[states + i], side.axis, side.backward ? length - 1 - step : step);
            }
            Value[] all = Control.run(call, body, captured, next);
            System.arraycopy(all, 0, next, 0, states);
            for (int k = 0; k < rows.size(); k++) rows.get(k).add(all[states + k]);
        }
        if (length > 0) return Arrays.copyOf(next, states);
        for (int i = 0; i < slices; i++) {
            Value x = given[states + i];
            next[states + i] = Value.zeros(x.type(), without(x.shape(), sides.get(i).axis));
        }
        Control.probe(call, body, captured, rows, next);
        Value[] carried = new Value[states];
        for (int i = 0; i < states; i++) carried[i] = given[i].copy();
        return carried;
    }

    private static Shape without(Shape shape, int axis) {
        List<Integer> extents = new ArrayList<>(shape.extents());
        extents.subList(axis, axis + 1).clear();
        return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Value slice(Value x, int axis, int place) {
        int[] extents = Strided.extents(x.shape());
        int[] strides = Strided.strides(extents);
        Value slice = Value.zeros(x.type(), without(x.shape(), axis));
        extents[axis] = 1;
        int[] to = Strided.strides(extents);
        new Strided(extents, strides, to).run(Copier.of(x, slice), place * strides[axis], 0);
        return slice;
    }

    /// The results of all steps, along the axis that they are to have.
    private Value assembled(StackedRows rows, int number) {
        Value all = rows.value();
        int[] extents = Strided.extents(all.shape());
        Side side = Side.of(call, "scan_output", number, results, extents.length);
        if (side.axis == 0 && !side.backward) return all;
        int[] from = Strided.strides(extents);
        int steps = extents[0];
        int start = side.backward ? Math.max(0, steps - 1) * from[0] : 0;
        if (side.backward) from[0] = -from[0];
        Value y = Value.zeros(all.type(), Shape.of(moved(extents, side.axis)));
        int[] moved = moved(from, side.axis);
        int[] to = Strided.strides(Strided.extents(y.shape()));
        new Strided(Strided.extents(y.shape()), moved, to).run(Copier.of(all, y), start, 0);
        return y;
    }

    /// With the first number at another place.
    private static int[] moved(int[] numbers, int place) {
        int[] moved = numbers.clone();
        System.arraycopy(numbers, 1, moved, 0, place);
        moved[place] = numbers[0];
        return moved;
    }

    // ---------------------------------------------------------------------------------------------------- version 8

    /// Inputs are `[batch × steps × …]`, states `[batch × …]`. Results after the end of a sequence are zeros.
    private ReadyNode batched() {
        List<Side> sides = new ArrayList<>();
        for (int i = 0; i < slices; i++) sides.add(new Side(0, Side.backward(call, "directions", i, slices)));
        for (int i = 0; i < states + slices; i++) {
            int least = i < states ? 1 : 2;
            if (call.shape(first + i).rank() < least) {
                throw call.misfit("expects input " + (first + i) + " with " + least + " axes or more, got "
                        + call.shape(first + i));
            }
        }
        int batch = extent(0, 0);
        int steps = extent(1, 0);
        for (int i = 0; i < states + slices; i++) {
            int other = call.shape(first + i).extent(0);
            if (other != batch) throw call.misfit("expects inputs of one batch, got " + batch + " and " + other);
        }
        for (int i = 1; i < slices; i++) requireLength(steps, extent(1, i));
        if (call.has(0)) call.requireType(0, ElementType.INT64);
        return ReadyNode.unknown(call.outputs(), (in, out) -> {
            int[] lengths = lengths(in, batch, steps);
            List<StackedRows> all = StackedRows.list(call, states + results);
            for (int row = 0; row < Math.max(1, batch); row++) { // one of zeros, if there is none
                List<StackedRows> rows = StackedRows.list(call, results);
                int length = batch == 0 ? 0 : lengths[row];
                Value[] carried = run(call.captured(in), row(in, row, batch), sides, length, rows);
                for (int i = 0; i < all.size(); i++) {
                    Value one = i < states
                            ? carried[i]
                            : filled(rows.get(i - states).value(), steps);
                    if (batch == 0) all.get(i).like(one);
                    else all.get(i).add(one);
                }
            }
            for (int i = 0; i < out.length; i++) out[i] = all.get(i).value();
        });
    }

    private int[] lengths(Value[] in, int batch, int steps) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, steps);
        if (!call.has(0)) return lengths;
        long[] given = in[0].longs();
        boolean fit = given.length == batch && Arrays.stream(given).allMatch(each -> each >= 0 && each <= steps);
        if (fit) return Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
        throw call.misfit(
                "expects " + batch + " lengths of sequences from 0 to " + steps + ", got " + Arrays.toString(given));
    }

    /// The states and inputs of one row of the batch.
    private Value[] row(Value[] in, int row, int batch) {
        Value[] given = new Value[states + slices];
        for (int i = 0; i < given.length; i++) {
            Value x = in[first + i];
            Shape shape = without(x.shape(), 0);
            given[i] = batch == 0
                    ? Value.zeros(x.type(), shape)
                    : Value.view(x.type(), shape, x.array(), x.offset() + row * shape.size());
        }
        return given;
    }

    private static Value filled(Value rows, int steps) {
        if (rows.shape().extent(0) == steps) return rows;
        Value filled = Value.zeros(rows.type(), without(rows.shape(), 0).forRows(steps));
        System.arraycopy(rows.array(), rows.offset(), filled.array(), filled.offset(), rows.size());
        return filled;
    }
}
