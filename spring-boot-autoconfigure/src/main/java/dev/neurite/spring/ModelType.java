package dev.neurite.spring;

/// What bean a model becomes.
public enum ModelType {
    /// As the file's name and the tokenizer say: `.safetensors` a predictor, `.onnx` an ONNX model, with a
    /// tokenizer what `dev.neurite.onnx.TextTask` says: an embedder, a scorer or an ONNX model.
    AUTO,
    /// [dev.neurite.predict.Predictor]
    PREDICTOR,
    /// `dev.neurite.onnx.OnnxModel`
    ONNX,
    /// `dev.neurite.onnx.TextEmbedder`
    EMBEDDER,
    /// `dev.neurite.onnx.TextScorer`, a reranker
    SCORER;

    boolean isOfTexts() {
        return this == EMBEDDER || this == SCORER;
    }
}
