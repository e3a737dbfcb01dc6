package dev.neurite.onnx;

import dev.neurite.error.NeuriteException;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.ValueInfo;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// What an ONNX model is served as.
public enum OnnxKind {
    /// It takes and gives tensors: any model.
    TENSORS,
    /// It gives vectors of texts, as a [TextEmbedder] makes them.
    EMBEDDINGS,
    /// It says how well texts answer a query, as a [TextScorer] does.
    SCORES;

    private static final List<String> OF_VECTORS = List.of("embed", "pool", "hidden", "vector");

    /// The kind of a model with a tokenizer, by its inputs and its first output. The inputs are tokens:
    /// `input_ids`, perhaps `attention_mask` and `token_type_ids`. The output is of floats:
    ///
    /// | extents | name | |
    /// |---|---|---|
    /// | `[rows]`, `[rows×1]` | any | scores |
    /// | `[rows×tokens×size]` | any but `logits` | embeddings |
    /// | `[rows×size]` | with `embed`, `pool`, `hidden` or `vector` in it | embeddings |
    /// | others | | tensors |
    ///
    /// A model that does not say its second extent computes one row, which tells.
    ///
    /// The output of a classifier, `[rows×classes]`, has the same axes as vectors; so the name decides.
    public static OnnxKind of(OnnxModel model) {
        if (!TokenBatches.fits(model)) return TENSORS;
        ValueInfo output = model.outputs().getFirst();
        List<String> extents = output.extents();
        if (output.type() != ElementType.FLOAT || extents.isEmpty()) return TENSORS;
        String name = output.name().toLowerCase(Locale.ROOT);
        return switch (extents.size()) {
            case 1 -> SCORES;
            case 2 -> {
                if (extents.getLast().equals("1")) yield SCORES;
                if (OF_VECTORS.stream().anyMatch(name::contains)) yield EMBEDDINGS;
                yield !ValueInfo.isFixed(extents.getLast()) && givesOneNumber(model) ? SCORES : TENSORS;
            }
            case 3 -> name.contains("logits") ? TENSORS : EMBEDDINGS;
            default -> TENSORS;
        };
    }

    private static boolean givesOneNumber(OnnxModel model) {
        var row = new TokenBatches.Row(new int[] {1, 1}, new int[2]);
        try {
            return TokenBatches.of("kind of an ONNX model", model.with(Supplier::get))
                    .compute(List.of(row), (output, _, _) -> output.size() == 1)
                    .getFirst();
        } catch (NeuriteException _) {
            return false; // what it is for stays open
        }
    }
}
