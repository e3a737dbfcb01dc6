package dev.neurite.model.engine;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an executor knows of a tensor: one with a buffer of the pool, or a foreign one, which is an
/// input of the network or a view of another value.
final class Value {
    Shape row;
    Tensor tensor;

    /// How many floats its buffer has for each row.
    int width;

    private final Map<Shape, Tensor> views = new HashMap<>(); // of its buffer, by the shape of a row

    /// The value whose buffer this one is a view of; itself otherwise.
    Value base;

    final boolean foreign;

    /// Whether the buffer is one for the whole batch, and `row` all of its shape.
    final boolean single;

    /// How many owners (activations, tape entries) the buffer has.
    int references;

    boolean wanted;

    /// ∂loss/∂tensor, once somebody contributed to it.
    @Nullable
    Value gradient;

    Value(Shape row, Tensor tensor, boolean foreign, boolean single) {
        this.row = row;
        this.tensor = tensor;
        this.foreign = foreign;
        this.single = single;
        this.base = this;
    }

    /// A view of a buffer that another has taken the place of holds its memory no longer.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    void forgetOldBuffer() {
        if (tensor.array() != base.tensor.array()) tensor = Tensor.EMPTY;
    }

    /// Its buffer goes.
    void forgetBuffer(Map<Tensor, Value> known) {
        views.values().forEach(known::remove);
        views.clear();
        tensor = Tensor.EMPTY;
    }

    /// Becomes a tensor of that many rows at the beginning of this buffer. One that it was before comes
    /// back as it was.
    void show(Shape newRow, float[] buffer, int rows) {
        row = newRow;
        Tensor known = views.get(newRow);
        if (known == null || known.rows() != rows) {
            known = Tensor.view(newRow.forRows(rows), buffer, 0);
            views.put(newRow, known);
        }
        tensor = known;
    }
}
