package dev.neurite.kernel;

import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A layer's weights `[out × in]` as [Kernels#dense] takes them.
///
/// Where nobody will change the numbers any more, as in a model that predicts, vector kernels keep a copy in
/// the order in which they read it, made at the first use: a row alone then costs a third, at the price of
/// holding the weights twice. Of a convolution that [Winograd] computes forward, all kernels keep its u, 16/9 of the
/// weights. Safe to share between threads.
public final class Weights {
    private final Tensor values;
    private final boolean constant;
    private volatile float @Nullable [] panels;
    private volatile @Nullable KeptTiles tiles;

    /// The weights of a convolution as [Winograd]'s u, in the order of this engine.
    private static final class KeptTiles {
        final String engine;
        final float[] u;

        KeptTiles(String engine, float[] u) {
            this.engine = engine;
            this.u = u;
        }
    }

    private Weights(Tensor values, boolean constant) {
        this.values = values;
        this.constant = constant;
    }

    /// Weights that may change between calls.
    /// @param values `[out × in]`, not copied; rank 1 and further axes are legal where no `dense` uses them
    public static Weights changing(Tensor values) {
        return new Weights(values, false);
    }

    /// Weights that never change again.
    /// @param values `[out × in]`, not copied; rank 1 and further axes are legal where no `dense` uses them
    public static Weights constant(Tensor values) {
        return new Weights(values, true);
    }

    /// How many numbers products of such weights and a batch keep to work in, about: the outputs before they are turned
    /// into their place, and for each thread a block of what it packs.
    /// @param shape `[out × in]`
    public static long scratchFloats(int rows, Shape shape, int threads) {
        if (!Kernels.vectorsPresent()) return 0; // plain loops keep nothing
        long widest = Math.max(shape.extent(0), inputs(shape));
        long ofRows = Math.max(shape.size(), rows * widest); // weights, or a batch of inputs or δ
        long blocks = Math.min(shape.size(), Gemm.BLOCK_OF_V) + Math.min(ofRows, Gemm.BLOCK_OF_R);
        return (long) rows * shape.extent(0) + threads * blocks;
    }

    /// How many numbers products of constant weights and a batch keep to work in, about: what each thread packs of the
    /// batch.
    /// @param shape `[out × in]`
    public static long predictingFloats(int rows, Shape shape, int threads) {
        if (!Kernels.vectorsPresent() || !Gemm.packsRows(shape.extent(0))) return 0;
        return threads * Math.min((long) rows * inputs(shape), Gemm.BLOCK_OF_R);
    }

    /// How many numbers are kept beside constant weights, for predicting.
    /// @param shape `[out × in]`
    public static long packedFloats(Shape shape) {
        if (!Kernels.vectorsPresent()) return 0;
        return (long) Scratch.START + Gemm.packedSize(inputs(shape), shape.extent(0));
    }

    private static int inputs(Shape shape) {
        return shape.size() / Math.max(1, shape.extent(0));
    }

    /// The numbers, read only.
    public Tensor values() {
        return values;
    }

    /// The numbers as `[out × in]`.
    public Matrix matrix() {
        return values.matrix();
    }

    boolean isConstant() {
        return constant;
    }

    /// The kept copy in the order of this engine's [ScalarWinograd]; null if there is none.
    float @Nullable [] tiles(ScalarKernels engine) {
        KeptTiles kept = tiles;
        return kept != null && kept.engine.equals(engine.name()) ? kept.u : null;
    }

    /// Keeps that copy.
    void keep(ScalarKernels engine, float[] u) {
        tiles = new KeptTiles(engine.name(), u);
    }

    /// The kept copy of Wᵀ in the order of [Gemm#pack]; null where the numbers may change.
    float @Nullable [] panels() {
        float[] kept = panels;
        if (kept == null && constant) {
            Matrix w = values.matrix();
            kept = new float[Scratch.START + Gemm.packedSize(w.columns(), w.rows())];
            Gemm.pack(w.array(), w.offset(), w.columnStride(), w.rowStride(), w.columns(), w.rows(), kept);
            panels = kept;
        }
        return kept;
    }
}
