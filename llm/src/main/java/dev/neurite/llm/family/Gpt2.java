package dev.neurite.llm.family;

import dev.neurite.error.ModelFormatException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.llm.network.DecoderSettings.Attention;
import dev.neurite.llm.weights.WeightFile;

/// GPT-2, and networks of ours of this form, see [GptDescription].
record Gpt2() implements Family {
    static final String EPSILON = "gpt2.attention.layer_norm_epsilon";

    @Override
    public DecoderSettings ofGguf(Metadata keys, WeightFile weights) {
        var gguf = new GgufKeys(keys, weights);
        var rotation = Rotation.of(10_000, 0, false); // which turns nothing
        var attention = new Attention(
                gguf.heads(),
                gguf.keyHeads(),
                gguf.headSize(),
                true,
                true,
                false,
                rotation,
                rotation,
                0,
                0,
                Scaling.USUAL);
        return new DecoderSettings(
                DecoderSettings.Blocks.GPT_2,
                gguf.vocabulary(),
                gguf.width(),
                gguf.depth(),
                gguf.hidden(),
                gguf.context(),
                keys.number(EPSILON),
                attention,
                Activation.GELU_TANH,
                false,
                1,
                0,
                !weights.has("output.weight"));
    }

    /// Refuses directories of Hugging Face, whose matrices of GPT-2 are transposed.
    @Override
    public DecoderSettings ofConfig(Metadata config) {
        throw new ModelFormatException(
                config.source(),
                "expects another family, or GPT-2 as GGUF, got its directory",
                "Take a GGUF file of it, or read its weights into a network: PretrainedWeights.gpt2()");
    }
}
