package dev.neurite.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What `neurite.models.NAME.…` says of a model.
/// @param location a model file, the directory of a run, a folder with `model.onnx` and perhaps `tokenizer.json`, or
/// one of a language model, with `config.json` and safetensors: a path, `file:…` or `classpath:…`
/// @param kind what it gives, by which it becomes a bean; by default as the file's name, the tokenizer and the
/// outputs say
/// @param tokenizer the `tokenizer.json` of a model of texts; by default the one beside it
/// @param pooling how an embedder makes one vector of those of the tokens
/// @param context the most tokens of a prompt and its answer together, of a language model; 0 for as many as it was
/// trained for
/// @param cache the type of the keys and values that a language model keeps of a text
/// @param adapter a directory of PEFT with adapters (LoRA) of a language model; empty for none
/// @param threads how many compute one prediction, up to 1024; 0 for the library's shared ones
/// @param warmUp the longest time in which the model computes rows that nobody asked for before it is a bean; it ends
/// when the model gets no faster; zero for not at all
/// @param lazy whether the model is loaded when it is first used, not when the program starts
public record ModelProperties(
        @DefaultValue("") String location,
        @DefaultValue("auto") BeanKind kind,
        @DefaultValue("") String tokenizer,
        @DefaultValue("mean") Pooled pooling,
        @DefaultValue("0") int context,
        @DefaultValue("f32") Cached cache,
        @DefaultValue("") String adapter,
        @DefaultValue("0") int threads,
        @DefaultValue("500ms") Duration warmUp,
        @DefaultValue("false") boolean lazy) {
    /// The same of a model whose kind is known.
    ModelProperties as(BeanKind known) {
        return new ModelProperties(location, known, tokenizer, pooling, context, cache, adapter, threads, warmUp, lazy);
    }

    /// The names of `dev.neurite.llm.network.CacheType`, which need not be there.
    public enum Cached {
        /// Floats of 32 bits.
        F32,
        /// Floats of 16 bits: half the memory.
        F16
    }

    /// The names of `dev.neurite.onnx.TextEmbedder.Pooling`, which need not be there.
    public enum Pooled {
        /// The mean of the vectors of the tokens.
        MEAN,
        /// The vector of the first token.
        CLS
    }
}
