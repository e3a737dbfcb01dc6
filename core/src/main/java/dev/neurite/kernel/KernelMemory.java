package dev.neurite.kernel;

import dev.neurite.kernel.cpu.Gemm;
import dev.neurite.kernel.cpu.conv.CpuConvolutions;
import dev.neurite.tensor.Shape;

/// How much memory kernels keep beside the tensors that they are given, in floats, about; on the engine that
/// [Kernels#create(int)] takes. What an estimate of a training's or a prediction's memory adds up.
public final class KernelMemory {
    private KernelMemory() {}

    /// The workspace of products of weights and a batch, forward and back.
    /// @param weights their shape, `[out × in]`
    public static long dense(int rows, Shape weights, int threads) {
        return Kernels.vectorsPresent() ? Gemm.trainingFloats(rows, weights, threads) : 0;
    }

    /// The workspace of products of constant weights and a batch.
    /// @param weights their shape, `[out × in]`
    public static long constantDense(int rows, Shape weights, int threads) {
        return Kernels.vectorsPresent() ? Gemm.predictingFloats(rows, weights, threads) : 0;
    }

    /// The copy that is kept of constant weights of a dense layer, for predicting.
    /// @param weights their shape, `[out × in]`
    public static long packedDense(Shape weights) {
        return Kernels.vectorsPresent() ? Gemm.packedFloats(weights) : 0;
    }

    /// The workspace of a convolution, forward and back.
    /// @param weights their shape
    public static long convolution(int rows, Shape weights, int threads) {
        return CpuConvolutions.trainingFloats(rows, weights, threads, Kernels.vectorsPresent());
    }

    /// The workspace of a convolution with constant weights.
    /// @param weights their shape
    public static long constantConvolution(Shape weights, int threads) {
        return CpuConvolutions.predictingFloats(weights, threads, Kernels.vectorsPresent());
    }

    /// The copy that is kept of constant weights of a convolution, for predicting; 0 where their shape does not allow
    /// Winograd tiles. Stride, dilation and padding may rule them out too.
    /// @param weights their shape
    public static long packedConvolution(Shape weights) {
        return CpuConvolutions.packedFloats(weights);
    }
}
