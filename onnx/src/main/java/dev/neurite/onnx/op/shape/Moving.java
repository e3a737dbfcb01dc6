package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Operators that move boxes of elements: reorder axes, put values together, take them apart.
public final class Moving {
    private Moving() {}

    public static void register(Operators all) {
        Uniques.register(all);
        all.add("Transpose", Moving::transpose);
        all.add("Concat", Moving::concat);
        all.add("Split", Moving::split);
        all.add("Slice", Moving::slice);
        all.add("Tile", Moving::tile);
        all.add("DepthToSpace", Moving::depthToSpace);
        all.add("SpaceToDepth", Moving::spaceToDepth);
    }

    private static ReadyNode transpose(NodeCall call) {
        Shape in = call.shape(0);
        int[] order = order(call, in.rank());
        long[] extents = Arrays.stream(order).mapToLong(in::extent).toArray();
        Shape out = Shapes.of(call, extents);
        if (in.size() == 0 || keepsOrder(in, order)) return ReadyNode.view(call.in(0), out, 0);
        return moved(call, out, Strided.transposed(Strided.extents(in), order));
    }

    private static int[] order(NodeCall call, int rank) {
        long[] given = call.attributes().integers("perm").orElse(null);
        if (given == null)
            return IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
        if (given.length == rank) return call.axes(given, rank);
        throw call.misfit("expects an order of " + rank + " axes, got " + Arrays.toString(given));
    }

    /// Whether only axes of extent 1 change their places.
    private static boolean keepsOrder(Shape in, int... order) {
        int last = -1;
        for (int axis : order) {
            if (in.extent(axis) == 1) continue;
            if (axis < last) return false;
            last = axis;
        }
        return true;
    }

