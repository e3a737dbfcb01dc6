package dev.neurite.kernel;

import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The weights `[out × in]` of a layer, with packed copies for the kernels.
///
/// If the weights are constant, as in a model that only predicts, vector kernels keep a packed
/// copy, made at the first use: predicting a single row then takes a third of the time, but the
/// weights are held twice. Convolutions keep a packed copy as well, for some sizes of images another one. For a
/// convolution that is computed in Winograd tiles, all kernels keep the transformed weights, 4 times their size.
/// Thread-safe.
public final class PackedWeights {
    private final Tensor values; // empty if they are encoded
    private final @Nullable EncodedMatrix encoded;
    private final boolean constant;
    private volatile @Nullable Copy copies;

    /// A packed copy, linked to the copies made before.
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

    private PackedWeights(Tensor values, @Nullable EncodedMatrix encoded, boolean constant) {
        this.values = values;
        this.encoded = encoded;
        this.constant = constant;
    }

    /// Weights that may change between calls.
    /// @param values `[out × in]`, not copied; for convolutions, with further axes
    public static PackedWeights changing(Tensor values) {
        return new PackedWeights(values, null, false);
    }

    /// Weights that do not change any more.
    /// @param values `[out × in]`, not copied; for convolutions, with further axes
    public static PackedWeights constant(Tensor values) {
        return new PackedWeights(values, null, true);
    }

    /// Weights in fewer bits, which do not change any more.
    public static PackedWeights encoded(EncodedMatrix weights) {
        return new PackedWeights(Tensor.EMPTY, weights, true);
    }

    /// The weights, read only; of encoded ones a decoded copy, made anew at each call.
    public Tensor values() {
        return encoded == null ? values : encoded.decode();
    }

    /// The weights in fewer bits; null if they are floats.
    public @Nullable EncodedMatrix encoded() {
        return encoded;
    }

    /// The number of outputs.
    public int rows() {
        return encoded == null ? values.matrix().rows() : encoded.rows();
    }

    /// The number of inputs.
    public int columns() {
        return encoded == null ? values.matrix().columns() : encoded.columns();
    }

    /// [#values()] as a matrix `[out × in]`.
    public Matrix matrix() {
        return values().matrix();
    }

    /// Whether the weights do not change any more.
    public boolean isConstant() {
        return constant;
    }

    /// For kernels: the packed copy of constant weights in a given order; null if there is none.
    /// @param order identifies the order of the copy
    public float @Nullable [] packed(Object order) {
        for (Copy copy = copies; copy != null; copy = copy.next) {
            if (copy.order.equals(order)) return copy.numbers;
        }
        return null;
    }

    /// For kernels: stores a packed copy of constant weights.
    public synchronized void keep(Object order, float[] copy) {
        if (packed(order) == null) copies = new Copy(order, copy, copies);
    }
}
