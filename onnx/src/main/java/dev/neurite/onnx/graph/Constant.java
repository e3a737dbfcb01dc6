package dev.neurite.onnx.graph;

import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value that is the same in each run, read or computed when it is first needed. Thread-safe.
public final class Constant {
    private final ElementType type;
    private final Shape shape;
    private final boolean shared;
    private @Nullable Supplier<Value> reader; // null once it has been read
    private volatile @Nullable Value value;

    private Constant(ElementType type, Shape shape, boolean shared, Supplier<Value> reader) {
        this.type = type;
        this.shape = shape;
        this.shared = shared;
        this.reader = reader;
    }

    /// A constant of the file.
    /// @param reader reads the elements
    public Constant(ElementType type, Shape shape, Supplier<Value> reader) {
        this(type, shape, true, reader);
    }

    /// A constant that has been computed.
    /// @param shared whether it is the same for all shapes of inputs
    public static Constant of(Value value, boolean shared) {
        var constant = new Constant(value.type(), value.shape(), shared, () -> value);
        constant.value = value;
        constant.reader = null;
        return constant;
    }

    /// A constant that is computed when it is needed.
    /// @param shared whether it is the same for all shapes of inputs
    public static Constant of(ElementType type, Shape shape, boolean shared, Supplier<Value> computation) {
        return new Constant(type, shape, shared, computation);
    }

    public ElementType type() {
        return type;
    }

    public Shape shape() {
        return shape;
    }

    /// Whether it is the same for all shapes of inputs.
    public boolean isShared() {
        return shared;
    }

    /// The elements; always the same object.
    public Value value() {
        Value known = value;
        return known != null ? known : read();
    }

    private synchronized Value read() {
        Value known = value;
        if (known != null) return known;
        Supplier<Value> needed = reader;
        if (needed == null) throw new IllegalStateException("read, but not there");
        Value read = needed.get();
        value = read;
        reader = null;
        return read;
    }
}
