package dev.neurite.model;

import dev.neurite.model.Pass.Backward;
import dev.neurite.model.Pass.BackwardMany;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One record on the tape.
final class TapeEntry {
    @Nullable
    BoundNode scope;

    @Nullable
    Backward unary;

    @Nullable
    BackwardMany many; // neither: a view, or a child to run again

    int child = -1; // of the scope, that is to be run again
    int noises; // how many were drawn in the pass before it

    boolean inPlace; // whether dx may be dy
    boolean adds; // whether it adds what others have contributed to dx
    boolean first; // of those that its layer left; this and what follows only where somebody measures
    long flops; // of the layer's backward, on its first record
    long bytes;
    int number; // the inspector's, of the layer that made this record
    final List<Value> in = new ArrayList<>();
    final List<Value> out = new ArrayList<>();
    final List<Value> owned = new ArrayList<>();

    void forget() {
        scope = null;
        unary = null;
        many = null;
        child = -1;
        inPlace = false;
        adds = false;
        first = false;
        flops = 0;
        bytes = 0;
        in.clear();
        out.clear();
        owned.clear();
    }
}
