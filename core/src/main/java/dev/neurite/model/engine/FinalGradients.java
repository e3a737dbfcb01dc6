package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Parameter;
import java.util.List;
import java.util.function.IntConsumer;

/// Which gradients are final in a backward pass: those that no record on the tape writes any more. As layers
/// run backward from the last to the first, they grow from the end of the gradient array to its beginning.
final class FinalGradients {
    private final int[] offsets; // of each parameter in the gradient array, ascending
    private final ParameterSlot[] slots;
    private final Kernels kernels;
    private int last; // the first parameter of those that are final

    /// @param parts the parameters, in the order of the gradient array
    FinalGradients(List<Parameter> parts, ParameterSlot[] slots, Kernels kernels) {
        this.offsets = parts.stream().mapToInt(Parameter::offset).toArray();
        this.slots = slots;
        this.kernels = kernels;
    }

    /// Begins a backward pass over these records.
    void begin(Tape tape) {
        last = offsets.length;
        for (ParameterSlot slot : slots) slot.firstRecord = Integer.MAX_VALUE;
        for (int i = tape.size() - 1; i >= 0; i--) {
            TapeEntry entry = requireNonNull(tape.get(i));
            BoundNode node = requireNonNull(entry.node);
            if (entry.child < 0) for (ParameterSlot slot : node.allSlots) slot.firstRecord = i;
            else found(node.children.get(entry.child), i);
        }
    }

    /// A record that runs a node again, with all inside it.
    private static void found(BoundNode node, int record) {
        for (ParameterSlot slot : node.allSlots) slot.firstRecord = record;
        for (int i = 0; i < node.children.size(); i++) found(node.children.get(i), record);
    }

    /// Tells what is final when only this many records are left. The gradients of parameters that the pass did
    /// not reach become zeros.
    void tell(int records, IntConsumer done) {
        int before = last;
        while (last > 0 && slots[last - 1].firstRecord >= records) {
            ParameterSlot slot = slots[--last];
            if (!slot.written) kernels.fill(0, slot.gradient);
        }
        if (last < before) done.accept(offsets[last]);
    }
}
