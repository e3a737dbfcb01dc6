package dev.neurite.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.neurite.onnx.TextEmbedder.Pooling;

/// The models of LangChain4j's artifacts: computed by them with onnxruntime, and by Neurite.
enum LangChain4jModels {
    /// all-MiniLM-L6-v2.
    FLOAT("all-minilm-l6-v2"),
    /// The same with weights of 8 bits.
    QUANTIZED("all-minilm-l6-v2-q");

    private final String name;

    LangChain4jModels(String name) {
        this.name = name;
    }

    /// The model as the artifact computes it.
    EmbeddingModel theirs() {
        return switch (this) {
            case FLOAT -> new AllMiniLmL6V2EmbeddingModel();
            case QUANTIZED -> new AllMiniLmL6V2QuantizedEmbeddingModel();
        };
    }

    /// The model as Neurite computes it.
    NeuriteEmbeddingModel ours() {
        return NeuriteEmbeddingModel.load(getClass().getClassLoader(), file(), tokenizer(), Pooling.MEAN);
    }

    /// The resource that has the model.
    String file() {
        return name + ".onnx";
    }

    /// The resource that has its tokenizer.
    String tokenizer() {
        return name + "-tokenizer.json";
    }
}
