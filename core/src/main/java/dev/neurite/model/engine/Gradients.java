package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up the contributions to the gradient of each value. The first is written in place. Each later
/// one is written to a buffer of its own and then added, in the order of the backward pass.
final class Gradients {
    private final Kernels kernels;
    private final Values values;
    private final List<Value> laterTargets = new ArrayList<>();
    private final List<Value> laterGradients = new ArrayList<>();
    private @Nullable Value earlier; // the contributions that the running lambda must add

    Gradients(Kernels kernels, Values values) {
        this.kernels = kernels;
        this.values = values;
    }

    /// Drops the targets of a lambda that failed.
    void reset() {
        laterTargets.clear();
        laterGradients.clear();
        earlier = null;
    }

    /// The contributions that the running lambda must add; empty for none.
    Tensor earlier() {
        return earlier == null ? Tensor.EMPTY : earlier.tensor;
    }

    /// Adds a contribution to the gradient of a value, or makes it the first. Two outputs may be one
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

    /// Moves the gradient of a value to the same value, computed again.
    void move(Value from, Value to) {
        Value gradient = from.gradient;
        if (gradient == null) return;
        from.gradient = null;
        contribute(to, gradient);
    }

    /// Whether an output of this record has a gradient.
    static boolean reaches(TapeEntry entry) {
        for (int i = 0; i < entry.out.size(); i++) {
            if (entry.out.get(i).gradient != null) return true;
        }
        return false;
    }

    /// The gradient of a value; zeros if there are no contributions.
    Value of(Value out) {
        Value gradient = out.gradient;
        if (gradient == null) {
            gradient = values.take(out.row);
            kernels.fill(0, gradient.tensor);
            out.gradient = gradient;
        }
        return gradient;
    }

    /// The tensor to which a lambda writes the gradient of one of its inputs.
    Tensor target(TapeEntry entry, Value in) {
        if (!in.wanted) return Tensor.EMPTY;
        Value gradient =
                entry.dx == Dx.MAY_BE_DY && isFirstWanted(entry, in) ? takeOver(entry.out.getFirst(), in) : null;
        if (gradient == null) gradient = values.take(in.row);
        if (in.gradient == null || entry.dx == Dx.INCLUDES_EARLIER) {
            earlier = in.gradient;
            in.gradient = gradient;
        } else {
            laterTargets.add(in);
            laterGradients.add(gradient);
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

    /// Takes the gradient of an output as the target for an input that has no gradient yet. Null unless
    /// the shapes are equal and nobody else holds the buffer.
    private static @Nullable Value takeOver(Value out, Value in) {
        Value gradient = out.gradient;
        if (in.gradient != null || gradient == null || !gradient.row.equals(in.row)) return null;
        if (!Values.isLastReference(gradient)) return null;
        out.gradient = null;
        return gradient;
    }

    /// Called after a lambda: adds its later contributions, and drops the gradients of its outputs.
    void afterLambda(TapeEntry entry) {
        for (int i = 0; i < laterTargets.size(); i++) contribute(laterTargets.get(i), laterGradients.get(i));
        if (earlier != null) values.drop(earlier);
        reset();
        for (int i = 0; i < entry.out.size(); i++) {
            Value out = entry.out.get(i);
            if (out.gradient != null) values.drop(out.gradient);
            out.gradient = null;
        }
    }

    /// Passes the gradient of a view to its source, in the shape of the source.
    void passThrough(TapeEntry entry) {
        Value in = entry.in.getFirst();
        Value out = entry.out.getFirst();
        Value gradient = requireNonNull(out.gradient);
        out.gradient = null;
        contribute(in, values.alias(gradient, in.row));
    }
}
