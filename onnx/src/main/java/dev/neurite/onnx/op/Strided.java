package dev.neurite.onnx.op;

import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Copies a box of elements: along each of its axes, input and output go on by a distance of their own. So axes are
/// permuted, reversed, repeated, cut out and put in. Neighboring axes are one where both distances allow it, and
/// the axes are walked in an order that is good for the caches.
public final class Strided {
    private static final int SIDE = 32; // of the squares in which lines become columns
    private static final int SHORT = 8; // elements of a line that is not worth a call

    private final boolean empty;
    private final Axis[] outer;
    private final Axis rows;
    private final Axis columns;

    /// An axis: its extent, and the distance of neighboring elements in input and output.
    private record Axis(int extent, int from, int to) {}

    /// @param extents of the box
    /// @param from the distance of neighboring elements in the input, along each axis
    /// @param to the distance in the output
    public Strided(int[] extents, int[] from, int[] to) {
        empty = Arrays.stream(extents).anyMatch(extent -> extent == 0);
        List<Axis> axes = merged(extents, from, to);
        while (axes.size() < 2) axes.addFirst(new Axis(1, 0, 0));
        Axis last = axes.removeLast();
        Axis before = axes.remove(last.from == 1 ? axes.size() - 1 : neighborsInInput(axes));
        boolean swapped = last.extent < SHORT && before.extent > last.extent;
        outer = axes.toArray(Axis[]::new);
        rows = swapped ? last : before;
        columns = swapped ? before : last;
    }

    /// Reorders the axes of dense arrays.
    /// @param order the input axis of each output axis
    public static Strided transposed(int[] extents, int[] order) {
        int[] strides = strides(extents);
        int[] out = Arrays.stream(order).map(axis -> extents[axis]).toArray();
        int[] from = Arrays.stream(order).map(axis -> strides[axis]).toArray();
        return new Strided(out, from, strides(out));
    }

    private static List<Axis> merged(int[] extents, int[] from, int[] to) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < extents.length; i++) {
            if (extents[i] == 1) continue;
            Axis axis = new Axis(extents[i], from[i], to[i]);
            if (!axes.isEmpty() && continues(axes.getLast(), axis)) {
                Axis one = axes.removeLast();
                axis = new Axis(one.extent * axis.extent, axis.from, axis.to);
            }
            axes.add(axis);
        }
        return axes;
    }

    private static boolean continues(Axis outer, Axis inner) {
        return outer.from == inner.from * inner.extent && outer.to == inner.to * inner.extent;
    }

    /// The axis along which the input's elements are neighbors; the last one if there is none.
    private static int neighborsInInput(List<Axis> axes) {
        for (int i = 0; i < axes.size(); i++) if (axes.get(i).from == 1) return i;
        return axes.size() - 1;
    }

    public static int[] extents(Shape shape) {
        return shape.extents().stream().mapToInt(Integer::intValue).toArray();
    }

    /// The distances of neighboring elements in a dense array.
    public static int[] strides(int... extents) {
        int[] strides = new int[extents.length];
        int stride = 1;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= extents[axis];
        }
        return strides;
    }

    /// Copies the box.
    /// @param from the index of its first element in the input
    /// @param to the index of its first element in the output
    public void run(Copier copier, int from, int to) {
        if (!empty) walk(copier, 0, from, to);
    }

    private void walk(Copier copier, int depth, int from, int to) {
        if (depth == outer.length) {
            plane(copier, from, to);
            return;
        }
        Axis axis = outer[depth];
        for (int i = 0; i < axis.extent; i++) walk(copier, depth + 1, from + i * axis.from, to + i * axis.to);
    }

    private void plane(Copier copier, int from, int to) {
        boolean dense = columns.to == 1 && (columns.from == 1 || columns.from == 0);
        int side = dense ? columns.extent : SIDE;
        for (int top = 0; top < rows.extent; top += SIDE) {
            int bottom = Math.min(top + SIDE, rows.extent);
            for (int left = 0; left < columns.extent; left += side) {
                int count = Math.min(side, columns.extent - left);
                for (int i = top; i < bottom; i++) {
                    int x = from + i * rows.from + left * columns.from;
                    copier.line(x, columns.from, to + i * rows.to + left * columns.to, columns.to, count);
                }
            }
        }
    }
}
