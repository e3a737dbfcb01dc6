package dev.neurite.kernel;

import dev.neurite.kernel.cpu.Gemm;
import dev.neurite.kernel.cpu.conv.CpuConvolutions;
import dev.neurite.tensor.Shape;

/// Estimates of the memory that kernels use in addition to their tensors, in floats, for the engine
/// that [Kernels#create(int)] chooses. They are part of the memory estimates of training and
/// prediction.
public final class KernelMemory {
    private KernelMemory() {}

    /// The workspace of a dense layer, forward and backward.
    /// @param weights the shape of the weights, `[out × in]`
    public static long dense(int rows, Shape weights, int threads) {
        return Kernels.vectorsPresent() ? Gemm.trainingFloats(rows, weights, threads) : 0;
    }

    /// The workspace of a dense layer with constant weights.
    /// @param weights the shape of the weights, `[out × in]`
    public static long constantDense(int rows, Shape weights, int threads) {
        return Kernels.vectorsPresent() ? Gemm.predictingFloats(rows, weights, threads) : 0;
    }

    /// The packed copy of a dense layer's constant weights.
    /// @param weights the shape of the weights, `[out × in]`
    public static long packedDense(Shape weights) {
        return Kernels.vectorsPresent() ? Gemm.packedFloats(weights) : 0;
    }

    /// The workspace of a convolution, forward and backward.
    /// @param weights the shape of the weights
    public static long convolution(int rows, Shape weights, int threads) {
        return CpuConvolutions.trainingFloats(rows, weights, threads, Kernels.vectorsPresent());
    }

    /// The workspace of a convolution with constant weights.
    /// @param weights the shape of the weights
    public static long constantConvolution(Shape weights, int threads) {
        return CpuConvolutions.predictingFloats(weights, threads, Kernels.vectorsPresent());
    }

    /// The most that the packed copy of a convolution's constant weights takes: groups, stride, dilation and padding
    /// decide too, which this estimate does not know.
    /// @param weights the shape of the weights
    public static long packedConvolution(Shape weights) {
        return CpuConvolutions.packedFloats(weights, Kernels.vectorsPresent());
    }
}
