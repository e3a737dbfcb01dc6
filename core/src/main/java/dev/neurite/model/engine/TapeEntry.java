package dev.neurite.model.engine;

import dev.neurite.model.Pass.Backward;
import dev.neurite.model.Pass.BackwardMany;
import dev.neurite.model.Pass.Dx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record on the tape: how gradients go back from some tensors to others.
final class TapeEntry {
    @Nullable
    BoundNode node;

    @Nullable
    Backward unary;

    @Nullable
    BackwardMany many; // neither: a view, or a child to recompute

    Dx dx = Dx.OWN;

    int child = -1; // of the node, that is to be recomputed
    int noises; // how many were drawn in the pass before it

    boolean first; // of those that its node left; this and what follows only where somebody profiles
    long flops; // of the node's backward, on its first record
    long bytes;
    int number; // the inspector's, of the layer that made this record
    final List<Value> in = new ArrayList<>();
    final List<Value> out = new ArrayList<>();
    final List<Value> owned = new ArrayList<>();

    /// An input. A closure may read it, so the tape owns it too until the closure has run.
    void holds(Value input) {
        Values.retain(input);
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
