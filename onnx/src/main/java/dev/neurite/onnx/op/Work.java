package dev.neurite.onnx.op;

import dev.neurite.onnx.value.Value;
import org.jspecify.annotations.Nullable;

/// The arithmetic of a step. Safe to run from several threads at once.
@FunctionalInterface
public interface Work {
    /// Computes the outputs.
    /// @param in the inputs; null for optional ones that are not given
    /// @param out the outputs, whose elements are to be written; null for one that is not wanted, and where a fact
    /// of the step is null: the work then makes the value itself. Their elements are those of an earlier run, not
    /// zeros
    void run(Value[] in, Value[] out);

    /// An input or output; null if it is not given, or not wanted.
    static @Nullable Value optional(Value[] values, int place) {
        return place < values.length ? values[place] : null;
    }
}
