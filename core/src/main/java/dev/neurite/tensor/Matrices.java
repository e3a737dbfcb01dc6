package dev.neurite.tensor;

import dev.neurite.error.ShapeException;
import org.jspecify.annotations.Nullable;

/// Matrices of one shape at equal distances in an array: views of a tensor's elements, as [Matrix] is one.
public final class Matrices {
    private final Matrix first;
    private final int count;
    private final int stride;
    private @Nullable Matrices transpose;

    private Matrices(Matrix first, int count, int stride) {
        this.first = first;
        this.count = count;
        this.stride = stride;
    }

    /// The matrices of a tensor `[count × rows × columns]`.
    /// @throws ShapeException for another number of axes
    public static Matrices of(Tensor x) {
        Shape shape = x.shape();
        if (shape.rank() != 3) throw new ShapeException("matrices", "expects [count × rows × columns], got " + shape);
        int rows = shape.extent(1);
        int columns = shape.extent(2);
        var first = new Matrix(x.array(), x.offset(), rows, columns, columns, 1);
        return new Matrices(first, shape.extent(0), rows * columns);
    }

    /// The first matrix; if there is none, only its extents count.
    public Matrix first() {
        return first;
    }

    public int count() {
        return count;
    }

    /// The distance in the array between the same elements of neighboring matrices.
    public int stride() {
        return stride;
    }

    /// The transposes; views.
    public Matrices transpose() {
        Matrices cached = transpose;
        if (cached == null) {
            cached = new Matrices(first.transpose(), count, stride);
            cached.transpose = this;
            transpose = cached;
        }
        return cached;
    }

    /// The extents as `8 × [64×10]`.
    @Override
    public String toString() {
        return count + " × " + first;
    }
}
