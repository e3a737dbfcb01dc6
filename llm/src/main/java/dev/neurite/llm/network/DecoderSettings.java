package dev.neurite.llm.network;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.embedding;
import static dev.neurite.layer.Layers.layerNorm;
import static dev.neurite.layer.Layers.multiply;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.positionEmbedding;
import static dev.neurite.layer.Layers.selfAttention;
import static dev.neurite.layer.Layers.transformerBlock;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.kernel.SequenceKernels.Summary;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Layers;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.SequencePool;
import dev.neurite.layer.TiedOutput;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import dev.neurite.model.Wire;
import java.util.ArrayList;
import java.util.List;

/// A decoder of a published family, from ids of tokens `[time]` to scores of all tokens: an embedding, blocks of
/// attention and a hidden layer, each with norms and a residual connection, and a last norm. Families differ
/// in the settings alone. Parameters have Hugging Face's names: `model.layers.0.self_attn.q_proj.weight`.
/// @param blocks what they consist of
/// @param vocabulary the number of tokens
/// @param width the features of a position
/// @param depth the number of blocks
/// @param hidden the units of the hidden layer of a block
/// @param context the most positions that the model was trained for
/// @param epsilon of norms
/// @param attention of all blocks
/// @param activation of the hidden layer, or its gate
/// @param normsAfter whether what attention and the hidden layer add is normed, too, as in Gemma 2
/// @param embeddingScale what embeddings are multiplied with; 1 for none
/// @param scoreCap which bounds the scores of tokens: cap·tanh(score / cap); 0 for none
/// @param tied whether the last layer has the weights of the embedding
public record DecoderSettings(
        Blocks blocks,
        int vocabulary,
        int width,
        int depth,
        int hidden,
        int context,
        double epsilon,
        Attention attention,
        Elementwise activation,
        boolean normsAfter,
        double embeddingScale,
        double scoreCap,
        boolean tied) {
    /// The parameter of embeddings, `[vocabulary × width]`.
    public static final String EMBEDDING = "model.embed_tokens.weight";

    /// The parameter of learned positions, `[context × width]`, of GPT-2.
    public static final String POSITIONS = "model.embed_positions.weight";

    /// The attention of blocks.
    /// @param heads of queries
    /// @param keyHeads of keys and values
    /// @param size the features of a head
    /// @param biases whether queries, keys and values have biases
    /// @param outBias whether the projection after attention has a bias
    /// @param norms whether heads of queries and keys are normed
    /// @param rotation by positions, in blocks that see all keys
    /// @param windowRotation by positions, in blocks with a window
    /// @param window how many keys a query sees in blocks with a window; 0 if there are none
    /// @param all of so many neighboring blocks the last one has no window; 0 if all have one
    /// @param scaling of products of queries and keys
    public record Attention(
            int heads,
            int keyHeads,
            int size,
            boolean biases,
            boolean outBias,
            boolean norms,
            Rotation rotation,
            Rotation windowRotation,
            int window,
            int all,
            Scaling scaling) {
        boolean hasWindow(int block) {
            return window > 0 && (all == 0 || (block + 1) % all != 0);
        }
    }

    /// What blocks consist of.
    public enum Blocks {
        /// Attention with rotary positions and a gated hidden layer, both after RMS norms.
        GATED,
        /// GPT-2's: attention and a plain hidden layer, both after layer norms and with biases; positions are learned.
        /// Parameters of a block have the names of [TransformerBlock].
        GPT_2
    }

    /// What a graph gives.
    public enum Output {
        /// Scores of all tokens at each position, `[time × vocabulary]`.
        SCORES,
        /// Two outputs: the scores of all tokens after the last position, `[vocabulary]`, as prompts need no others,
        /// and the features of all positions after the last norm, `[time × width]`.
        LAST_SCORES_AND_FEATURES
    }

    /// @throws ConfigException for numbers below 1
    public DecoderSettings {
        for (int each : new int[] {vocabulary, width, depth, hidden, context, attention.size}) {
            if (each < 1) throw new ConfigException("decoder", "expects sizes of at least 1, got " + each);
        }
    }

    /// The graph; the same parameters for each output and cache.
    /// @param cache the type of the keys and values that a session keeps
    /// @throws ConfigException for a type that the blocks do not have: those of GPT-2 have [CacheType#F32] only
    public Graph graph(Output output, CacheType cache) {
        if (isGpt2() && cache != CacheType.F32) {
            throw new ConfigException("cache", "expects F32 for models of GPT-2's blocks, got " + cache);
        }
        return Graph.of(1, ids -> {
            Wire features = ids.getFirst().then(named("model", body(cache)));
            if (output == Output.SCORES) return List.of(scores(features));
            return List.of(scores(features.then(new SequencePool(Summary.LAST))), features);
        });
    }

    private Wire scores(Wire x) {
        Wire y = x.then(named("lm_head", tied ? new TiedOutput(EMBEDDING, false) : linear(vocabulary, false)));
        if (scoreCap == 0) return y;
        return y.then(
                new ScaledBy((float) (1 / scoreCap)), new Activate(Activation.TANH), new ScaledBy((float) scoreCap));
    }

    private Graph body(CacheType cache) {
        return Graph.of(ids -> {
            Wire x = ids.then(named("embed_tokens", embedding(vocabulary, width)));
            if (isGpt2()) x = x.then(named("embed_positions", positionEmbedding(context)));
            if (embeddingScale != 1) x = x.then(new ScaledBy((float) embeddingScale));
            return x.then(named("layers", allBlocks(cache)), named("norm", norm()));
        });
    }

    private Graph allBlocks(CacheType cache) {
        List<Node> all = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            all.add(named(Integer.toString(i), isGpt2() ? gptBlock() : block(attention.hasWindow(i), cache)));
        }
        return Graph.chain(all);
    }

    /// Whether blocks are those of GPT-2: layer norms, learned positions, biases, and hidden layers without a gate.
    public boolean isGpt2() {
        return blocks == Blocks.GPT_2;
    }

    private TransformerBlock gptBlock() {
        return transformerBlock(
                        selfAttention(attention.heads)
                                .withKeyHeads(attention.keyHeads)
                                .withCausal(),
                        hidden)
                .withActivation(activation)
                .withNorm(norm());
    }

    private Graph block(boolean window, CacheType cache) {
        return Graph.of(x -> {
            Wire a = x.then(named("input_layernorm", norm()), named("self_attn", attention(window, cache)));
            if (normsAfter) a = a.then(named("post_attention_layernorm", norm()));
            Wire y = x.join(add(), a);
            String before = normsAfter ? "pre_feedforward_layernorm" : "post_attention_layernorm";
            Wire h = y.then(named(before, norm()), named("mlp", hiddenLayer()));
            if (normsAfter) h = h.then(named("post_feedforward_layernorm", norm()));
            return y.join(add(), h);
        });
    }

    private Graph attention(boolean window, CacheType cache) {
        Attention a = attention;
        return Graph.of(x -> {
            Wire q = x.then(named("q_proj", linear(a.heads * a.size, a.biases)));
            Wire k = x.then(named("k_proj", linear(a.keyHeads * a.size, a.biases)));
            Wire v = x.then(named("v_proj", linear(a.keyHeads * a.size, a.biases)));
            if (a.norms) {
                q = q.then(named("q_norm", new HeadNorm(a.size, epsilon)));
                k = k.then(named("k_norm", new HeadNorm(a.size, epsilon)));
            }
            Rotation rotation = window ? a.windowRotation : a.rotation;
            var heads = new HeadAttention(a.heads, a.keyHeads, rotation, window ? a.window : 0, a.scaling, cache);
            return q.join(named("heads", heads), k, v).then(named("o_proj", linear(width, a.outBias)));
        });
    }

    private Graph hiddenLayer() {
        return Graph.of(x -> {
            Wire gate = x.then(named("gate_proj", linear(hidden, false).withActivation(activation)));
            Wire up = x.then(named("up_proj", linear(hidden, false)));
            return gate.join(multiply(), up).then(named("down_proj", linear(width, false)));
        });
    }

    private Node norm() {
        return isGpt2() ? layerNorm().withEpsilon(epsilon) : new RmsNorm(1, epsilon, true);
    }

    private static Dense linear(int units, boolean bias) {
        Dense dense = Layers.dense(units);
        return bias ? dense : dense.withoutBias();
    }
}
