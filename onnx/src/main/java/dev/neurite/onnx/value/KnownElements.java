package dev.neurite.onnx.value;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// Elements of an input that its model has a place for, such as the categories of a column. It may refuse others.
/// @param columns for each place along the last axis the elements, texts or numbers; none where any will do. One
/// list may stand for all places
public record KnownElements(List<List<Object>> columns) {
    /// Any elements will do.
    public static final KnownElements NONE = new KnownElements(List.of());

    /// Lists are copied.
    public KnownElements {
        columns = columns.stream().map(List::copyOf).toList();
    }

    /// Those of an element; empty if any will do.
    /// @param index of the element, row-major
    public List<Object> of(int index) {
        return columns.isEmpty() ? List.of() : columns.get(index % columns.size());
    }

    /// The first for an element; empty if any will do.
    /// @param index of the element, row-major
    public Optional<Object> first(int index) {
        return of(index).stream().findFirst();
    }

    /// Puts known elements into a value that has others.
    /// @param choose of so many the index of one
    void fill(Value value, IntUnaryOperator choose) {
        for (int i = 0; i < value.size() && !columns.isEmpty(); i++) {
            List<Object> some = of(i);
            if (!some.isEmpty()) put(some.get(choose.applyAsInt(some.size())), value.array(), value.offset() + i);
        }
    }

    private static void put(Object element, Object array, int at) {
        switch (array) {
            case String[] texts when element instanceof String text -> texts[at] = text;
            case float[] floats when element instanceof Number number -> floats[at] = number.floatValue();
            case double[] doubles when element instanceof Number number -> doubles[at] = number.doubleValue();
            case long[] longs when element instanceof Number number -> longs[at] = number.longValue();
            case int[] ints when element instanceof Number number -> ints[at] = number.intValue();
            default -> {} // of another type: the model makes something of them first
        }
    }
}
