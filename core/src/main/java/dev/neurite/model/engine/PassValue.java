package dev.neurite.model.engine;

import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A tensor of a pass and its state. Its buffer is from the pool; or it is foreign: an input of the
/// network, or a view of another value.
final class PassValue {
    private static final int MOST_VIEWS = 64;

    Shape row;
    Tensor tensor;

    /// The rows of the tensor for each row of the batch: more than 1 where positions of sequences are rows.
    int positions = 1;

    /// The floats of the buffer for each row of the batch.
    int width;

    private final Map<Shape, Tensor> views = new HashMap<>(); // of its buffer, by the shape of a row
    private final Map<Shape, Tensor> blockedViews = new HashMap<>(); // the same in Layout.BLOCKED

    /// The value whose buffer this one views; itself if it is no view.
    PassValue base;

    final boolean foreign;

    /// Whether the buffer is one for the whole batch, with `row` as its whole shape.
    final boolean single;

    /// The number of owners of the buffer: running nodes and tape entries.
    int references;

    /// The value that this one was converted from, which it keeps alive; itself if it was not. Both are one
    /// tensor in two layouts, with one gradient: that of the origin.
    PassValue origin;

    /// The same numbers in the other layout; null if nobody has them.
    @Nullable
    PassValue converted;

    /// The steps of each row of padded sequences; empty without padding.
    Tensor lengths = Tensor.EMPTY;

    private boolean wanted;

    private @Nullable PassValue gradient;

    PassValue(Shape row, Tensor tensor, boolean foreign, boolean single) {
        this.row = row;
        this.tensor = tensor;
        this.foreign = foreign;
        this.single = single;
        this.base = this;
        this.origin = this;
    }

    /// Begins another tensor: not converted, without a gradient.
    void begin() {
        base = this;
        origin = this;
        converted = null;
        lengths = Tensor.EMPTY;
        wanted = false;
        gradient = null;
    }

    Layout layout() {
        return tensor.layout();
    }

    /// Whether its gradient is needed.
    boolean wanted() {
        return origin.wanted;
    }

    void want(boolean needed) {
        origin.wanted = needed;
    }

    /// ∂loss/∂tensor in either layout; null until the first contribution.
    @Nullable
    PassValue gradient() {
        return origin.gradient;
    }

    void setGradient(@Nullable PassValue sum) {
        origin.gradient = sum;
    }

    /// Drops the tensor of a view whose buffer was replaced.
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    void forgetOldBuffer() {
        if (tensor.array() != base.tensor.array()) tensor = Tensor.EMPTY;
    }

    /// Drops the buffer and all tensors in it.
    void forgetBuffer(Map<Tensor, PassValue> known) {
        views.values().forEach(known::remove);
        views.clear();
        blockedViews.values().forEach(known::remove);
        blockedViews.clear();
        tensor = Tensor.EMPTY;
    }

    /// Sets the tensor to this many rows at the beginning of the buffer. Equal requests give the same
    /// tensor object.
    void show(Shape newRow, Layout layout, float[] buffer, int rows) {
        row = newRow;
        Map<Shape, Tensor> shown = layout == Layout.BLOCKED ? blockedViews : views;
        Tensor known = shown.get(newRow);
        if (known == null || known.rows() != rows) {
            if (shown.size() == MOST_VIEWS) shown.clear(); // of sequences of many lengths
            known = Tensor.view(newRow.forRows(rows), buffer, 0, layout);
            shown.put(newRow, known);
        }
        tensor = known;
    }
}
