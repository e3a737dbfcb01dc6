package dev.neurite.llm.family;

import java.util.Map;

/// The names that GGUF files give parameters: `blk.0.ffn_up.weight` for `model.layers.0.mlp.up_proj.weight`.
final class GgufNames {
    private static final String LAYERS = "model.layers.";

    private static final Map<String, String> WHOLE = Map.of(
            "model.embed_tokens", "token_embd",
            "model.embed_positions", "position_embd",
            "model.norm", "output_norm",
            "lm_head", "output");

    private static final Map<String, String> OF_BLOCK = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("pre_feedforward_layernorm", "ffn_norm"),
            Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"),
            Map.entry("norm1", "attn_norm"), // those of GPT-2's blocks
            Map.entry("self_attn.in_proj", "attn_qkv"),
            Map.entry("self_attn.out_proj", "attn_output"),
            Map.entry("norm2", "ffn_norm"),
            Map.entry("linear1", "ffn_up"),
            Map.entry("linear2", "ffn_down"));

    private GgufNames() {}

    /// @param parameter a name that [dev.neurite.llm.network.DecoderSettings] gives
    static String of(String parameter) {
        if (parameter.contains("_proj_")) return of(parameter.replace("_proj_", "_proj.")); // of attention in one
        int last = parameter.lastIndexOf('.');
        String layer = parameter.substring(0, last);
        String own = parameter.substring(last);
        if (!layer.startsWith(LAYERS)) return WHOLE.getOrDefault(layer, layer) + own;
        int dot = layer.indexOf('.', LAYERS.length());
        String inside = layer.substring(dot + 1);
        return "blk." + layer.substring(LAYERS.length(), dot) + "." + OF_BLOCK.getOrDefault(inside, inside) + own;
    }
}
