package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up what reaches a value from its readers: the first contribution to its gradient is written in
/// place, a later one beside it and then added, in the order in which gradients go back.
final class Gradients {
    private final Kernels kernels;
    private final Values values;
    private final List<Value> laterTargets = new ArrayList<>();
    private final List<Value> laterScratch = new ArrayList<>();
    private @Nullable Value earlier; // what a closure that adds has to add

    Gradients(Kernels kernels, Values values) {
        this.kernels = kernels;
        this.values = values;
    }

    /// Forgets a closure that did not end.
    void reset() {
        laterTargets.clear();
        laterScratch.clear();
        earlier = null;
    }

    /// What the running closure has to add; empty for nothing.
    Tensor earlier() {
        return earlier == null ? Tensor.EMPTY : earlier.tensor;
    }

    /// Adds a gradient to what others have contributed, or makes it the first. Two outputs may be one
    /// tensor.
    void contribute(Value to, Value gradient) {
        Value sum = to.gradient;
        if (sum == null) {
            to.gradient = gradient;
        } else {
            kernels.add(sum.tensor, gradient.tensor, sum.tensor);
            values.drop(gradient);
        }
    }

    /// Takes what others have contributed to the gradient of a value over to the same value, computed
    /// again.
    void move(Value from, Value to) {
        Value gradient = from.gradient;
        if (gradient == null) return;
        from.gradient = null;
        contribute(to, gradient);
    }

    /// Whether anybody has contributed to an output of this record.
    static boolean reach(TapeEntry entry) {
        for (int i = 0; i < entry.out.size(); i++) {
            if (entry.out.get(i).gradient != null) return true;
        }
        return false;
    }

    /// A value's gradient; zeros if nobody has contributed.
    Value of(Value out) {
        Value gradient = out.gradient;
        if (gradient == null) {
            gradient = values.take(out.row);
            kernels.fill(0, gradient.tensor);
            out.gradient = gradient;
        }
        return gradient;
    }

    /// Where a closure writes the gradient of one of its inputs: in place the first time, later beside
    /// it.
    Tensor target(TapeEntry entry, Value in) {
        if (!in.wanted) return Tensor.EMPTY;
        Value gradient =
                entry.dx == Dx.MAY_BE_DY && isFirstWanted(entry, in) ? handOver(entry.out.getFirst(), in) : null;
        if (gradient == null) gradient = values.take(in.row);
        if (in.gradient == null || entry.dx == Dx.INCLUDES_EARLIER) {
            earlier = in.gradient;
            in.gradient = gradient;
        } else {
            laterTargets.add(in);
            laterScratch.add(gradient);
        }
        return gradient.tensor;
    }

    private static boolean isFirstWanted(TapeEntry entry, Value in) {
        for (int i = 0; i < entry.in.size(); i++) {
            Value each = entry.in.get(i);
            if (each.wanted) return each == in;
        }
        return false;
    }

    /// Takes an output's gradient away from it for an input that has none, if it has its shape and
    /// nobody else has it; null if not.
    private static @Nullable Value handOver(Value out, Value in) {
        Value gradient = out.gradient;
        if (in.gradient != null || gradient == null || !gradient.row.equals(in.row)) return null;
        if (!Values.isLastReference(gradient)) return null;
        out.gradient = null;
        return gradient;
    }

    /// A closure has written its targets, and its outputs' gradients have had their last reader.
    void settle(TapeEntry entry) {
        for (int i = 0; i < laterTargets.size(); i++) contribute(laterTargets.get(i), laterScratch.get(i));
        if (earlier != null) values.drop(earlier);
        reset();
        for (int i = 0; i < entry.out.size(); i++) {
            Value out = entry.out.get(i);
            if (out.gradient != null) values.drop(out.gradient);
            out.gradient = null;
        }
    }

    /// Hands the gradient of a view to its source, under the source's shape.
    void handThrough(TapeEntry entry) {
        Value in = entry.in.getFirst();
        Value out = entry.out.getFirst();
        Value gradient = requireNonNull(out.gradient);
        out.gradient = null;
        contribute(in, values.alias(gradient, in.row));
    }
}
