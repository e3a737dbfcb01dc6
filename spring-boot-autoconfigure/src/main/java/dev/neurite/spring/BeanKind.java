package dev.neurite.spring;

/// What a model gives, by which it becomes a bean.
public enum BeanKind {
    /// As the file's name and the tokenizer say: `.safetensors` predictions; `.onnx` tensors, with a tokenizer what
    /// `dev.neurite.onnx.OnnxKind` says; `.gguf`, and `config.json` beside safetensors, texts.
    AUTO,
    /// [dev.neurite.predict.Predictor]
    PREDICTIONS,
    /// `dev.neurite.onnx.OnnxModel`
    TENSORS,
    /// `dev.neurite.onnx.TextEmbedder`
    EMBEDDINGS,
    /// `dev.neurite.onnx.TextScorer`, a reranker
    SCORES,
    /// `dev.neurite.llm.LanguageModel`
    TEXTS;

    /// Whether it is an ONNX model with a tokenizer.
    boolean hasTokenizer() {
        return this == EMBEDDINGS || this == SCORES;
    }
}
