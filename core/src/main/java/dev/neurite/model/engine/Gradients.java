package dev.neurite.model.engine;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds up the contributions to the gradient of each value. The first is written in place. Each later
/// one is written to a buffer of its own and then added, in the order of the backward pass. A value that
/// was converted to another layout has one gradient with its origin, in the layout that was last needed: so
/// conversions change no order of additions.
final class Gradients {
    private final Kernels kernels;
    private final PassValues values;
    private final List<PassValue> laterTargets = new ArrayList<>();
    private final List<PassValue> laterGradients = new ArrayList<>();
    private @Nullable PassValue earlier; // the contributions that the running lambda must add

    Gradients(Kernels kernels, PassValues values) {
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
    void contribute(PassValue to, PassValue gradient) {
        PassValue sum = to.gradient();
        if (sum == null) {
            to.setGradient(gradient);
        } else {
            PassValue other = inLayout(gradient, sum.layout());
            kernels.add(sum.tensor, other.tensor, sum.tensor);
            values.drop(other);
        }
    }

    /// A gradient in this layout, in place of the given one.
    private PassValue inLayout(PassValue gradient, Layout layout) {
        if (gradient.layout() == layout) return gradient;
        PassValue other = values.take(gradient, layout);
        kernels.planes().convert(gradient.tensor, other.tensor);
        values.drop(gradient);
        return other;
    }

    /// Moves the gradient of a value to the same value, computed again.
    void move(PassValue from, PassValue to) {
        PassValue gradient = from.gradient();
        if (gradient == null) return;
        from.setGradient(null);
        contribute(to, gradient);
    }

    /// Whether an output of this record has a gradient.
    static boolean reaches(TapeEntry entry) {
        for (int i = 0; i < entry.out.size(); i++) {
            if (entry.out.get(i).gradient() != null) return true;
        }
        return false;
    }

    /// The gradient of a value, in its layout; zeros if there are no contributions.
    PassValue of(PassValue out) {
        PassValue gradient = out.gradient();
        if (gradient == null) {
            gradient = values.take(out, out.layout());
            kernels.fill(0, gradient.tensor);
        } else {
            gradient = inLayout(gradient, out.layout());
        }
        out.setGradient(gradient);
        return gradient;
    }

    /// The tensor to which a lambda writes the gradient of one of its inputs.
    Tensor target(TapeEntry entry, PassValue in) {
        if (!in.wanted()) return Tensor.EMPTY;
        PassValue before = in.gradient();
        PassValue gradient =
                entry.dx == Dx.MAY_BE_DY && isFirstWanted(entry, in) ? takeOver(entry.out.getFirst(), in) : null;
        if (gradient == null) gradient = values.take(in, in.layout());
        if (before == null) {
            in.setGradient(gradient);
        } else if (entry.dx == Dx.INCLUDES_EARLIER) {
            earlier = inLayout(before, in.layout());
            in.setGradient(gradient);
        } else {
            laterTargets.add(in);
            laterGradients.add(gradient);
        }
        return gradient.tensor;
    }

    private static boolean isFirstWanted(TapeEntry entry, PassValue in) {
        for (int i = 0; i < entry.in.size(); i++) {
            PassValue each = entry.in.get(i);
            if (each.wanted()) return each == in;
        }
        return false;
    }

    /// Takes the gradient of an output as the target for an input that has no gradient yet. Null unless
    /// shapes and layouts are equal and nobody else holds the buffer.
    private static @Nullable PassValue takeOver(PassValue out, PassValue in) {
        PassValue gradient = out.gradient();
        if (in.gradient() != null || gradient == null || !gradient.row.equals(in.row)) return null;
        if (gradient.layout() != in.layout() || !PassValues.isLastReference(gradient)) return null;
        out.setGradient(null);
        return gradient;
    }

    /// Called after a lambda: adds its later contributions, and drops the gradients of its outputs.
    void afterLambda(TapeEntry entry) {
        for (int i = 0; i < laterTargets.size(); i++) contribute(laterTargets.get(i), laterGradients.get(i));
        if (earlier != null) values.drop(earlier);
        reset();
        for (int i = 0; i < entry.out.size(); i++) {
            PassValue out = entry.out.get(i);
            PassValue gradient = out.gradient();
            if (gradient != null) values.drop(gradient);
            out.setGradient(null);
        }
    }

    /// Passes the gradient of a view to its source, in the shape of the source.
    void passThrough(TapeEntry entry) {
        PassValue in = entry.in.getFirst();
        PassValue out = entry.out.getFirst();
        PassValue gradient = of(out);
        out.setGradient(null);
        contribute(in, values.alias(gradient, in.row));
    }
}
