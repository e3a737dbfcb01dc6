package dev.neurite.onnx.graph;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value of the file, read when it is first needed. Thread-safe.
public final class Constant {
    private final ElementType type;
    private final Shape shape;
    private @Nullable Supplier<Value> reader; // null once it has been read
    private volatile @Nullable Value value;

    /// @param reader reads the elements
    public Constant(ElementType type, Shape shape, Supplier<Value> reader) {
        this.type = type;
        this.shape = shape;
        this.reader = reader;
    }

    /// One that has been computed.
    public static Constant of(Value value) {
        var constant = new Constant(value.type(), value.shape(), () -> value);
        constant.value = value;
        constant.reader = null;
        return constant;
    }

    /// The type of the elements.
    public ElementType type() {
        return type;
    }

    /// The extents.
    public Shape shape() {
        return shape;
    }

    /// The elements; always the same object.
    public Value value() {
        Value known = value;
        return known != null ? known : read();
    }

    private synchronized Value read() {
        Supplier<Value> needed = reader;
        Value known = value;
        if (known != null) return known;
        if (needed == null) throw new IllegalStateException("read, but not there");
        Value read = needed.get();
        value = read;
        reader = null;
        return read;
    }
}
