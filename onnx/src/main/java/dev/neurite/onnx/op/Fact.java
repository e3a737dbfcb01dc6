package dev.neurite.onnx.op;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import org.jspecify.annotations.Nullable;

/// What is known of a value before it is there: its type and shape, and for a constant the value itself.
/// @param type the type of its elements
/// @param shape its extents, all known
/// @param layout the order of its elements
/// @param value the value, if it is a constant
public record Fact(ElementType type, Shape shape, Layout layout, @Nullable Value value) {
    /// A value of this type and shape.
    public static Fact of(ElementType type, Shape shape) {
        return new Fact(type, shape, Layout.ROW_MAJOR, null);
    }

    /// Floats of this shape in some layout.
    public static Fact of(Shape shape, Layout layout) {
        return new Fact(ElementType.FLOAT, shape, layout, null);
    }

    /// A constant.
    public static Fact of(Value value) {
        Layout layout = value.type() == ElementType.FLOAT ? value.tensor().layout() : Layout.ROW_MAJOR;
        return new Fact(value.type(), value.shape(), layout, value);
    }

    /// The same without the value, as of one that is another in each run.
    public Fact withoutValue() {
        return new Fact(type, shape, layout, null);
    }

    /// As `float [2×3]`.
    @Override
    public String toString() {
        return type + " " + shape + (layout == Layout.ROW_MAJOR ? "" : " in blocks") + (value == null ? "" : " constant");
    }
}
