package dev.neurite.llm.family;

import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.Rotary;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/// The settings of a decoder in a GGUF file, whose keys begin with the name of the architecture.
final class GgufKeys implements Sizes {
    private static final String EMBEDDING = "token_embd.weight";

    private final Metadata metadata;
    private final WeightFile weights;
    private final String prefix;

    GgufKeys(Metadata metadata, WeightFile weights) {
        this.metadata = metadata;
        this.weights = weights;
        this.prefix = metadata.text("general.architecture") + ".";
    }

    long integer(String key) {
        return metadata.integer(prefix + key);
    }

    double numberOr(String key, double otherwise) {
        return metadata.numberOr(prefix + key, otherwise);
    }

    private int size(String key) {
        return Sizes.of(metadata, prefix + key);
    }

    private int sizeOr(String key, int otherwise) {
        return metadata.has(prefix + key) ? size(key) : otherwise;
    }

    /// The rows of the embedding: a key for it is not in every file.
    @Override
    public int vocabulary() {
        Shape shape = weights.tensor(EMBEDDING).shape();
        if (shape.rank() == 2) return shape.extent(0);
        throw new ModelFormatException(
                metadata.source() + ", tensor '" + EMBEDDING + "'", "expects [tokens × width], got " + shape);
    }

    @Override
    public int width() {
        return size("embedding_length");
    }

    @Override
    public int depth() {
        return size("block_count");
    }

    @Override
    public int hidden() {
        return size("feed_forward_length");
    }

    @Override
    public int context() {
        return size("context_length");
    }

    @Override
    public double epsilon() {
        return metadata.number(prefix + "attention.layer_norm_rms_epsilon");
    }

    @Override
    public int heads() {
        return size("attention.head_count");
    }

    @Override
    public int keyHeads() {
        return sizeOr("attention.head_count_kv", heads());
    }

    @Override
    public int headSize() {
        int size = sizeOr("attention.key_length", width() / heads());
        int ofValues = sizeOr("attention.value_length", size);
        if (size == ofValues) return size;
        throw new ModelFormatException(
                metadata.source() + ", key '" + prefix + "attention.value_length'",
                "expects heads of values as large as those of keys, " + size + ", got " + ofValues);
    }

    /// The rotation of queries and keys, with its scaling.
    Rotation rotation(boolean interleaved) {
        int turned = sizeOr("rope.dimension_count", headSize());
        Rotation plain = Rotation.of(numberOr("rope.freq_base", 10_000), turned, interleaved);
        double factor = numberOr("rope.scaling.factor", 1);
        double context = numberOr("rope.scaling.original_context_length", context());
        String type = metadata.textOr(prefix + "rope.scaling.type", factor == 1 ? "none" : "linear");
        if (weights.has("rope_freqs.weight")) return divided(plain, "rope_freqs.weight", 1);
        if (weights.has("rope_factors_long.weight")) {
            boolean longer = context() > context;
            return divided(
                    plain,
                    longer ? "rope_factors_long.weight" : "rope_factors_short.weight",
                    numberOr("rope.scaling.attn_factor", 1));
        }
        return switch (type) {
            case "none" -> plain;
            case "linear" -> Rotary.linear(plain, factor);
            case "yarn" -> Rotary.yarn(plain, factor, 32, 1, context);
            default ->
                throw new ModelFormatException(
                        metadata.source() + ", key '" + prefix + "rope.scaling.type'",
                        "expects none, linear or yarn, got '" + type + "'");
        };
    }

    private Rotation divided(Rotation plain, String tensor, double magnitude) {
        StoredTensor stored = weights.tensor(tensor);
        List<Double> divisors = new ArrayList<>();
        for (float each : stored.floats().toArray()) divisors.add((double) each);
        if (divisors.size() == plain.turned() / 2) {
            return new Rotation(plain.base(), plain.turned(), plain.interleaved(), divisors, magnitude);
        }
        throw new ModelFormatException(
                metadata.source() + ", tensor '" + tensor + "'",
                "expects a number for each of " + plain.turned() / 2 + " pairs, got " + divisors.size());
    }
}
