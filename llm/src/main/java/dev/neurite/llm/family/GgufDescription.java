package dev.neurite.llm.family;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.network.DecoderSettings.Attention;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a GGUF file says of a model that a `config.json` describes: the keys and factors of rotary positions that
/// [GgufKeys] reads, and llama.cpp.
public final class GgufDescription {
    private static final Map<String, String> ARCHITECTURES = Map.of("mistral", "llama", "gemma3_text", "gemma3");
    private static final double GEMMA_LOCAL_BASE = 10_000;

    private final Metadata config;
    private final Family family;
    private final DecoderSettings decoder;
    private final String architecture;
    private final Map<String, Object> keys = new LinkedHashMap<>();

    private GgufDescription(Metadata config, DecoderSettings decoder) {
        this.family = Family.familyOf(config);
        String type = config.text("model_type");
        this.config = config.has("text_config.num_hidden_layers") ? Config.inside(config, "text_config.") : config;
        this.decoder = decoder;
        this.architecture = ARCHITECTURES.getOrDefault(type, type);
    }

    /// The keys, from `general.architecture` on.
    /// @param config the members of the `config.json`
    /// @param decoder that it describes
    /// @throws ConfigException for settings that the architecture has no key for
    public static Map<String, Object> keys(Metadata config, DecoderSettings decoder) {
        return new GgufDescription(config, decoder).keys();
    }

    /// The tensors of factors that divide angles, by name; empty if there are none.
    public static Map<String, List<Double>> factors(Metadata config, DecoderSettings decoder) {
        return new GgufDescription(config, decoder).factors();
    }

    private Map<String, Object> keys() {
        Attention a = decoder.attention();
        keys.put("general.architecture", architecture);
        put("vocab_size", decoder.vocabulary());
        put("context_length", decoder.context());
        put("embedding_length", decoder.width());
        put("block_count", decoder.depth());
        put("feed_forward_length", decoder.hidden());
        put("attention.head_count", a.heads());
        put("attention.head_count_kv", a.keyHeads());
        put("attention.key_length", a.size());
        put("attention.value_length", a.size());
        put("attention.layer_norm_rms_epsilon", decoder.epsilon());
        put("rope.dimension_count", a.rotation().turned());
        put("rope.freq_base", a.rotation().base());
        scaling(a.rotation());
        window(a);
        if (family instanceof Gemma gemma) gemma(a, gemma);
        return keys;
    }

    private void put(String key, long value) {
        keys.put(architecture + "." + key, value);
    }

    private void put(String key, double value) {
        keys.put(architecture + "." + key, value);
    }

    private String scalingType() {
        return config.textOr("rope_scaling.rope_type", config.textOr("rope_scaling.type", "default"));
    }

    private void scaling(Rotation rotation) {
        String type = scalingType();
        double first = config.numberOr(
                "rope_scaling.original_max_position_embeddings",
                config.numberOr("original_max_position_embeddings", decoder.context()));
        switch (type) {
            case "linear", "yarn" -> {
                keys.put(architecture + ".rope.scaling.type", type);
                put("rope.scaling.factor", config.number("rope_scaling.factor"));
                if (type.equals("linear")) return;
                put("rope.scaling.original_context_length", (long) first);
                require("rope_scaling.beta_fast", 32, config.numberOr("rope_scaling.beta_fast", 32));
                require("rope_scaling.beta_slow", 1, config.numberOr("rope_scaling.beta_slow", 1));
            }
            case "longrope", "su" -> {
                put("rope.scaling.original_context_length", (long) first);
                put("rope.scaling.attn_factor", rotation.magnitude());
            }
            default -> {} // llama3's are tensors
        }
    }

    private void window(Attention a) {
        if (a.window() == 0) return;
        if (architecture.equals("llama") && a.window() < decoder.context()) {
            throw new ConfigException(
                    config.source(),
                    "expects no window for GGUF's architecture llama, got one of " + a.window() + " tokens",
                    "Set max_position_embeddings to it, or sliding_window to null");
        }
        if (!architecture.equals("llama")) put("attention.sliding_window", a.window());
    }

    private void gemma(Attention a, Gemma gemma) {
        if (a.scaling().cap() != 0) put("attn_logit_softcapping", a.scaling().cap());
        if (decoder.scoreCap() != 0) put("final_logit_softcapping", decoder.scoreCap());
        double queries = gemma.queries(decoder.depth(), decoder.width(), a.heads(), a.size());
        require("query_pre_attn_scalar", queries, Math.pow(a.scaling().factor(), -2));
        require("rope_local_base_freq", GEMMA_LOCAL_BASE, config.numberOr("rope_local_base_freq", GEMMA_LOCAL_BASE));
    }

    /// Refuses a setting that GGUF has no key for and readers take for granted.
    private void require(String member, double expected, double got) {
        if (Math.abs(got - expected) <= 1e-6 * expected) return;
        throw new ConfigException(
                config.source() + ", key '" + member + "'", "expects " + expected + " for GGUF, got " + got);
    }

    private Map<String, List<Double>> factors() {
        return switch (scalingType()) {
            case "llama3" ->
                Map.of("rope_freqs.weight", decoder.attention().rotation().divisors());
            case "longrope", "su" -> {
                Map<String, List<Double>> both = new LinkedHashMap<>();
                both.put("rope_factors_long.weight", config.numbers("rope_scaling.long_factor"));
                both.put("rope_factors_short.weight", config.numbers("rope_scaling.short_factor"));
                yield both;
            }
            default -> Map.of();
        };
    }
}
