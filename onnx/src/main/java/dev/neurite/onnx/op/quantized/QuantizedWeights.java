package dev.neurite.onnx.op.quantized;

import dev.neurite.kernel.QuantizedMatrix;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;

/// Matrices of bytes as weights of core's kernels.
final class QuantizedWeights {
    static final float[] WITHOUT_SCALES = {1};

    private QuantizedWeights() {}

    /// @param of int8 or uint8
    /// @param at the first element of the matrix
    /// @param turned whether it is `[columns × inner]`, not `[inner × columns]`
    /// @param zeros one or several, of neighboring columns; they begin again after the last
    /// @param first the zero point of the first column
    /// @param scales one, or one for each column
    static QuantizedMatrix of(
            Value of, int at, int inner, int columns, boolean turned, int[] zeros, int first, float[] scales) {
        byte[] from = (byte[]) of.array();
        int start = of.offset() + at;
        int less = of.type() == ElementType.UINT8 ? 128 : 0; // codes of core are −128 to 127
        byte[] codes = new byte[Math.multiplyExact(inner, columns)];
        int[] zero = new int[columns];
        float[] scale = new float[columns];
        boolean anyZero = false;
        for (int column = 0; column < columns; column++) {
            zero[column] = zeros[(first + column) % zeros.length] - less;
            scale[column] = scales[column % scales.length];
            anyZero |= zero[column] != 0;
            for (int i = 0; i < inner; i++) {
                int place = turned ? column * inner + i : i * columns + column;
                codes[column * inner + i] = (byte) (from[start + place] ^ less);
            }
        }
        return QuantizedMatrix.int8(columns, inner, codes, scale, anyZero ? zero : new int[0]);
    }
}
