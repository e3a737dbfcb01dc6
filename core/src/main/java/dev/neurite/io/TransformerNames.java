package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gives the tensors of GPT-2 and BERT, as Hugging Face's library saves them, the names and layouts of
/// [dev.neurite.network.Gpt] and [dev.neurite.network.Bert].
final class TransformerNames {
    private static final Pattern GPT2_BLOCK = Pattern.compile("h\\.(\\d+)\\.(.+)\\.(weight|bias)");
    private static final Pattern BERT_BLOCK = Pattern.compile("encoder\\.layer\\.(\\d+)\\.(.+)\\.(weight|bias)");

    /// Parts of a block of GPT-2, whose dense layers are `[in × out]`.
    private static final Map<String, String> GPT2 = Map.of(
            "ln_1", "norm1.",
            "ln_2", "norm2.",
            "attn.c_attn", "self_attn.in_proj_",
            "attn.c_proj", "self_attn.out_proj_",
            "mlp.c_fc", "linear1.",
            "mlp.c_proj", "linear2.");

    /// Parts of a block of BERT, other than queries, keys and values.
    private static final Map<String, String> BERT = Map.of(
            "attention.output.dense", "self_attn.out_proj_",
            "attention.output.LayerNorm", "norm1.",
            "intermediate.dense", "linear1.",
            "output.dense", "linear2.",
            "output.LayerNorm", "norm2.");

    private static final List<String> QUERY_KEY_VALUE =
            List.of("attention.self.query", "attention.self.key", "attention.self.value");

    private TransformerNames() {}

    /// @throws ConfigException if there is no block of GPT-2
    static Map<String, Tensor> gpt2(String source, Map<String, Tensor> tensors) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        boolean found = false;
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            String name = each.getKey().replaceFirst("^transformer\\.", "");
            Matcher block = GPT2_BLOCK.matcher(name);
            if (name.equals("lm_head.weight") || name.matches("h\\.\\d+\\.attn\\.(bias|masked_bias)")) {
                continue; // the embedding's weight again, and masks
            }
            String part = block.matches() ? GPT2.get(block.group(2)) : null;
            if (part == null) {
                renamed.put(name, each.getValue());
            } else {
                found = true;
                boolean turned =
                        block.group(3).equals("weight") && !block.group(2).startsWith("ln");
                renamed.put(
                        "h." + block.group(1) + "." + part + block.group(3),
                        turned ? transposed(source, each.getKey(), each.getValue()) : each.getValue());
            }
        }
        if (!found) throw missing(source, "GPT-2, such as h.0.attn.c_attn.weight", tensors);
        return renamed;
    }

    /// @throws ConfigException if there is no block of BERT
    static Map<String, Tensor> bert(String source, Map<String, Tensor> tensors) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        boolean found = false;
        for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
            String name = each.getKey()
                    .replaceFirst("^bert\\.", "")
                    .replaceFirst("\\.gamma$", ".weight")
                    .replaceFirst("\\.beta$", ".bias");
            Matcher block = BERT_BLOCK.matcher(name);
            if (!block.matches()) {
                String own = name.replaceFirst("^embeddings\\.", "").replaceFirst("^pooler\\.dense\\.", "pooler.");
                if (!own.equals("position_ids")) renamed.put(own, each.getValue());
                continue;
            }
            found = true;
            String path = "encoder." + block.group(1) + ".";
            String kind = block.group(3);
            String part = BERT.get(block.group(2));
            if (block.group(2).equals(QUERY_KEY_VALUE.getFirst())) {
                String before = each.getKey().substring(0, each.getKey().length() - ".query.".length() - kind.length());
                Tensor key = tensors.get(before + ".key." + kind);
                Tensor value = tensors.get(before + ".value." + kind);
                if (key == null || value == null) {
                    throw new ModelFormatException(source, "expects keys and values beside '" + each.getKey() + "'");
                }
                renamed.put(
                        path + "self_attn.in_proj_" + kind,
                        below(source, each.getKey(), List.of(each.getValue(), key, value)));
            } else if (!QUERY_KEY_VALUE.contains(block.group(2))) {
                renamed.put(part == null ? name : path + part + kind, each.getValue());
            }
        }
        if (!found) throw missing(source, "BERT, such as encoder.layer.0.attention.self.query.weight", tensors);
        return renamed;
    }

    private static ConfigException missing(String source, String what, Map<String, Tensor> tensors) {
        return new ConfigException(
                source, "expects weights of " + what + ", got " + String.join(", ", tensors.keySet()));
    }

    private static Tensor transposed(String source, String name, Tensor x) {
        if (x.shape().rank() != 2) {
            throw new ModelFormatException(source + ", '" + name + "'", "expects two axes, got " + x.shape());
        }
        int rows = x.shape().extent(0);
        int columns = x.shape().extent(1);
        Tensor y = Tensor.zeros(Shape.of(columns, rows));
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) y.array()[j * rows + i] = x.array()[x.offset() + i * columns + j];
        }
        return y;
    }

    /// Tensors of one shape of a row, one below the other.
    private static Tensor below(String source, String name, List<Tensor> parts) {
        Tensor first = parts.getFirst();
        int rows = 0;
        for (Tensor part : parts) {
            if (first.shape().rank() == 0 || !part.shape().equals(first.shape())) {
                throw new ModelFormatException(
                        source + ", '" + name + "'",
                        "expects keys and values of the same shape, got " + first.shape() + " and " + part.shape());
            }
            rows += part.rows();
        }
        Tensor all = Tensor.zeros(first.shape().row().forRows(rows));
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.array(), part.offset(), all.array(), at, part.size());
            at += part.size();
        }
        return all;
    }
}
