package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The records that nodes made in a forward pass. Computes gradients from the last record to the first.
final class Tape {
    private final NodePass pass;
    private final PassValues values;
    private final Gradients gradients;
    private final List<TapeEntry> entries = new ArrayList<>(); // reused by the next pass
    private int size;
    private final List<Tensor> dys = new ArrayList<>(); // of the running lambda
    private final List<Tensor> dxs = new ArrayList<>();

    Tape(NodePass pass, PassValues values, Gradients gradients) {
        this.pass = pass;
        this.values = values;
        this.gradients = gradients;
    }

    int size() {
        return size;
    }

    /// A record, by its index from 0; null if there are fewer.
    @Nullable
    TapeEntry get(int index) {
        return index < size ? entries.get(index) : null;
    }

    TapeEntry add(BoundNode node) {
        if (size == entries.size()) entries.add(new TapeEntry());
        TapeEntry entry = entries.get(size++);
        entry.node = node;
        entry.positions = values.positions();
        return entry;
    }

    /// Forgets all records.
    void reset() {
        for (int i = 0; i < size; i++) entries.get(i).forget();
        size = 0;
        dys.clear();
        dxs.clear();
    }

    /// Runs all records backward, and tells which gradients are final, see
    /// [dev.neurite.model.Executor#backward(IntConsumer)].
    void goBack(FinalGradients gradientsSoFar, IntConsumer done) {
        gradientsSoFar.begin(this);
        gradientsSoFar.tell(size, done);
        while (size > 0) {
            goBackOne();
            gradientsSoFar.tell(size, done);
        }
    }

    /// Runs the last record backward, and drops it.
    private void goBackOne() {
        TapeEntry entry = entries.get(size - 1);
        if (Gradients.reaches(entry)) {
            if (entry.child >= 0) recompute(entry);
            else if (entry.unary == null && entry.many == null) goThroughView(entry);
            else runLambda(entry);
        }
        for (int i = 0; i < entry.owned.size(); i++) values.drop(entry.owned.get(i));
        entry.forget();
        size--;
    }

    /// Runs a child again, which records on top of the tape, and runs these records backward. Gives the
    /// gradients that the child would have given without checkpointing.
    private void recompute(TapeEntry entry) {
        BoundNode outer = pass.enter(requireNonNull(entry.node));
        int outerPositions = values.positions(entry.positions);
        int outerFrame = values.enter();
        int left = size;
        List<Tensor> out = pass.runAgain(entry);
        for (int i = 0; i < out.size(); i++) gradients.move(entry.out.get(i), values.of(out.get(i)));
        while (size > left) goBackOne();
        values.leave(outerFrame);
        values.positions(outerPositions);
        pass.enter(outer);
    }

    private void runLambda(TapeEntry entry) {
        BoundNode node = requireNonNull(entry.node);
        BoundNode outer = pass.enter(node);
        OpTimer before = pass.meter().enterBackward(node);
        int outerPositions = values.positions(entry.positions);
        int outerFrame = values.enter();
        for (int i = 0; i < entry.out.size(); i++) dys.add(gradients.of(entry.out.get(i)).tensor);
        for (int i = 0; i < entry.in.size(); i++) dxs.add(gradients.target(entry, entry.in.get(i)));
        Inspector inspector = pass.inspector();
        if (inspector != null && node.isLeaf()) inspector.beginBackward(entry.number, dys.getFirst());
        LayerWatch watch = node.isLeaf() ? pass.watch() : null;
        if (watch != null) watch.beginBackward(entry.number, dys.getFirst());
        if (entry.unary != null) entry.unary.run(dys.getFirst(), dxs.getFirst());
        else if (entry.many != null) entry.many.run(dys, dxs);
        if (watch != null) watch.endBackward();
        gradients.afterLambda(entry);
        for (ParameterSlot slot : node.allSlots) slot.afterLambda(pass.kernels());
        values.leave(outerFrame);
        values.positions(outerPositions);
        dys.clear();
        dxs.clear();
        pass.meter().leaveBackward(before, entry);
        pass.enter(outer);
    }

    /// Passes the gradient of a view to its source.
    private void goThroughView(TapeEntry entry) {
        boolean leaf = requireNonNull(entry.node).isLeaf();
        Inspector inspector = pass.inspector();
        if (inspector != null && leaf) inspector.beginBackward(entry.number, gradients.of(entry.out.getFirst()).tensor);
        LayerWatch watch = pass.watch();
        if (watch != null && leaf) {
            watch.beginBackward(entry.number, gradients.of(entry.out.getFirst()).tensor);
            watch.endBackward();
        }
        gradients.passThrough(entry);
    }
}
