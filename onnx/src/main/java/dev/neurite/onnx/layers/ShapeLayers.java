package dev.neurite.onnx.layers;

import dev.neurite.kernel.Resizing.Mode;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.Concat;
import dev.neurite.layer.Crop;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.Permute;
import dev.neurite.layer.Reshape;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.Slice;
import dev.neurite.layer.Split;
import dev.neurite.layer.Upsample;
import dev.neurite.layer.ZeroPad1d;
import dev.neurite.layer.ZeroPad2d;
import dev.neurite.model.Network;
import dev.neurite.model.Node;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Operators that move, add, remove or summarize elements.
final class ShapeLayers {
    private ShapeLayers() {}

    static boolean add(LayerDraft draft, OnnxNode node) {
        if (!node.domain().isEmpty()) return false;
        if (node.is("Concat")) return concat(draft, node);
        Optional<Flow> x = draft.rows(node, 0);
        if (x.isEmpty()) return false;
        if (node.is("Split")) return split(draft, node, x.get());
        return one(draft, node, x.get().row())
                .filter(layer -> draft.add(node, layer, node.outputs().getFirst(), x.get()))
                .isPresent();
    }

    private static Optional<Node> one(LayerDraft draft, OnnxNode node, Shape row) {
        return switch (node.op()) {
            case "Flatten" ->
                node.attributes().integer("axis", 1) == 1 && row.isKnown()
                        ? Optional.of(new Flatten())
                        : Optional.empty();
            case "Reshape" -> draft.longs(node, 1).flatMap(to -> reshape(draft, to, row, node.attributes()));
            case "Squeeze", "Unsqueeze" -> draft.longs(node, 1).flatMap(axes -> moved(node, axes, row));
            case "Transpose" -> transpose(node, row);
            case "Slice" -> slice(draft, node, row);
            case "Pad" -> pad(draft, node, row);
            case "ReduceMean", "ReduceMax" -> reduce(draft, node, row);
            case "Gather" -> position(draft, node, row);
            case "Resize" -> resize(draft, node, row);
            default -> Optional.empty();
        };
    }

    /// A place in rows of an axis of the batch; −1 for the batch itself.
    private static int place(long axis, int rank) {
        return (int) (axis < 0 ? rank + axis : axis - 1);
    }

    private static Optional<Node> reshape(LayerDraft draft, long[] to, Shape row, Attributes a) {
        boolean batch = to.length > 0 && (to[0] == 0 || to[0] == -1 || to[0] == draft.batch());
        if (!batch || !row.isKnown() || a.flag("allowzero", false)) return Optional.empty();
        int[] extents = new int[to.length - 1];
        for (int i = 0; i < extents.length; i++) {
            long each = to[i + 1];
            if (each == 0 && i >= row.rank()) return Optional.empty();
            extents[i] = each == 0 ? row.extent(i) : Math.toIntExact(each);
        }
        if (extents.length == 1 && (extents[0] == -1 || extents[0] == row.size())) return Optional.of(new Flatten());
        return Optional.of(new Reshape(Shape.of(extents)));
    }

    private static Optional<Node> moved(OnnxNode node, long[] axes, Shape row) {
        boolean adds = node.is("Unsqueeze");
        int rank = row.rank() + (adds ? axes.length : 0);
        List<Integer> extents = new ArrayList<>(row.extents());
        int[] places =
                Arrays.stream(axes).mapToInt(each -> place(each, rank)).sorted().toArray();
        for (int i = 0; i < places.length; i++) {
            int at = adds ? places[i] : places[i] - i;
            if (at < 0
                    || at > extents.size()
                    || (!adds && (at == extents.size() || extents.get(at) != 1))
                    || !row.isKnown()) {
                return Optional.empty();
            }
            if (adds) extents.add(at, 1);
            else extents.subList(at, at + 1).clear();
        }
        return Optional.of(new Reshape(
                Shape.of(extents.stream().mapToInt(Integer::intValue).toArray())));
    }

    private static Optional<Node> transpose(OnnxNode node, Shape row) {
        long[] order = node.attributes().integers("perm").orElse(new long[0]);
        if (order.length != row.rank() + 1 || order[0] != 0) return Optional.empty();
        return Optional.of(new Permute(
                Arrays.stream(order).skip(1).mapToObj(each -> (int) each - 1).toList()));
    }

