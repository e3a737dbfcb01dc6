package dev.neurite.llm.family;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.network.DecoderSettings.Attention;
import dev.neurite.llm.weights.WeightFile;

/// Gemma 1, 2 and 3: scaled embeddings that are tied to the last layer, GELU; from 2 on norms after each part too, and
/// windows in some blocks; in 2 caps of scores, in 3 norms of queries and keys. Of Gemma 3's models for images, only
/// what computes texts.
/// @param version 1, 2 or 3
record Gemma(int version) implements Family {
    private static final int[] LARGEST = {46, 62}; // the blocks of the 27B models of versions 2 and 3
    private static final double LOCAL_BASE = 10_000; // of Gemma 3's blocks with a window

    @Override
    public DecoderSettings ofGguf(Metadata keys, WeightFile weights) {
        var gguf = new GgufKeys(keys, weights);
        double queries = queries(gguf.depth(), gguf.width(), gguf.heads(), gguf.headSize());
        Rotation rotation = gguf.rotation(false);
        var attention = new Attention(
                gguf.heads(),
                gguf.keyHeads(),
                gguf.headSize(),
                false,
                false,
                version == 3,
                rotation,
                local(rotation),
                version == 1 ? 0 : Math.toIntExact(gguf.integer("attention.sliding_window")),
                pattern(),
                new Scaling(1 / Math.sqrt(queries), gguf.numberOr("attn_logit_softcapping", 0)));
        return decoder(gguf, attention, gguf.numberOr("final_logit_softcapping", 0), !weights.has("output.weight"));
    }

    @Override
    public DecoderSettings ofConfig(Metadata members) {
        var config = new Config(members.keys().contains("text_config.num_hidden_layers") ? texts(members) : members);
        config.requireActivation("gelu_pytorch_tanh");
        double queries = config.numberOr("query_pre_attn_scalar", config.headSize());
        Rotation rotation = config.rotation(config.headSize());
        if (config.integerOr("sliding_window_pattern", pattern()) != pattern()) {
            throw Config.unknown(config.all(), "sliding_window_pattern", Integer.toString(pattern()), "another");
        }
        var attention = new Attention(
                config.heads(),
                config.keyHeads(),
                config.headSize(),
                false,
                false,
                version == 3,
                rotation,
                version == 3
                        ? Rotation.of(config.numberOr("rope_local_base_freq", LOCAL_BASE), config.headSize(), false)
                        : rotation,
                version == 1 ? 0 : Math.toIntExact(config.integer("sliding_window")),
                pattern(),
                new Scaling(1 / Math.sqrt(queries), config.numberOr("attn_logit_softcapping", 0)));
        return decoder(config, attention, config.numberOr("final_logit_softcapping", 0), config.tied(true));
    }

    private static Metadata texts(Metadata members) {
        return Config.inside(members, "text_config.");
    }

    private DecoderSettings decoder(Sizes sizes, Attention attention, double scoreCap, boolean tied) {
        return new DecoderSettings(
                DecoderSettings.Blocks.GATED,
                sizes.vocabulary(),
                sizes.width(),
                sizes.depth(),
                sizes.hidden(),
                sizes.context(),
                sizes.epsilon(),
                attention,
                Activation.GELU_TANH,
                version > 1,
                Math.sqrt(sizes.width()),
                scoreCap,
                tied);
    }

    /// What queries are divided by the root of; no key of GGUF says it.
    double queries(int depth, int width, int heads, int size) {
        boolean largest = version > 1 && depth == LARGEST[version - 2];
        return largest ? (double) width / heads : size;
    }

    /// Of how many neighboring blocks the last one has no window.
    private int pattern() {
        return version == 2 ? 2 : version == 3 ? 6 : 0;
    }

    private Rotation local(Rotation rotation) {
        return version == 3 ? Rotation.of(LOCAL_BASE, rotation.turned(), false) : rotation;
    }

    @Override
    public Source ggufSource(DecoderSettings decoder, String parameter) {
        boolean after = version > 1 && parameter.endsWith("post_attention_layernorm.weight");
        return Source.of(
                after ? GgufNames.of(parameter).replace("ffn_norm", "post_attention_norm") : GgufNames.of(parameter));
    }

    /// Norms are stored less 1; names of models for images have another beginning.
    @Override
    public Source source(DecoderSettings decoder, String parameter) {
        Source source = Source.of(parameter);
        return parameter.contains("norm") ? source.plus(1) : source;
    }
}
