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
final class PassValues {
    private final Buffers buffers = new Buffers();
    private final IdentityHashMap<Tensor, PassValue> known = new IdentityHashMap<>();
    private final List<PassValue> taken = new ArrayList<>();
    private final List<PassValue> foreign = new ArrayList<>(); // reused by the next pass
    private int foreignInUse;
    private final List<PassValue> owned = new ArrayList<>();
    private int frame; // the index in `owned` of the running node's first value
    private int rows; // of the batch
    private int positions = 1; // rows of the running node for each of the batch
    private boolean poisons;
    private boolean wantsInput; // the gradient of an input

    void begin(int rowsOfTheBatch) {
        rows = rowsOfTheBatch;
        positions = 1;
    }

    /// Whether the gradient of an input of this pass is needed.
    boolean wantsInput() {
        return wantsInput;
    }

    /// The number of rows that the running node sees: those of the batch, or their positions.
    int rows() {
        return rows * positions;
    }

    /// The rows that the running node sees for each row of the batch: 1, or the number of positions.
    int positions() {
        return positions;
    }

    /// Makes later requests those of nodes that see positions as rows.
    /// @return what was set before
    int positions(int ofRow) {
        int before = positions;
        positions = ofRow;
        return before;
    }

    /// Makes later requests fill their buffer with NaN.
    void poison() {
        poisons = true;
    }

    Buffers buffers() {
        return buffers;
    }

    /// The value of a tensor. A tensor that is not known becomes a foreign value.
    PassValue of(Tensor x) {
        PassValue value = known.get(x);
        return value != null
                ? value
                : input(x, x.shape().rank() == 0 ? x.shape() : x.shape().row(), false);
    }

    boolean knows(Tensor x) {
        return known.containsKey(x);
    }

    PassValue input(Tensor x, Shape row, boolean wanted) {
        PassValue value = foreign(row, x);
        value.lengths = x.lengths();
        value.want(wanted);
        wantsInput |= wanted;
        return value;
    }

    private PassValue foreign(Shape row, Tensor tensor) {
        if (foreignInUse == foreign.size()) foreign.add(new PassValue(row, tensor, true, false));
        PassValue value = foreign.get(foreignInUse++);
        value.begin();
        value.row = row;
        value.tensor = tensor;
        value.positions = positions;
        known.put(tensor, value);
        return value;
    }

    /// A buffer from the pool; the caller drops it.
    PassValue take(Shape row, Layout layout) {
        return take(row, layout, positions);
    }

    /// A buffer for as many rows as those of another value; the caller drops it.
    PassValue take(PassValue like, Layout layout) {
        return take(like.row, layout, like.positions);
    }

    private PassValue take(Shape row, Layout layout, int ofRow) {
        return taken(buffers.take(row, layout, rows * ofRow, ofRow, known));
    }

    private PassValue taken(PassValue value) {
        value.begin();
        value.references = 1;
        taken.add(value);
        known.put(value.tensor, value);
        if (poisons) Arrays.fill(value.tensor.array(), Float.NaN);
        return value;
    }

    /// A buffer that the running node owns.
    PassValue takeOwned(Shape row, Layout layout) {
        PassValue value = take(row, layout);
        owned.add(value);
        return value;
    }

    /// A buffer for as many rows as those of another value, which the running node owns.
    PassValue takeOwned(PassValue like, Layout layout) {
        PassValue value = take(like, layout);
        owned.add(value);
        return value;
    }

    /// A buffer for the whole batch that the running node owns.
    PassValue takeSingle(Shape shape) {
        PassValue value = taken(buffers.takeSingle(shape));
        owned.add(value);
        return value;
    }

    /// A buffer that the running node owns, for a value in another layout. They have one gradient.
    PassValue takeConverted(PassValue source, Layout layout) {
        PassValue value = takeOwned(source, layout);
        value.origin = source.origin;
        retain(value.origin);
        value.origin.converted = value;
        return value;
    }

    /// Makes the running node an owner of this value too.
    void own(PassValue value) {
        retain(value);
        owned.add(value);
    }

    /// The same buffer in another shape, owned by the running node too.
    PassValue view(PassValue source, Shape row) {
        PassValue view = alias(source, row);
        own(view);
        return view;
    }

    /// The same buffer in another shape, without another owner. If a row has fewer elements, positions become
    /// rows, and the opposite.
    PassValue alias(PassValue source, Shape row) {
        int count = row.size() == 0 ? source.tensor.rows() : source.tensor.size() / row.size();
        Tensor tensor = null;
        if (foreignInUse < foreign.size()) {
            PassValue last = foreign.get(foreignInUse);
            if (last.row.equals(row) && shows(last.tensor, source.tensor, count)) tensor = last.tensor;
        }
        if (tensor == null) tensor = source.tensor.reshape(row.forRows(count));
        PassValue view = foreign(row, tensor);
        view.base = source.base;
        view.positions = rows == 0 ? positions : count / rows;
        return view;
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant, by another object
    private static boolean shows(Tensor view, Tensor source, int rows) {
        return view != source
                && view.array() == source.array()
                && view.offset() == source.offset()
                && view.rows() == rows;
    }

    static void retain(PassValue value) {
        if (!value.base.foreign) value.base.references++;
    }

    static boolean isLastReference(PassValue value) {
        return !value.base.foreign && value.base.references == 1;
    }

    void drop(PassValue value) {
        PassValue base = value.base;
        if (base.foreign || --base.references != 0) return;
        PassValue origin = base.origin;
        buffers.release(base);
        if (origin == base) return;
        origin.converted = null;
        base.origin = base;
        drop(origin);
    }

    /// Drops a value if the running node owns it.
    void release(PassValue value) {
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
        PassValue value = of(output);
        retain(value);
        abandon(heir);
        owned.add(value);
        frame = outer;
    }

    private void abandon(@Nullable TapeEntry heir) {
        for (int i = owned.size() - 1; i >= frame; i--) {
            PassValue value = owned.removeLast();
            if (heir == null) drop(value);
            else heir.owned.add(value);
        }
    }

    /// After [#reset]: drops foreign tensors, so that this executor does not hold their memory.
    void forgetForeign() {
        for (int i = 0; i < foreign.size(); i++) {
            PassValue value = foreign.get(i);
            if (value.base.foreign) value.tensor = Tensor.EMPTY; // views of buffers stay, for the next pass
        }
    }

    /// Ends a pass: gives all buffers back.
    void reset() {
        for (int i = 0; i < taken.size(); i++) {
            PassValue value = taken.get(i);
            value.begin();
            if (value.references > 0) {
                value.references = 0;
                buffers.release(value);
            }
        }
        taken.clear();
        wantsInput = false;
        for (int i = 0; i < foreignInUse; i++) foreign.get(i).forgetOldBuffer();
        foreignInUse = 0;
        owned.clear();
        known.clear();
        frame = 0;
    }
}