    private static Optional<Node> slice(LayerDraft draft, OnnxNode node, Shape row) {
        Optional<long[]> from = draft.longs(node, 1);
        Optional<long[]> to = draft.longs(node, 2);
        Optional<long[]> axes = draft.longs(node, 3);
        if (row.rank() == 3
                && axes.filter(each -> Arrays.equals(each, new long[] {2, 3})).isPresent()) {
            return crop(from, to, draft, node, row);
        }
        Optional<long[]> steps = LayerDraft.has(node, 4) ? draft.longs(node, 4) : Optional.of(new long[] {1});
        boolean one = from.isPresent()
                && to.isPresent()
                && axes.isPresent()
                && steps.isPresent()
                && axes.get().length == 1
                && steps.get()[0] == 1;
        if (!one) return Optional.empty();
        int at = place(axes.orElseThrow()[0], row.rank());
        if (at < 0 || at >= row.rank() || row.extent(at) == Shape.OPEN) return Optional.empty();
        int extent = row.extent(at);
        long first = index(from.get()[0], extent);
        long end = index(to.get()[0], extent);
        return first < end ? Optional.of(new Slice((int) first, (int) end, at)) : Optional.empty();
    }

    private static Optional<Node> crop(
            Optional<long[]> from, Optional<long[]> to, LayerDraft draft, OnnxNode node, Shape row) {
        boolean whole = !LayerDraft.has(node, 4)
                || draft.longs(node, 4)
                        .filter(each -> each[0] == 1 && each[1] == 1)
                        .isPresent();
        if (from.isEmpty() || to.isEmpty() || !whole || !row.isKnown()) return Optional.empty();
        int[] sides = new int[4]; // top, left, bottom, right
        for (int i = 0; i < 2; i++) {
            int extent = row.extent(i + 1);
            sides[i] = (int) index(from.get()[i], extent);
            sides[i + 2] = extent - (int) index(to.get()[i], extent);
        }
        return Optional.of(new Crop(sides[0], sides[1], sides[2], sides[3]));
    }

    /// An index, which may count from the end and lie beyond an axis.
    private static long index(long given, int extent) {
        return Math.clamp(given < 0 ? extent + given : given, 0, extent);
    }

    /// The padding of all axes, of which some are given.
    private static Optional<long[]> ofAllAxes(long[] some, long[] axes, int rank) {
        if (some.length != 2 * axes.length) return Optional.empty();
        long[] all = new long[2 * rank];
        for (int i = 0; i < axes.length; i++) {
            int at = (int) (axes[i] < 0 ? rank + axes[i] : axes[i]);
            if (at < 0 || at >= rank) return Optional.empty();
            all[at] = some[i];
            all[rank + at] = some[axes.length + i];
        }
        return Optional.of(all);
    }

    private static Optional<Node> pad(LayerDraft draft, OnnxNode node, Shape row) {
        int rank = row.rank() + 1;
        Optional<long[]> pads = draft.longs(node, 1);
        if (LayerDraft.has(node, 3)) {
            pads = pads.flatMap(some -> draft.longs(node, 3).flatMap(axes -> ofAllAxes(some, axes, rank)));
        }
        boolean zeros = node.attributes().text("mode", "constant").equals("constant")
                && draft.number(node, 2, 0).filter(each -> each == 0).isPresent();
        if (pads.isEmpty() || !zeros || pads.get().length != 2 * rank) return Optional.empty();
        int[] p = Arrays.stream(pads.get()).mapToInt(Math::toIntExact).toArray();
        boolean outside = p[0] == 0 && p[1] == 0 && p[rank] == 0 && p[rank + 1] == 0;
        if (!outside || Arrays.stream(p).anyMatch(each -> each < 0)) return Optional.empty();
        return switch (row.rank()) {
            case 2 -> Optional.of(new ZeroPad1d(p[2], p[5]));
            case 3 -> Optional.of(new ZeroPad2d(p[2], p[3], p[6], p[7]));
            default -> Optional.empty();
        };
    }

    private static Optional<Node> reduce(LayerDraft draft, OnnxNode node, Shape row) {
        long[] axes = LayerDraft.has(node, 1)
                ? draft.longs(node, 1).orElse(new long[0])
                : node.attributes().integers("axes").orElse(new long[0]);
        List<Integer> places = Arrays.stream(axes)
                .mapToObj(each -> place(each, row.rank()))
                .sorted()
                .toList();
        boolean keeps = node.attributes().flag("keepdims", true);
        boolean mean = node.is("ReduceMean");
        boolean planes = row.rank() > 1
                && places.equals(IntStream.range(1, row.rank()).boxed().toList());
        if (planes && mean && keeps) {
            return row.rank() == 2 ? Optional.of(new AdaptiveAvgPool1d(1)) : Optional.of(new AdaptiveAvgPool2d(1, 1));
        }
        if (planes && mean) return Optional.of(new GlobalAvgPool());
        if (row.rank() != 2 || !places.equals(List.of(0)) || keeps) return Optional.empty();
        return Optional.of(new SequencePool(mean ? Summary.MEAN : Summary.MAX));
    }

