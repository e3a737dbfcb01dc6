package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;

/// A matrix of bytes as weights of core's kernels.
/// @param of int8 or uint8
/// @param at its first element
/// @param turned whether it is `[columns × inner]`, not `[inner × columns]`
record QuantizedWeights(Value of, int at, int inner, int columns, boolean turned) {
    private static final float[] WITHOUT_SCALES = {1};

    /// Those without scales, for sums alone.
    QuantizedMatrix with(Kernels kernels, int[] zeros, int first) {
        return with(kernels, zeros, first, WITHOUT_SCALES);
    }

    /// @param kernels whose threads make them
    /// @param zeros one or several, of neighboring columns; they begin again after the last
    /// @param first the zero point of the first column
    /// @param scales one, or one for each column
    QuantizedMatrix with(Kernels kernels, int[] zeros, int first, float[] scales) {
        int[] zero = new int[columns];
        float[] scale = new float[columns];
        for (int column = 0; column < columns; column++) {
            zero[column] = zeros[(first + column) % zeros.length];
            scale[column] = scales[column % scales.length];
        }
        var codes = new QuantizedMatrix.Codes(
                (byte[]) of.array(),
                of.offset() + at,
                turned ? inner : 1,
                turned ? 1 : columns,
                of.type() == ElementType.UINT8);
        return QuantizedMatrix.int8(columns, inner, codes, scale, zero, kernels);
    }
}
