package dev.neurite.kernel.cpu;

/// Rows of X, quantized for products with weights of whole numbers; see [dev.neurite.kernel.QuantizedMatrix].
/// Threads that share a product read the same one.
final class QuantizedInput {
    int[] pairs = {}; // codes
    float[] scales = {};
    int[] sums = {}; // of codes that share a scale, for weights with minimums or zero points
    float[] offsets = {}; // these sums times their scales, for weights with minimums
    int[] differences = {}; // see ScalarBlocks#differences
    int[] starts = {}; // see ScalarBlocks#starts
}
