package dev.neurite.onnx.op;

import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import org.jspecify.annotations.Nullable;

/// The properties of a value that are known before it is computed: its type and shape, and for a constant the
/// value itself.
/// @param type the type of its elements
/// @param shape its extents, all known
/// @param layout the order of its elements
/// @param constant the constant that it is; null for a value that is another in each run
/// @param passing a value that is there already, but is another in each run; else null
public record Fact(
        ElementType type,
        Shape shape,
        Layout layout,
        @Nullable Constant constant,
        @Nullable Value passing) {
    public static Fact of(ElementType type, Shape shape) {
        return new Fact(type, shape, Layout.ROW_MAJOR, null, null);
    }

    /// Floats of this shape in some layout.
    public static Fact of(Shape shape, Layout layout) {
        return new Fact(ElementType.FLOAT, shape, layout, null, null);
    }

    public static Fact of(Constant constant) {
        return new Fact(constant.type(), constant.shape(), Layout.ROW_MAJOR, constant, null);
    }

    /// A value that is there already, but is another in each run.
    public static Fact ofPassing(Value value) {
        Layout layout = value.type() == ElementType.FLOAT ? value.tensor().layout() : Layout.ROW_MAJOR;
        return new Fact(value.type(), value.shape(), layout, null, value);
    }

    /// Whether the value is the same in each run.
    public boolean isConstant() {
        return constant != null;
    }

    /// The value, if it is a constant or there already; else null.
    public @Nullable Value value() {
        return constant != null ? constant.value() : passing;
    }

    /// A value of the same type and layout with another shape.
    public Fact withShape(Shape other) {
        return new Fact(type, other, layout, null, null);
    }

    /// The same without the value, as of one that is another in each run.
    public Fact withoutValue() {
        return new Fact(type, shape, layout, null, null);
    }

    /// As `float [2×3]`.
    @Override
    public String toString() {
        return type + " " + shape + (layout == Layout.ROW_MAJOR ? "" : " in blocks")
                + (isConstant() ? " constant" : "");
    }
}
