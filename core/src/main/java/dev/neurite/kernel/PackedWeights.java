package dev.neurite.kernel;

import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A layer's weights `[out × in]` as [Kernels#dense] takes them.
///
/// Where nobody will change the numbers any more, as in a model that predicts, vector kernels keep a copy in
/// the order in which they read it, made at the first use: a row alone then costs a third, at the price of
/// holding the weights twice. For a convolution that is computed in Winograd tiles, all kernels keep the transformed
/// weights, 16/9 of their size. Safe to share between threads.
public final class PackedWeights {
    private final Tensor values;
    private final boolean constant;
    private volatile @Nullable Copy copies;

    /// The weights in another order, and the copies that were kept before.
    private static final class Copy {
        final Object order;
        final float[] numbers;
        final @Nullable Copy next;

        Copy(Object order, float[] numbers, @Nullable Copy next) {
            this.order = order;
            this.numbers = numbers;
            this.next = next;
        }
    }

    private PackedWeights(Tensor values, boolean constant) {
        this.values = values;
        this.constant = constant;
    }

    /// Weights that may change between calls.
    /// @param values `[out × in]`, not copied; rank 1 and further axes are legal where no `dense` uses them
    public static PackedWeights changing(Tensor values) {
        return new PackedWeights(values, false);
    }

    /// Weights that never change again.
    /// @param values `[out × in]`, not copied; rank 1 and further axes are legal where no `dense` uses them
    public static PackedWeights constant(Tensor values) {
        return new PackedWeights(values, true);
    }

    /// The numbers, read only.
    public Tensor values() {
        return values;
    }

    /// The numbers as `[out × in]`.
    public Matrix matrix() {
        return values.matrix();
    }

    /// Whether they never change again.
    public boolean isConstant() {
        return constant;
    }

    /// For kernels: the copy that was kept of constant weights in an order of theirs; null if there is none.
    /// @param order what the copy was kept for
    public float @Nullable [] packed(Object order) {
        for (Copy copy = copies; copy != null; copy = copy.next) {
            if (copy.order.equals(order)) return copy.numbers;
        }
        return null;
    }

    /// For kernels: keeps a copy of constant weights as long as these live.
    public synchronized void keep(Object order, float[] copy) {
        if (packed(order) == null) copies = new Copy(order, copy, copies);
    }
}
