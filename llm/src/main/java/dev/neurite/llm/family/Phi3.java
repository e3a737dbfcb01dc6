package dev.neurite.llm.family;

import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.network.DecoderSettings.Attention;
import dev.neurite.llm.weights.WeightFile;

/// Phi-3: a Llama whose files have queries, keys and values in one matrix, and both halves of the hidden layer.
record Phi3() implements Family {
    @Override
    public DecoderSettings ofGguf(Metadata keys, WeightFile weights) {
        var gguf = new GgufKeys(keys, weights);
        int window = (int) gguf.numberOr("attention.sliding_window", 0);
        return Llama.decoder(gguf, attention(gguf, gguf.rotation(false), window), !weights.has("output.weight"));
    }

    @Override
    public DecoderSettings ofConfig(Metadata members) {
        var config = new Config(members);
        config.requireActivation("silu");
        int turned = (int) (config.headSize() * members.numberOr("partial_rotary_factor", 1));
        int window = Math.toIntExact(members.integerOr("sliding_window", 0));
        return Llama.decoder(config, attention(config, config.rotation(turned), window), config.tied(false));
    }

    private static Attention attention(Sizes sizes, Rotation rotation, int window) {
        return new Attention(
                sizes.heads(),
                sizes.keyHeads(),
                sizes.headSize(),
                false,
                false,
                false,
                rotation,
                rotation,
                window,
                0,
                Scaling.USUAL);
    }

    @Override
    public Source ggufSource(DecoderSettings decoder, String parameter) {
        if (parameter.endsWith("gate_proj.weight")) { // both halves are in ffn_up, the gate first
            return Source.rows(GgufNames.of(parameter.replace("gate_proj", "up_proj")), 0);
        }
        if (parameter.endsWith("up_proj.weight")) return Source.rows(GgufNames.of(parameter), decoder.hidden());
        Source source = source(decoder, parameter);
        return new Source(
                GgufNames.of(source.tensor()).replace("self_attn.qkv_proj", "attn_qkv"),
                source.firstRow(),
                source.part(),
                0);
    }

    @Override
    public Source source(DecoderSettings decoder, String parameter) {
        Attention a = decoder.attention();
        String together =
                parameter.replaceAll("\\.[qkv]_proj", ".qkv_proj").replaceAll("\\.(gate|up)_proj", ".gate_up_proj");
        if (parameter.contains(".q_proj")) return Source.rows(together, 0);
        if (parameter.contains(".k_proj")) return Source.rows(together, a.heads() * a.size());
        if (parameter.contains(".v_proj")) return Source.rows(together, (a.heads() + a.keyHeads()) * a.size());
        if (parameter.contains(".gate_proj")) return Source.rows(together, 0);
        if (parameter.contains(".up_proj")) return Source.rows(together, decoder.hidden());
        return Source.of(parameter);
    }
}
