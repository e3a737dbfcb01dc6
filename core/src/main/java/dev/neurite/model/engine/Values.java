package dev.neurite.model.engine;

import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tensors of a pass, and the owners of their buffers.
///
/// The running node owns the buffers that it gets. When it returns, its outputs belong to the node
/// around it. The others belong to the first record that it left on the tape, or go back to the pool
/// without a record. A buffer without an owner goes back to the pool.
final class Values {
    private final Buffers buffers = new Buffers();
    private final IdentityHashMap<Tensor, Value> known = new IdentityHashMap<>();
    private final List<Value> taken = new ArrayList<>();
    private final List<Value> foreign = new ArrayList<>(); // reused by the next pass
    private int foreignInUse;
    private final List<Value> owned = new ArrayList<>();
    private int frame; // the index in `owned` of the running node's first value
    private int rows;
    private boolean poisons;

    /// Begins a pass over this many rows.
    void begin(int rowsOfTheBatch) {
        rows = rowsOfTheBatch;
    }

    /// The number of rows of this pass.
    int rows() {
        return rows;
    }

    /// Makes later requests fill their buffer with NaN.
    void poison() {
        poisons = true;
    }

    Buffers buffers() {
        return buffers;
    }

    /// The value of a tensor. A tensor that is not known becomes a foreign value.
    Value of(Tensor x) {
        Value value = known.get(x);
        return value != null
                ? value
                : input(x, x.shape().rank() == 0 ? x.shape() : x.shape().row(), false);
    }

    boolean knows(Tensor x) {
        return known.containsKey(x);
    }

    /// Adds a foreign tensor.
    Value input(Tensor x, Shape row, boolean wanted) {
        Value value = foreign(row, x);
        value.lengths = x.lengths();
        value.want(wanted);
        return value;
    }

    private Value foreign(Shape row, Tensor tensor) {
        if (foreignInUse == foreign.size()) foreign.add(new Value(row, tensor, true, false));
        Value value = foreign.get(foreignInUse++);
        value.begin();
        value.row = row;
        value.tensor = tensor;
        known.put(tensor, value);
        return value;
    }

    /// A buffer from the pool; the caller drops it.
    Value take(Shape row, Layout layout) {
        return taken(buffers.take(row, layout, rows, known));
    }

    private Value taken(Value value) {
        value.begin();
        value.references = 1;
        taken.add(value);
        known.put(value.tensor, value);
        if (poisons) Arrays.fill(value.tensor.array(), Float.NaN);
        return value;
    }

    /// A buffer that the running node owns.
    Value takeOwned(Shape row, Layout layout) {
        Value value = take(row, layout);
        owned.add(value);
        return value;
    }

    /// A buffer for the whole batch that the running node owns.
    Value takeSingle(Shape shape) {
        Value value = taken(buffers.takeSingle(shape));
        owned.add(value);
        return value;
    }

    /// A buffer that the running node owns, for a value in another layout. They have one gradient.
    Value takeConverted(Value source, Layout layout) {
        Value value = takeOwned(source.row, layout);
        value.origin = source.origin;
        retain(value.origin);
        value.origin.converted = value;
        return value;
    }

    /// Makes the running node an owner of this value too.
    void own(Value value) {
        retain(value);
        owned.add(value);
    }

    /// The same buffer in another shape, owned by the running node too.
    Value view(Value source, Shape row) {
        Value view = alias(source, row);
        own(view);
        return view;
    }

    /// The same buffer in another shape, without another owner.
    Value alias(Value source, Shape row) {
        Tensor tensor = null;
        if (foreignInUse < foreign.size()) {
            Value last = foreign.get(foreignInUse);
            if (last.row.equals(row) && shows(last.tensor, source.tensor)) tensor = last.tensor;
        }
        if (tensor == null) tensor = source.tensor.reshape(row.forRows(source.tensor.rows()));
        Value view = foreign(row, tensor);
        view.base = source.base;
        return view;
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant, by another object
    private static boolean shows(Tensor view, Tensor source) {
        return view != source
                && view.array() == source.array()
                && view.offset() == source.offset()
                && view.rows() == source.rows();
    }

    static void retain(Value value) {
        if (!value.base.foreign) value.base.references++;
    }

    static boolean isLastReference(Value value) {
        return !value.base.foreign && value.base.references == 1;
    }

    void drop(Value value) {
        Value base = value.base;
        if (base.foreign || --base.references != 0) return;
        Value origin = base.origin;
        buffers.release(base);
        if (origin == base) return;
        origin.converted = null;
        base.origin = base;
        drop(origin);
    }

    /// Drops a value if the running node owns it.
    void release(Value value) {
        int at = owned.lastIndexOf(value);
        if (at < frame) return;
        owned.remove(at);
        drop(value);
    }

    /// Begins a node; returns the argument for [#leave].
    int enter() {
        int outer = frame;
        frame = owned.size();
        return outer;
    }

    /// Called after a lambda.
    void leave(int outer) {
        abandon(null);
        frame = outer;
    }

    /// Ends a node with these outputs.
    /// @param outer the result of [#enter]
    /// @param heir gets the other buffers of the node; null to give them back
    void leave(int outer, List<Tensor> outputs, @Nullable TapeEntry heir) {
        for (int i = 0; i < outputs.size(); i++) retain(of(outputs.get(i)));
        abandon(heir);
        for (int i = 0; i < outputs.size(); i++) owned.add(of(outputs.get(i)));
        frame = outer;
    }

    /// [#leave(int, List, TapeEntry)] with a single output.
    void leave(int outer, Tensor output, @Nullable TapeEntry heir) {
        Value value = of(output);
        retain(value);
        abandon(heir);
        owned.add(value);
        frame = outer;
    }

    private void abandon(@Nullable TapeEntry heir) {
        for (int i = owned.size() - 1; i >= frame; i--) {
            Value value = owned.removeLast();
            if (heir == null) drop(value);
            else heir.owned.add(value);
        }
    }

    /// After [#reset]: drops foreign tensors, so that this executor does not hold their memory.
    void forgetForeign() {
        for (int i = 0; i < foreign.size(); i++) {
            Value value = foreign.get(i);
            if (value.base.foreign) value.tensor = Tensor.EMPTY; // views of buffers stay, for the next pass
        }
    }

    /// Ends a pass: gives all buffers back.
    void reset() {
        for (int i = 0; i < taken.size(); i++) {
            Value value = taken.get(i);
            value.begin();
            if (value.references > 0) {
                value.references = 0;
                buffers.release(value);
            }
        }
        taken.clear();
        for (int i = 0; i < foreignInUse; i++) foreign.get(i).forgetOldBuffer();
        foreignInUse = 0;
        owned.clear();
        known.clear();
        frame = 0;
    }
}
