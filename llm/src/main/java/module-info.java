import org.jspecify.annotations.NullMarked;

/// Language models of published families, from GGUF or safetensors.
@NullMarked
module dev.neurite.llm {
    requires transitive dev.neurite.core;
    requires transitive dev.neurite.text;
    requires static org.jspecify;

    exports dev.neurite.llm;
    exports dev.neurite.llm.chat;
    exports dev.neurite.llm.family;
    exports dev.neurite.llm.gguf;
    exports dev.neurite.llm.grammar;
    exports dev.neurite.llm.network;
    exports dev.neurite.llm.tokenizer;
    exports dev.neurite.llm.weights;
}
