package dev.neurite.llm.family;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.layer.Activate;
import dev.neurite.layer.AttentionPositions;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Embedding;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.PositionEmbedding;
import dev.neurite.layer.SelfAttention;
import dev.neurite.layer.TiedOutput;
import dev.neurite.layer.TransformerBlock;
import dev.neurite.llm.network.DecoderSettings;
import dev.neurite.model.Graph;
import dev.neurite.model.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a GGUF file of architecture `gpt2` says of a network of ours, and the names that it gives the parameters: an
/// embedding, learned positions, transformer blocks, a layer norm, and scores of the tokens. Dropout
/// is left out, and a softmax at the end, as readers take the scores.
public final class GptDescription {
    private record Part(String path, Node node) {}

    private final String where;
    private final List<Part> parts = new ArrayList<>();
    private final Map<String, Object> keys = new LinkedHashMap<>();
    private final Map<String, String> tensors = new HashMap<>();
    private int next;
    private int vocabulary;
    private boolean tied;

    private GptDescription(String where) {
        this.where = where;
    }

    /// Describes a network.
    /// @param where what messages call it
    /// @throws ConfigException for a network that is no GPT-2, with the layer that is not, and why
    public static GptDescription of(String where, Graph graph) {
        var description = new GptDescription(where);
        description.add("", graph);
        description.read();
        return description;
    }

    /// The keys, from `general.architecture` on.
    public Map<String, Object> keys() {
        return new LinkedHashMap<>(keys);
    }

    /// The number of tokens.
    public int vocabulary() {
        return vocabulary;
    }

    /// The names of the tensors that have a parameter of the network: two for an embedding that gives the scores, too,
    /// as llama.cpp of early 2025 wants it.
    public List<String> tensors(String parameter) {
        String tensor = tensor(parameter);
        return tied && tensor.equals("token_embd.weight") ? List.of(tensor, "output.weight") : List.of(tensor);
    }

    private String tensor(String parameter) {
        int end = parameter.lastIndexOf('.');
        for (int dot = end; dot > 0; dot = parameter.lastIndexOf('.', dot - 1)) {
            String known = tensors.get(parameter.substring(0, dot));
            if (known != null) return GgufNames.of(known + parameter.substring(dot));
        }
        throw new IllegalStateException(parameter);
    }

    private void add(String path, Graph graph) {
        if (!graph.isSequential()) throw refused(path, "a chain of layers", "layers that are wired in another way");
        for (Graph.Application each : graph.applications()) {
            String inside = path.isEmpty() ? each.name() : path + "." + each.name();
            if (each.node() instanceof Graph inner) add(inside, inner);
            else if (!(each.node() instanceof Dropout)) parts.add(new Part(inside, each.node()));
        }
    }

    private void read() {
        Embedding embedding = take(Embedding.class, "model.embed_tokens");
        String embedded = parts.getFirst().path();
        PositionEmbedding positions = take(PositionEmbedding.class, "model.embed_positions");
        vocabulary = embedding.vocabulary();
        int depth = 0;
        TransformerBlock first = peek(TransformerBlock.class);
        LayerNorm norm = norm(first);
        while (next < parts.size() && parts.get(next).node() instanceof TransformerBlock block) {
            requireBlock(block);
            require(norm(block).epsilon() == norm.epsilon(), "norms of one epsilon", norm(block));
            require(block.hidden() == first.hidden(), first.hidden() + " hidden units in each block", block.hidden());
            int heads = first.attention().heads();
            require(block.attention().heads() == heads, heads + " heads in each block", block.attention());
            take(TransformerBlock.class, "model.layers." + depth++);
        }
        LayerNorm last = peek(LayerNorm.class);
        requireNorm(last);
        require(last.epsilon() == norm.epsilon(), "norms of one epsilon", last);
        take(LayerNorm.class, "model.norm");
        output(embedded);
        keys.put("general.architecture", "gpt2");
        keys.put("gpt2.vocab_size", (long) vocabulary);
        keys.put("gpt2.context_length", (long) positions.most());
        keys.put("gpt2.embedding_length", (long) embedding.size());
        keys.put("gpt2.block_count", (long) depth);
        keys.put("gpt2.feed_forward_length", (long) first.hidden());
        keys.put("gpt2.attention.head_count", (long) first.attention().heads());
        keys.put(Gpt2.EPSILON, norm.epsilon());
    }

