package dev.neurite.onnx;

/// How well a text answers a query, as [TextScorer] computes it.
/// @param score as the model gives it: any number, larger for a better answer
/// @param tokens the number of tokens of query and text that it was computed of, without special tokens
public record TextScore(float score, int tokens) {
    /// The score's sigmoid, from 0 to 1.
    public float probability() {
        return (float) (1 / (1 + Math.exp(-score)));
    }
}
