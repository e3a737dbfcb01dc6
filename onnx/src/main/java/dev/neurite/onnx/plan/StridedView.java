package dev.neurite.onnx.plan;

import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the elements of a value are in the dense array of an earlier one, after reshapes, transposes and cuts.
/// @param offset the index of the first element
/// @param axes the factors of each axis, outermost first: an axis may be several of the array's
record StridedView(int offset, List<List<Factor>> axes) {
    /// A part of an axis: its extent, above 1, and the distance of neighboring elements, 0 if they are the same one.
    record Factor(int extent, int stride) {}

    /// A dense array.
    static StridedView of(Shape shape) {
        List<List<Factor>> axes = new ArrayList<>();
        int stride = 1;
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int extent = shape.extent(axis);
            axes.addFirst(extent == 1 ? List.of() : List.of(new Factor(extent, stride)));
            stride *= extent;
        }
        return new StridedView(0, axes);
    }

    /// The same elements with the axes in another order.
    StridedView transposed(int... order) {
        List<List<Factor>> others = new ArrayList<>();
        for (int axis : order) others.add(axes.get(axis));
        return new StridedView(offset, others);
    }

    /// The same elements in another shape; null if an axis would begin within a factor.
    @Nullable
    StridedView reshaped(Shape shape) {
        List<Factor> left = new ArrayList<>(all());
        List<List<Factor>> others = new ArrayList<>();
        for (int axis = shape.rank() - 1; axis >= 0; axis--) {
            int extent = shape.extent(axis);
            List<Factor> own = new ArrayList<>();
            while (extent > 1) {
                if (left.isEmpty()) return null;
                Factor last = left.removeLast();
                if (extent % last.extent == 0) {
                    own.addFirst(last);
                    extent /= last.extent;
                } else if (last.extent % extent == 0) {
                    own.addFirst(new Factor(extent, last.stride));
                    left.add(new Factor(last.extent / extent, last.stride * extent));
                    extent = 1;
                } else {
                    return null;
                }
            }
            others.addFirst(own);
        }
        return left.isEmpty() ? new StridedView(offset, others) : null;
    }

    /// The same elements again and again, along axes of one element and new ones before the others.
    StridedView expanded(Shape shape) {
        List<List<Factor>> others = new ArrayList<>(axes);
        while (others.size() < shape.rank()) others.addFirst(List.of());
        for (int axis = 0; axis < shape.rank(); axis++) {
            boolean repeats = others.get(axis).isEmpty() && shape.extent(axis) > 1;
            if (repeats) others.set(axis, List.of(new Factor(shape.extent(axis), 0)));
        }
        return new StridedView(offset, others);
    }

    /// A part of an axis, which must be one factor.
    /// @param count the number of elements; the axis stays
    @Nullable
    StridedView cut(int axis, int from, int count) {
        List<Factor> own = axes.get(axis);
        if (own.isEmpty()) return from == 0 && count == 1 ? this : null;
        if (own.size() > 1 || count < 1) return null;
        Factor only = own.getFirst();
        List<List<Factor>> others = new ArrayList<>(axes);
        others.set(axis, count == 1 ? List.of() : List.of(new Factor(count, only.stride)));
        return new StridedView(offset + from * only.stride, others);
    }

    /// Whether these are all elements of a dense array, in their order.
    boolean isDense(int size) {
        int stride = 1;
        for (Factor each : all().reversed()) {
            if (each.stride != stride) return false;
            stride *= each.extent;
        }
        return offset == 0 && stride == size;
    }

    List<Factor> all() {
        return factors(0, axes.size());
    }

    List<Factor> factors(int from, int to) {
        List<Factor> some = new ArrayList<>();
        for (List<Factor> each : axes.subList(from, to)) some.addAll(each);
        return some;
    }
}
