package dev.neurite.onnx;

/// A query, and a text that may answer it.
public record TextPair(String query, String text) {}
