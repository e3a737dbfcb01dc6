package dev.neurite.onnx.op;

import dev.neurite.tensor.Shape;
import java.util.List;

/// How several shapes are broadcast to one, as NumPy does: axes are aligned at the end, and an extent of 1 is
/// repeated. The result is walked in runs: neighboring elements along its last axes, for which each input either
/// goes on by one element or stays.
public final class Broadcast {
    private final Shape shape;
    private final int[] outer; // extents
    private final int run;
    private final int[][] strides; // of each input, for each outer axis
    private final int[] steps; // of each input within a run, 0 or 1

    @FunctionalInterface
    public interface Run {
        /// Takes a run.
        /// @param in the index of the first element of each input, not to be kept
        /// @param out the index of the first element of the result
        /// @param count how many
        void run(int[] in, int out, int count);
    }

    @FunctionalInterface
    public interface Element {
        /// Takes an element.
        /// @param in the index of each input's element, not to be kept
        /// @param out the index of the result's
        void at(int[] in, int out);
    }

    /// @param call for messages
    public Broadcast(NodeCall call, Shape... shapes) {
        shape = shape(call, shapes);
        int rank = shape.rank();
        int[][] all = new int[shapes.length][rank];
        for (int i = 0; i < shapes.length; i++) {
            int stride = 1;
            for (int axis = rank - 1, own = shapes[i].rank() - 1; own >= 0; axis--, own--) {
                all[i][axis] = shapes[i].extent(own) == 1 ? 0 : stride;
                stride *= shapes[i].extent(own);
            }
        }
        int inner = rank;
        int length = 1;
        int[] step = new int[shapes.length];
        while (inner > 0 && extendsRun(all, inner - 1, length, step)) {
            inner--;
            length *= shape.extent(inner);
        }
        run = length;
        steps = step;
        outer = new int[inner];
        for (int axis = 0; axis < inner; axis++) outer[axis] = shape.extent(axis);
        strides = all;
    }

    /// Whether a run of this length may go on along a further axis.
    private boolean extendsRun(int[][] all, int axis, int length, int[] step) {
        if (shape.extent(axis) == 1) return true;
        if (length == 1) {
            for (int i = 0; i < all.length; i++) step[i] = all[i][axis] == 0 ? 0 : 1;
            return true;
        }
        for (int i = 0; i < all.length; i++) if (all[i][axis] != step[i] * length) return false;
        return true;
    }

    private static Shape shape(NodeCall call, Shape... shapes) {
        int rank = 0;
        for (Shape each : shapes) rank = Math.max(rank, each.rank());
        int[] extents = new int[rank];
        for (int back = 1; back <= rank; back++) {
            int extent = 1;
            for (Shape each : shapes) {
                if (back > each.rank()) continue;
                int own = each.extent(each.rank() - back);
                if (own == 1 || own == extent) continue;
                if (extent != 1) throw call.misfit("expects shapes that can be broadcast, got " + List.of(shapes));
                extent = own;
            }
            extents[rank - back] = extent;
        }
        return Shape.of(extents);
    }

    public Shape shape() {
        return shape;
    }

    /// Whether an input goes on by one element within a run, and does not stay.
    public boolean moves(int input) {
        return steps[input] == 1;
    }

    /// The distance of an input's elements within a run: 1, or 0 if it stays.
    public int step(int input) {
        return steps[input];
    }

    /// Walks the result, element by element: for what need not be fast.
    public void forEachElement(Element work) {
        int[] in = new int[strides.length];
        forEach((first, out, count) -> {
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < in.length; j++) in[j] = first[j] + i * steps[j];
                work.at(in, out + i);
            }
        });
    }

    /// Walks the result.
    public void forEach(Run work) {
        if (shape.size() == 0) return;
        int[] in = new int[strides.length];
        int[] index = new int[outer.length];
        for (int out = 0; out < shape.size(); out += run) {
            work.run(in, out, run);
            for (int axis = outer.length - 1; axis >= 0; axis--) {
                for (int i = 0; i < in.length; i++) in[i] += strides[i][axis];
                if (++index[axis] < outer[axis]) break;
                for (int i = 0; i < in.length; i++) in[i] -= strides[i][axis] * outer[axis];
                index[axis] = 0;
            }
        }
    }
}
