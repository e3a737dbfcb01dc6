package dev.neurite.kernel;

import dev.neurite.kernel.cpu.Gemm;
import dev.neurite.kernel.cpu.UnpackedProduct;
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

    /// The workspace of a dense layer whose weights have fewer bits, forward, and for the gradient of its input.
    /// @param weights the shape of the weights, `[out × in]`
    public static long encodedDense(int rows, Shape weights, int threads) {
        return constantDense(rows, weights, threads)
                + (Kernels.vectorsPresent() ? UnpackedProduct.floats(rows, weights, threads) : 0);
    }

    /// The packed copy of a dense layer's constant weights.
    /// @param weights the shape of the weights, `[out × in]`
    public static long packedDense(Shape weights) {
        return Kernels.vectorsPresent() ? Gemm.packedFloats(weights) : 0;
    }

    /// The workspace of a convolution, forward and backward, beside its [#copies].
    /// @param weights the shape of the weights
    /// @param x the shape of a row of its input
    /// @param y the shape of a row of its output
    public static long convolution(int rows, Shape weights, Shape x, Shape y, int threads) {
        return CpuConvolutions.trainingFloats(rows, weights, x, y, threads, Kernels.vectorsPresent());
    }

    /// The workspace of a convolution with constant weights, beside its [#copies].
    /// @param weights the shape of the weights
    /// @param x the shape of a row of its input
    /// @param y the shape of a row of its output
    public static long constantConvolution(Shape weights, Shape x, Shape y, int threads) {
        return CpuConvolutions.predictingFloats(weights, x, y, threads, Kernels.vectorsPresent());
    }

    /// The most that packed copies of a convolution's constant weights take: groups, stride, dilation and padding
    /// decide too, which this estimate does not know.
    /// @param weights the shape of the weights
    /// @param open whether inputs have several lengths, for which there may be several copies
    public static long packedConvolution(Shape weights, boolean open) {
        return CpuConvolutions.packedFloats(weights, open, Kernels.vectorsPresent());
    }

    /// What kernels hold of tensors that they have copied to another layout. It grows with the rows of a batch.
    public static long copies(Kernels kernels) {
        return kernels.convolutions() instanceof CpuConvolutions convolutions ? convolutions.copies() : 0;
    }
}
