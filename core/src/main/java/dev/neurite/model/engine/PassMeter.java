package dev.neurite.model.engine;

import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Times the nodes of a pass for a profiler, and counts the operations and bytes of each.
final class PassMeter {
    private final PassValues values;
    private final boolean hasGradients;
    private @Nullable LayerProfiler asked;
    private @Nullable LayerProfiler clock; // of this pass; null if nobody measures it
    private int rows;

    PassMeter(PassValues values, boolean hasGradients) {
        this.values = values;
        this.hasGradients = hasGradients;
    }

    /// Measures later passes for this profiler.
    void profile(LayerProfiler by) {
        asked = by;
    }

    void begin() {
        clock = LayerProfiler.ofPass(asked);
        rows = 0;
    }

    /// Whether nodes of this pass are timed.
    boolean measures() {
        return clock != null;
    }

    void rows(int count) {
        rows = count;
    }

    /// Stops the timer that runs, for an observer.
    /// @return the argument for [#resume]; null if nobody measures
    @Nullable
    OpTimer pause() {
        return clock == null ? null : clock.pause();
    }

    void resume(@Nullable OpTimer before) {
        if (clock != null && before != null) clock.resume(before);
    }

    /// Begins the forward of a node.
    /// @return the timer that ran before, for [#leaveForward]; null if this node is not measured
    @Nullable
    OpTimer enterForward(BoundNode node) {
        return clock == null || node.isOnlyContainer() ? null : clock.enter(node.forward, node.isLeaf());
    }

    /// Ends the forward of a node: counts its operations and bytes, and stores those of its backward on
    /// the tape.
    /// @param first the node's first record on the tape
    void leaveForward(
            @Nullable OpTimer before, BoundNode node, List<Tensor> in, List<Tensor> out, Tape tape, int first) {
        LayerProfiler profiler = clock;
        if (before == null || profiler == null) return;
        profiler.leave(before);
        boolean computes = node.isLeaf() && !passesThrough(in, out); // a container's tensors are its children's
        long parameters = node.parameterCount();
        long trained = hasGradients && node.isTrained() ? parameters : 0;
        long inputFloats = 0;
        long wanted = 0;
        for (Tensor x : in) {
            inputFloats += computes ? x.size() : 0;
            wanted += computes && values.of(x).wanted() ? x.size() : 0;
        }
        long outputFloats = 0;
        for (Tensor y : out) outputFloats += computes ? y.size() : 0;
        long flops = 2 * node.built.multiplications() * rows;
        long bytes = 4 * (inputFloats + parameters + outputFloats);
        profiler.count(node.forward, true, rows, flops, bytes);
        for (int i = first; i < tape.size(); i++) {
            TapeEntry entry = tape.get(i);
            if (entry == null || entry.node != node) continue;
            entry.first = true;
            entry.flops = (trained > 0 ? flops : 0) + (wanted > 0 ? flops : 0);
            entry.bytes = bytes + 4 * (trained + wanted);
            return;
        }
    }

    /// Whether the output of a node is its input, perhaps in another shape.
    private boolean passesThrough(List<Tensor> in, List<Tensor> out) {
        return in.size() == 1 && out.size() == 1 && values.of(in.getFirst()).base == values.of(out.getFirst()).base;
    }

    /// Called before a lambda.
    /// @return the timer that ran before; null if nobody measures
    @Nullable
    OpTimer enterBackward(BoundNode node) {
        return clock == null ? null : clock.enter(node.backward, true);
    }

    /// Called after a lambda.
    void leaveBackward(@Nullable OpTimer before, TapeEntry entry) {
        LayerProfiler profiler = clock;
        BoundNode node = entry.node;
        if (before == null || profiler == null || node == null) return;
        profiler.leave(before);
        profiler.count(node.backward, entry.first, rows, entry.flops, entry.bytes);
    }
}
