package dev.neurite.model.engine;

import dev.neurite.model.Pass.Backward;
import dev.neurite.model.Pass.BackwardMany;
import dev.neurite.model.Pass.Dx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record on the tape: how gradients go back from the outputs of a node to its inputs.
final class TapeEntry {
    @Nullable
    BoundNode node;

    @Nullable
    Backward unary;

    @Nullable
    BackwardMany many; // neither is set for a view, or for a child to recompute

    Dx dx = Dx.OWN;

    int positions; // the rows that the node saw for each of the batch
    int child = -1; // the index of a child to recompute
    int noises; // the number of noise() calls in the pass before it

    boolean first; // of its node's records; this, flops and bytes are only set while profiling
    long flops; // of the node's backward, on its first record
    long bytes;
    int number; // the index of the layer for an inspector or a watch; of a child to recompute, of its first layer
    final List<PassValue> in = new ArrayList<>();
    final List<PassValue> out = new ArrayList<>();
    final List<PassValue> owned = new ArrayList<>();

    /// Adds an input. The tape keeps its buffer until the lambda has run, as the lambda may read it.
    void holds(PassValue input) {
        PassValues.retain(input);
        owned.add(input);
        in.add(input);
    }

    void forget() {
        node = null;
        unary = null;
        many = null;
        dx = Dx.OWN;
        child = -1;
        first = false;
        flops = 0;
        bytes = 0;
        in.clear();
        out.clear();
        owned.clear();
    }
}