    /// The first or last position of a sequence.
    private static Optional<Node> position(LayerDraft draft, OnnxNode node, Shape row) {
        Optional<long[]> at = draft.longs(node, 1).filter(each -> each.length == 1);
        boolean scalar =
                draft.constant(node, 1).filter(each -> each.shape().rank() == 0).isPresent();
        if (at.isEmpty() || !scalar || row.rank() != 2 || node.attributes().integer("axis", 0) != 1)
            return Optional.empty();
        if (at.get()[0] == 0) return Optional.of(new SequencePool(Summary.FIRST));
        boolean last = at.get()[0] == -1 || (row.isKnown() && at.get()[0] == row.extent(0) - 1L);
        return last ? Optional.of(new SequencePool(Summary.LAST)) : Optional.empty();
    }

    private static Optional<Node> resize(LayerDraft draft, OnnxNode node, Shape row) {
        Attributes a = node.attributes();
        String how = a.text("mode", "nearest") + " " + a.text("coordinate_transformation_mode", "half_pixel");
        Mode mode = switch (how) {
            case "nearest asymmetric" -> Mode.NEAREST;
            case "linear half_pixel", "linear pytorch_half_pixel" -> Mode.BILINEAR;
            case "linear align_corners" -> Mode.BILINEAR_CORNERS;
            default -> null;
        };
        boolean plain = mode != null
                && row.isKnown()
                && !a.flag("antialias", false)
                && !a.has("axes")
                && a.text("keep_aspect_ratio_policy", "stretch").equals("stretch")
                && (mode != Mode.NEAREST
                        || a.text("nearest_mode", "round_prefer_floor").equals("floor"));
        if (!plain || mode == null) return Optional.empty();
        int axes = row.rank() - 1;
        Optional<Node> layer = resize(draft, node, row, axes, mode);
        boolean ofPytorch = how.endsWith(" pytorch_half_pixel"); // which takes the first of several for one
        return ofPytorch ? layer.filter(each -> !shrinksToOne(each, row)) : layer;
    }

    private static boolean shrinksToOne(Node upsample, Shape row) {
        Shape out = new Network(upsample, List.of(row)).outputs().getFirst();
        for (int axis = 1; axis < row.rank(); axis++) {
            if (out.extent(axis) == 1 && row.extent(axis) != 1) return true;
        }
        return false;
    }

    private static Optional<Node> resize(LayerDraft draft, OnnxNode node, Shape row, int axes, Mode mode) {
        Optional<float[]> scales =
                draft.floats(node, 2).map(each -> each.toArray()).filter(each -> each.length == axes + 2);
        if (scales.isPresent()) {
            float factor = scales.get()[2];
            for (int i = 0; i < axes + 2; i++) if (scales.get()[i] != (i < 2 ? 1 : factor)) return Optional.empty();
            return Optional.of(new Upsample(factor, Shape.of(), mode));
        }
        Optional<long[]> sizes =
                draft.longs(node, 3).filter(each -> each.length == axes + 2 && each[1] == row.extent(0));
        return sizes.map(each -> new Upsample(
                0,
                Shape.of(Arrays.stream(each).skip(2).mapToInt(Math::toIntExact).toArray()),
                mode));
    }

    // ------------------------------------------------------------------------------------------------ several values

    private static boolean concat(LayerDraft draft, OnnxNode node) {
        List<Flow> in = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) draft.rows(node, i).ifPresent(in::add);
        if (in.size() != node.inputs().size()) return false;
        int rank = in.getFirst().row().rank();
        int at = place(node.attributes().integer("axis", 0), rank);
        if (at < 0) return false;
        String y = node.outputs().getFirst();
        if (in.size() == 1) {
            draft.put(y, in.getFirst());
            return true;
        }
        return draft.add(node, new Concat(at == rank - 1 ? -1 : at), y, in, Map.of());
    }

    private static boolean split(LayerDraft draft, OnnxNode node, Flow x) {
        int at = place(node.attributes().integer("axis", 0), x.row().rank());
        if (at < 0 || at >= x.row().rank()) return false;
        List<Integer> sizes = new ArrayList<>();
        Optional<long[]> given = node.attributes().integers("split"); // before opset 13
        if (LayerDraft.has(node, 1)) {
            given = draft.longs(node, 1);
            if (given.isEmpty()) return false;
        }
        if (given.isPresent()) for (long each : given.get()) sizes.add(Math.toIntExact(each));
        return draft.add(node, new Split(node.outputs().size(), sizes, at), node.outputs(), List.of(x), Map.of());
    }
}