    /// The layer that comes next, which has its parameters under a name of [DecoderSettings].
    private <T extends Node> T take(Class<T> kind, String name) {
        T layer = peek(kind);
        tensors.put(parts.get(next++).path(), name);
        return layer;
    }

    private <T extends Node> T peek(Class<T> kind) {
        if (next < parts.size() && kind.isInstance(parts.get(next).node())) {
            return kind.cast(parts.get(next).node());
        }
        String expected = Character.toLowerCase(kind.getSimpleName().charAt(0))
                + kind.getSimpleName().substring(1);
        if (next == parts.size()) throw refused("", "a layer " + expected, "the end of the network");
        throw refused(
                parts.get(next).path(), "a layer " + expected, parts.get(next).node());
    }

    private void requireBlock(TransformerBlock block) {
        require(!block.memory(), "blocks without a memory", block);
        require(block.normFirst(), "norms before what they belong to", block);
        require(!block.gated(), "hidden layers without a gate", block);
        require(block.bias(), "hidden layers with biases", block);
        require(
                block.activation().equals(Activation.GELU_TANH),
                "the activation gelu-tanh, GPT-2's",
                block.activation());
        requireNorm(block.norm());
        SelfAttention attention = block.attention();
        require(attention.causal(), "causal attention", attention);
        require(attention.bias(), "attention with biases", attention);
        require(attention.keyHeads() == attention.heads(), "as many heads of keys as of queries", attention);
        require(
                attention.positions().equals(AttentionPositions.NONE),
                "attention without positions, as they are learned",
                attention);
    }

    private LayerNorm norm(TransformerBlock block) {
        requireNorm(block.norm());
        return (LayerNorm) block.norm();
    }

    private void requireNorm(Node norm) {
        boolean fits = norm instanceof LayerNorm(int axes, double _, boolean affine, boolean bias)
                && axes == 1
                && affine
                && bias;
        require(fits, "layer norms of the last axis, with weights and biases", norm);
    }

    private void output(String embedding) {
        if (next < parts.size() && parts.get(next).node() instanceof TiedOutput(String parameter, boolean bias)) {
            require(
                    !bias && parameter.equals(embedding + ".weight"),
                    "scores from the embedding, without biases",
                    parts.get(next).node());
            tied = true;
            next++;
        } else {
            Dense dense = peek(Dense.class);
            require(
                    !dense.bias() && dense.activation().equals(Activation.IDENTITY) && dense.units() == vocabulary,
                    "a dense layer of " + vocabulary + " scores without activation and biases",
                    dense);
            take(Dense.class, "lm_head");
        }
        boolean softmax = next < parts.size()
                && parts.get(next).node() instanceof Activate(Activation g)
                && (g.equals(Activation.SOFTMAX) || g.equals(Activation.LOG_SOFTMAX));
        if (softmax) next++;
        if (next < parts.size()) {
            throw refused(
                    parts.get(next).path(),
                    "no layer after the scores",
                    parts.get(next).node());
        }
    }

    private void require(boolean fits, String expected, Object got) {
        if (!fits) throw refused(parts.get(next).path(), expected, got);
    }

    private ConfigException refused(String path, String expected, Object got) {
        return new ConfigException(
                where + (path.isEmpty() ? "" : ", layer '" + path + "'"),
                "expects " + expected + " for GGUF's architecture gpt2, got " + got);
    }
}
