package dev.neurite.onnx;

/// The vector of a text.
/// @param vector its numbers; the caller's own
/// @param tokens how many tokens of the text it is made of, without special tokens
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TextVector(float[] vector, int tokens) {
    /// The vector of length 1 in the same direction; zeros of zeros.
    public TextVector normalized() {
        double squares = 0;
        for (float each : vector) squares += (double) each * each;
        double length = Math.sqrt(squares);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) unit[i] = length == 0 ? 0 : (float) (vector[i] / length);
        return new TextVector(unit, tokens);
    }
}
