package dev.neurite.llm.family;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.network.DecoderSettings.Attention;
import dev.neurite.llm.weights.WeightFile;

/// Llama 2 and 3 with its later versions, Mistral, Qwen 2, 2.5 and 3, SmolLM2, and others of the same form: they differ
/// in biases and norms of queries and keys, and in how positions are scaled.
/// @param interleaved whether GGUF files have neighboring features where rotary positions turn pairs, as llama.cpp
/// writes it for this architecture
record Llama(boolean interleaved) implements Family {
    @Override
    public DecoderSettings ofGguf(Metadata keys, WeightFile weights) {
        var gguf = new GgufKeys(keys, weights);
        var attention = new Attention(
                gguf.heads(),
                gguf.keyHeads(),
                gguf.headSize(),
                weights.has("blk.0.attn_q.bias"),
                weights.has("blk.0.attn_output.bias"),
                weights.has("blk.0.attn_q_norm.weight"),
                gguf.rotation(interleaved),
                gguf.rotation(interleaved),
                0,
                0,
                Scaling.USUAL);
        return decoder(gguf, attention, !weights.has("output.weight"));
    }

    @Override
    public DecoderSettings ofConfig(Metadata members) {
        var config = new Config(members);
        config.requireActivation("silu");
        String type = members.text("model_type");
        Rotation rotation = config.rotation(config.headSize());
        boolean biases = members.flagOr("attention_bias", type.equals("qwen2"));
        var attention = new Attention(
                config.heads(),
                config.keyHeads(),
                config.headSize(),
                biases,
                biases && !type.equals("qwen2"),
                type.equals("qwen3"),
                rotation,
                rotation,
                window(members, type),
                0,
                Scaling.USUAL);
        return decoder(config, attention, config.tied(false));
    }

    static DecoderSettings decoder(Sizes sizes, Attention attention, boolean tied) {
        return new DecoderSettings(
                DecoderSettings.Blocks.GATED,
                sizes.vocabulary(),
                sizes.width(),
                sizes.depth(),
                sizes.hidden(),
                sizes.context(),
                sizes.epsilon(),
                attention,
                Activation.SILU,
                false,
                1,
                0,
                tied);
    }

    /// Mistral's window; Qwen's files name one that no published model uses.
    private static int window(Metadata members, String type) {
        if (members.flagOr("use_sliding_window", false)) {
            throw Config.unknown(members, "use_sliding_window", "false", "true");
        }
        return type.equals("mistral") ? Math.toIntExact(members.integerOr("sliding_window", 0)) : 0;
    }
}
