package dev.neurite.spring;

/// What a model gives, by which it becomes a bean.
public enum BeanKind {
    /// As the file's name and the tokenizer say: `.safetensors` predictions; `.onnx` tensors, with a tokenizer what
    /// `dev.neurite.onnx.OnnxKind` says.
    AUTO,
    /// [dev.neurite.predict.Predictor]
    PREDICTIONS,
    /// `dev.neurite.onnx.OnnxModel`
    TENSORS,
    /// `dev.neurite.onnx.TextEmbedder`
    EMBEDDINGS,
    /// `dev.neurite.onnx.TextScorer`, a reranker
    SCORES;

    boolean isOfTexts() {
        return this == EMBEDDINGS || this == SCORES;
    }
}
