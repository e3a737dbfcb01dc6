package dev.neurite.model;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What an executor knows of a tensor.
final class Value {
    final Shape row;
    final float[] array;
    Tensor tensor;

    /// The value whose buffer this one is a view of; itself otherwise.
    final Value base;

    /// Whether [#tensor] is the network's input or a view: not from the pool.
    final boolean foreign;

    /// How many owners (activations, tape entries) the buffer has.
    int references;

    boolean wanted;

    /// ∂loss/∂tensor, once somebody contributed to it.
    @Nullable
    Value gradient;

    /// A buffer of the pool.
    Value(Shape row, Tensor tensor) {
        this.row = row;
        this.array = tensor.array();
        this.tensor = tensor;
        this.base = this;
        this.foreign = false;
    }

    /// A tensor from outside, or a view of another value.
    Value(Shape row, Tensor tensor, @Nullable Value base) {
        this.row = row;
        this.array = tensor.array();
        this.tensor = tensor;
        this.base = base == null ? this : base.base;
        this.foreign = true;
    }
}