    private static ReadyNode moved(NodeCall call, Shape out, Strided copy) {
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> copy.run(Copier.of(x[0], y[0]), 0, 0));
    }

    private static ReadyNode concat(NodeCall call) {
        Shape first = call.shape(0);
        if (!call.attributes().has("axis")) throw call.wrong("expects an axis, got none");
        int axis = call.axis(call.attributes().integer("axis", 0), first.rank());
        if (call.inputs() == 1) return ReadyNode.view(call.in(0), first, 0);
        long extent = 0;
        for (int i = 0; i < call.inputs(); i++) {
            Shape each = call.shape(i);
            call.requireSameTypes(0, i);
            if (each.rank() != first.rank()
                    || !Shapes.with(call, each, axis, first.extent(axis)).equals(first)) {
                throw call.misfit("expects shapes that differ on axis " + axis + ", got " + first + " and " + each);
            }
            extent += each.extent(axis);
        }
        Shape out = Shapes.with(call, first, axis, extent);
        int[] to = Strided.strides(Strided.extents(out));
        Strided[] parts = new Strided[call.inputs()];
        int[] places = new int[parts.length];
        for (int i = 0, place = 0; i < parts.length; i++) {
            int[] extents = Strided.extents(call.shape(i));
            parts[i] = new Strided(extents, Strided.strides(extents), to);
            places[i] = place;
            place += extents[axis] * to[axis];
        }
        return ReadyNode.of(call.in(0).withShape(out), (x, y) -> { // in blocks, whole blocks of channels lie as in rows
            for (int i = 0; i < parts.length; i++) parts[i].run(Copier.of(x[i], y[0]), 0, places[i]);
        });
    }

    private static ReadyNode split(NodeCall call) {
        Shape in = call.shape(0);
        int axis = call.axis(call.attributes().integer("axis", 0), in.rank());
        long[] sizes = sizes(call, in.extent(axis));
        if (sizes.length == 1) return ReadyNode.view(call.in(0), in, 0);
        int[] from = Strided.strides(Strided.extents(in));
        List<Fact> facts = new ArrayList<>();
        Strided[] parts = new Strided[sizes.length];
        int[] places = new int[sizes.length];
        for (int i = 0, place = 0; i < sizes.length; i++) {
            Shape out = Shapes.with(call, in, axis, sizes[i]);
            facts.add(Fact.of(call.type(0), out));
            int[] extents = Strided.extents(out);
            parts[i] = new Strided(extents, from, Strided.strides(extents));
            places[i] = place;
            place += extents[axis] * from[axis];
        }
        return ReadyNode.of(facts, (x, y) -> {
            for (int i = 0; i < parts.length; i++) {
                if (call.wants(i)) parts[i].run(Copier.of(x[0], y[i]), places[i], 0);
            }
        });
    }

    private static long[] sizes(NodeCall call, int extent) {
        int parts = call.outputs();
        long[] given = call.integers("split", 1);
        boolean counted = call.attributes().has("num_outputs");
        if (parts == 0 || (counted && call.attributes().integer("num_outputs", 0) != parts)) {
            throw call.wrong("expects as many parts as outputs, got " + parts + " outputs");
        }
        if (counted && given != null) throw call.wrong("expects either num_outputs or sizes, got both");
        if (given == null) return equalSizes(call, extent, parts);
        boolean fits = given.length == parts;
        long rest = extent;
        for (long each : given) {
            fits &= each >= 0 && each <= rest;
            rest -= fits ? each : 0;
        }
        if (fits && rest == 0) return given;
        throw call.misfit("expects " + parts + " sizes that add up to " + extent + ", got " + Arrays.toString(given));
    }

    private static long[] equalSizes(NodeCall call, int extent, int parts) {
        long[] sizes = new long[parts];
        Arrays.fill(sizes, Math.ceilDiv(extent, parts));
        sizes[parts - 1] = extent - (parts - 1) * sizes[0];
        boolean fits = call.version() < 18 ? sizes[parts - 1] == sizes[0] : sizes[parts - 1] >= 0;
        if (fits) return sizes;
        throw call.misfit("expects an extent that can be split into " + parts + " parts, got " + extent);
    }

    private static ReadyNode slice(NodeCall call) {
        Shape in = call.shape(0);
        Slices slices = new Slices(call, in);
        Shape out = Shapes.of(call, slices.extents());
        if (slices.isWhole()) return ReadyNode.view(call.in(0), in, 0);
        int[] extents = Strided.extents(out);
        Strided copy = new Strided(extents, slices.strides(), Strided.strides(extents));
        int first = slices.first();
        return ReadyNode.of(Fact.of(call.type(0), out), (x, y) -> copy.run(Copier.of(x[0], y[0]), first, 0));
    }

    private static ReadyNode tile(NodeCall call) {
        if (call.version() < 6) throw call.wrong("expects version 6 or later, got " + call.version());
        Shape in = call.shape(0);
        int rank = in.rank();
        long[] repeats = call.integers(1);
        if (repeats.length != rank) {
            throw call.misfit("expects " + rank + " repeats, got " + Arrays.toString(repeats));
        }
        long[] sizes = new long[rank];
        for (int i = 0; i < rank; i++) {
            if (repeats[i] < 0 || repeats[i] > Integer.MAX_VALUE) {
                throw call.misfit("expects repeats from 0 to 2³¹−1, got " + repeats[i]);
            }
            sizes[i] = repeats[i] * in.extent(i);
        }
        Shape out = Shapes.of(call, sizes);
        if (out.equals(in)) return ReadyNode.view(call.in(0), in, 0);
        int[] own = Strided.strides(Strided.extents(in));
        int[] all = Strided.strides(Strided.extents(out));
        int[] extents = new int[2 * rank]; // each axis is one of repeats and one of elements
        int[] from = new int[2 * rank];
        int[] to = new int[2 * rank];
        for (int i = 0; i < rank; i++) {
            extents[2 * i] = (int) repeats[i];
            to[2 * i] = in.extent(i) * all[i];
            extents[2 * i + 1] = in.extent(i);
            from[2 * i + 1] = own[i];
            to[2 * i + 1] = all[i];
        }
        return moved(call, out, new Strided(extents, from, to));
    }

    private static ReadyNode depthToSpace(NodeCall call) {
        call.requireRank(0, 4);
        Shape in = call.shape(0);
        int side = side(call);
        int channels = divided(call, in.extent(1), (long) side * side);
        int height = in.extent(2);
        int width = in.extent(3);
        String mode = call.attributes().text("mode", "DCR");
        int[] axes = switch (mode) {
            case "DCR" -> new int[] {3, 4, 1, 5, 2};
            case "CRD" -> new int[] {1, 4, 2, 5, 3};
            default -> throw call.wrong("expects mode DCR or CRD, got '" + mode + "'");
        };
        int[] blocks = mode.equals("DCR")
                ? new int[] {in.extent(0), side, side, channels, height, width}
                : new int[] {in.extent(0), channels, side, side, height, width};
        Shape out = Shapes.of(call, in.extent(0), channels, (long) height * side, (long) width * side);
        int[] order = IntStream.concat(IntStream.of(0), Arrays.stream(axes)).toArray();
        return moved(call, out, Strided.transposed(blocks, order));
    }

    private static ReadyNode spaceToDepth(NodeCall call) {
        call.requireRank(0, 4);
        Shape in = call.shape(0);
        int side = side(call);
        int height = divided(call, in.extent(2), side);
        int width = divided(call, in.extent(3), side);
        long block = Math.min((long) side * side, 1L << 31); // more is possible without elements only
        Shape out = Shapes.of(call, in.extent(0), block * in.extent(1), height, width);
        int[] blocks = {in.extent(0), in.extent(1), height, side, width, side};
        return moved(call, out, Strided.transposed(blocks, new int[] {0, 3, 5, 1, 2, 4}));
    }

    private static int side(NodeCall call) {
        int side = call.attributes().small("blocksize", 0);
        if (side < 1) throw call.wrong("expects a blocksize of 1 or more, got " + side);
        return side;
    }

    private static int divided(NodeCall call, int extent, long by) {
        if (extent % by == 0) return (int) (extent / by);
        throw call.misfit("expects an extent that " + by + " divides, got " + extent);
    }
}
