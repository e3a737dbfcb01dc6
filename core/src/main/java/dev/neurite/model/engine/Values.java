package dev.neurite.model.engine;

import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which tensors a pass has, and who owns their buffers.
///
/// What a node asks for belongs to its activation. When the node returns, its outputs go over to the
/// activation around it, and the rest to the first record that it left on the tape, or back to the
/// pool. A buffer without an owner goes back.
final class Values {
    private final Buffers buffers = new Buffers();
    private final IdentityHashMap<Tensor, Value> known = new IdentityHashMap<>();
    private final List<Value> taken = new ArrayList<>();
    private final List<Value> foreign = new ArrayList<>(); // kept: a pass like the last has the same ones
    private int foreignInUse;
    private final List<Value> owned = new ArrayList<>();
    private int activation; // where in `owned` the running node's own values begin
    private int rows;
    private boolean poisons;

    /// Begins a pass over so many rows.
    void begin(int rowsOfTheBatch) {
        rows = rowsOfTheBatch;
    }

    /// Fills every buffer with NaN from now on before it is handed out.
    void poison() {
        poisons = true;
    }

    Buffers buffers() {
        return buffers;
    }

    /// What is known of a tensor; one that comes from elsewhere is taken as it is.
    Value of(Tensor x) {
        Value value = known.get(x);
        return value != null
                ? value
                : input(x, x.shape().rank() == 0 ? x.shape() : x.shape().row(), false);
    }

    boolean knows(Tensor x) {
        return known.containsKey(x);
    }

    /// Makes a tensor from outside known.
    Value input(Tensor x, Shape row, boolean wanted) {
        Value value = foreign(row, x);
        value.wanted = wanted;
        return value;
    }

    private Value foreign(Shape row, Tensor tensor) {
        if (foreignInUse == foreign.size()) foreign.add(new Value(row, tensor, true, false));
        Value value = foreign.get(foreignInUse++);
        value.row = row;
        value.tensor = tensor;
        value.base = value;
        value.wanted = false;
        value.gradient = null;
        known.put(tensor, value);
        return value;
    }

    /// A buffer that its taker must drop.
    Value take(Shape row) {
        return taken(buffers.take(row, rows, known));
    }

    private Value taken(Value value) {
        value.references = 1;
        value.wanted = false;
        value.gradient = null;
        taken.add(value);
        known.put(value.tensor, value);
        if (poisons) Arrays.fill(value.tensor.array(), Float.NaN);
        return value;
    }

    /// A buffer that belongs to the running node.
    Value takeOwned(Shape row) {
        Value value = take(row);
        owned.add(value);
        return value;
    }

    /// A buffer for the whole batch that belongs to the running node.
    Value takeSingle(Shape shape) {
        Value value = taken(buffers.takeSingle(shape));
        owned.add(value);
        return value;
    }

    /// The same buffer under another shape, which belongs to the running node too.
    Value view(Value source, Shape row) {
        Value view = alias(source, row);
        retain(view);
        owned.add(view);
        return view;
    }

    /// The same buffer under another shape, for whoever owns it already.
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
        if (!base.foreign && --base.references == 0) buffers.release(base);
    }

    /// Drops a value that the running node owns; one that it does not own stays.
    void release(Value value) {
        int at = owned.lastIndexOf(value);
        if (at < activation) return;
        owned.remove(at);
        drop(value);
    }

    /// A node begins; returns what [#leave] needs.
    int enter() {
        int outer = activation;
        activation = owned.size();
        return outer;
    }

    /// A closure has returned.
    void leave(int outer) {
        abandon(null);
        activation = outer;
    }

    /// A node has returned with these outputs.
    /// @param outer what [#enter] returned
    /// @param heir takes over what the node still owns; null for nobody
    void leave(int outer, List<Tensor> outputs, @Nullable TapeEntry heir) {
        for (int i = 0; i < outputs.size(); i++) retain(of(outputs.get(i)));
        abandon(heir);
        for (int i = 0; i < outputs.size(); i++) owned.add(of(outputs.get(i)));
        activation = outer;
    }

    /// [#leave] with a single output.
    void leave(int outer, Tensor output, @Nullable TapeEntry heir) {
        Value value = of(output);
        retain(value);
        abandon(heir);
        owned.add(value);
        activation = outer;
    }

    private void abandon(@Nullable TapeEntry heir) {
        for (int i = owned.size() - 1; i >= activation; i--) {
            Value value = owned.removeLast();
            if (heir == null) drop(value);
            else heir.owned.add(value);
        }
    }

    /// Forgets tensors from outside, after [#reset], so that their memory is free once nobody else has
    /// it.
    void forgetForeign() {
        for (int i = 0; i < foreign.size(); i++) {
            Value value = foreign.get(i);
            if (value.base.foreign) value.tensor = Tensor.EMPTY; // views of buffers stay, for the next pass
        }
    }

    /// A pass is over: everything goes back.
    void reset() {
        for (int i = 0; i < taken.size(); i++) {
            Value value = taken.get(i);
            value.gradient = null;
            if (value.references > 0) {
                value.references = 0;
                buffers.release(value);
            }
        }
        taken.clear();
        for (int i = 0; i < foreignInUse; i++) foreign.get(i).forgetOldBuffer();
        buffers.begin();
        foreignInUse = 0;
        owned.clear();
        known.clear();
        activation = 0;
    }
}
