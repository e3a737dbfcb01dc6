package dev.neurite.onnx;

/// The vector of a text.
/// @param vector its numbers; the caller's own
/// @param tokens how many tokens of the text it is made of, without special tokens
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TextVector(float[] vector, int tokens) {}
