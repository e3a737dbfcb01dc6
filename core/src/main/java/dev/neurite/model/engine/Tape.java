package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What nodes recorded in a forward pass, and how gradients go back through it, from the last record to
/// the first.
final class Tape {
    private final NodePass pass;
    private final Values values;
    private final Gradients gradients;
    private final List<TapeEntry> entries = new ArrayList<>(); // kept: a pass like the last needs as many
    private int size;
    private final List<Tensor> dys = new ArrayList<>(); // of the running closure
    private final List<Tensor> dxs = new ArrayList<>();

    Tape(NodePass pass, Values values, Gradients gradients) {
        this.pass = pass;
        this.values = values;
        this.gradients = gradients;
    }

    /// The number of records.
    int size() {
        return size;
    }

    /// A record from 0; null if there are not so many.
    @Nullable
    TapeEntry get(int index) {
        return index < size ? entries.get(index) : null;
    }

    /// A new record of this node.
    TapeEntry add(BoundNode node) {
        if (size == entries.size()) entries.add(new TapeEntry());
        TapeEntry entry = entries.get(size++);
        entry.node = node;
        return entry;
    }

    /// Forgets all records.
    void reset() {
        for (int i = 0; i < size; i++) entries.get(i).forget();
        size = 0;
        dys.clear();
        dxs.clear();
    }

    /// Takes gradients back until so many records are left.
    void goBack(int left) {
        while (size > left) {
            TapeEntry entry = entries.get(size - 1);
            if (Gradients.reach(entry)) {
                if (entry.child >= 0) recompute(entry);
                else if (entry.unary == null && entry.many == null) goThroughView(entry);
                else runClosure(entry);
            }
            for (int i = 0; i < entry.owned.size(); i++) values.drop(entry.owned.get(i));
            entry.forget();
            size--;
        }
    }

    /// Computes a child again, records it on top of the tape, and goes back through these records, as
    /// if they had stood there.
    private void recompute(TapeEntry entry) {
        BoundNode outer = pass.enter(requireNonNull(entry.node));
        int outerActivation = values.enter();
        int left = size;
        List<Tensor> out = pass.again(entry);
        for (int i = 0; i < out.size(); i++) gradients.move(entry.out.get(i), values.of(out.get(i)));
        goBack(left);
        values.leave(outerActivation);
        pass.enter(outer);
    }

    private void runClosure(TapeEntry entry) {
        BoundNode node = requireNonNull(entry.node);
        BoundNode outer = pass.enter(node);
        OpTimer before = pass.meter().enterBackward(node);
        int outerActivation = values.enter();
        for (int i = 0; i < entry.out.size(); i++) dys.add(gradients.of(entry.out.get(i)).tensor);
        for (int i = 0; i < entry.in.size(); i++) dxs.add(gradients.target(entry, entry.in.get(i)));
        Inspector inspector = pass.inspector();
        if (inspector != null && node.isLeaf()) inspector.goesBack(entry.number, dys.getFirst());
        if (entry.unary != null) entry.unary.run(dys.getFirst(), dxs.getFirst());
        else if (entry.many != null) entry.many.run(dys, dxs);
        gradients.settle(entry);
        for (ParameterSlot slot : node.allSlots) slot.settle(pass.kernels());
        values.leave(outerActivation);
        dys.clear();
        dxs.clear();
        pass.meter().leaveBackward(before, entry);
        pass.enter(outer);
    }

    /// A view's gradient is its source's gradient under another shape.
    private void goThroughView(TapeEntry entry) {
        Inspector inspector = pass.inspector();
        if (inspector != null) inspector.goesBack(entry.number, gradients.of(entry.out.getFirst()).tensor);
        gradients.handThrough(entry);
    }
}
