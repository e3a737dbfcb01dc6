package dev.neurite.layer;

import static dev.neurite.layer.Layers.add;
import static dev.neurite.layer.Layers.named;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Graph;
import dev.neurite.model.Initializer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Wire;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A block of a transformer: self-attention, in decoders attention to a memory, and two dense layers, each
/// with a residual connection and a norm. Vaswani et al. 2017, arXiv:1706.03762; PyTorch's
/// `TransformerEncoderLayer` and `TransformerDecoderLayer`.
///
/// ```
/// norms first:   x + f(norm(x))      Xiong et al. 2020, arXiv:2002.04745; GPT-2, Llama
/// norms after:   norm(x + f(x))      Vaswani et al.; BERT
/// ```
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]` |
/// | memory, a second input of a block with memory | `[rows × steps × memory width]` |
/// | `self_attn.…` | see [SelfAttention] |
/// | `multihead_attn.…` | see [CrossAttention]; of a block with memory |
/// | `linear1.…`, `linear2.…` | `[hidden × width]` and `[width × hidden]`, see [Dense] |
/// | `gate.…` | `[hidden × width]`, of a gated block |
/// | `norm1.…`, `norm2.…`, `norm3.…` | the norms in the order of what they belong to |
///
/// The hidden layer of a gated block is g(gate(x)) ∘ linear1(x), with SiLU called SwiGLU (Shazeer 2020,
/// arXiv:2002.05202). Names are PyTorch's.
/// @param attention self-attention, causal in a decoder
/// @param memory whether it also attends to a memory, with heads and settings of the self-attention; not by
/// default
/// @param hidden the units of the hidden layer, usually four times the width; at least 1
/// @param activation g, of the hidden layer
/// @param gated whether the hidden layer is gated
/// @param normFirst whether norms come before what they belong to
/// @param norm the norm, [LayerNorm] by default, [RmsNorm] in Llama
/// @param bias whether the dense layers have biases
/// @param dropout of what each part adds, while training; 0 by default
/// @param hiddenDropout of the hidden layer, while training; 0 by default. PyTorch's blocks have the same as
/// `dropout`, GPT-2 and BERT have none
/// @param weights the initializer of the weights of the dense layers but the last
/// @param outWeights the initializer of the weights of the last dense layer; the same by default
public record TransformerBlock(
        SelfAttention attention,
        boolean memory,
        int hidden,
        Elementwise activation,
        boolean gated,
        boolean normFirst,
        Node norm,
        boolean bias,
        double dropout,
        double hiddenDropout,
        Initializer weights,
        Initializer outWeights)
        implements Node {
    /// @throws ConfigException for less than 1 hidden unit, or a dropout that is not from 0 to below 1
    public TransformerBlock {
        if (hidden < 1) throw new ConfigException("transformer block", "expects at least 1 unit, got " + hidden);
        RandomLayer.checkRate("transformer block", dropout);
        RandomLayer.checkRate("transformer block", hiddenDropout);
    }

    /// A copy that attends to a memory too: a block of a decoder.
    public TransformerBlock withMemory() {
        return copy(c -> c.memory = true);
    }

    /// A copy with this activation of the hidden layer.
    public TransformerBlock withActivation(Elementwise g) {
        return copy(c -> c.activation = g);
    }

    /// A copy with a gated hidden layer.
    public TransformerBlock withGate() {
        return copy(c -> c.gated = true);
    }

    /// A copy with the norms after what they belong to.
    public TransformerBlock withNormAfter() {
        return copy(c -> c.normFirst = false);
    }

    public TransformerBlock withNorm(Node other) {
        return copy(c -> c.norm = other);
    }

    /// A copy whose dense layers have no biases; see also [SelfAttention#withoutBias()].
    public TransformerBlock withoutBias() {
        return copy(c -> c.bias = false);
    }

    /// A copy with this dropout of what each part adds; that of weights of keys is [SelfAttention#withDropout].
    public TransformerBlock withDropout(double rate) {
        return copy(c -> c.dropout = rate);
    }

    /// A copy with this dropout of the hidden layer.
    public TransformerBlock withHiddenDropout(double rate) {
        return copy(c -> c.hiddenDropout = rate);
    }

    /// A copy with this initializer of the weights of all dense layers.
    public TransformerBlock withWeights(Initializer initializer) {
        return copy(c -> c.weights = c.outWeights = initializer);
    }

    /// A copy with this initializer of the weights of the last dense layer alone. Deep networks begin better if what
    /// each block adds is small, as in GPT-2; see also [SelfAttention#withOutWeights].
    public TransformerBlock withOutWeights(Initializer initializer) {
        return copy(c -> c.outWeights = initializer);
    }

    private TransformerBlock copy(Consumer<Settings> change) {
        var settings = new Settings(this);
        change.accept(settings);
        return settings.block();
    }

    /// The settings of a copy, which may be changed.
    private static final class Settings {
        SelfAttention attention;
        boolean memory;
        int hidden;
        Elementwise activation;
        boolean gated;
        boolean normFirst;
        Node norm;
        boolean bias;
        double dropout;
        double hiddenDropout;
        Initializer weights;
        Initializer outWeights;

        Settings(TransformerBlock block) {
            attention = block.attention;
            memory = block.memory;
            hidden = block.hidden;
            activation = block.activation;
            gated = block.gated;
            normFirst = block.normFirst;
            norm = block.norm;
            bias = block.bias;
            dropout = block.dropout;
            hiddenDropout = block.hiddenDropout;
            weights = block.weights;
            outWeights = block.outWeights;
        }

        TransformerBlock block() {
            return new TransformerBlock(
                    attention,
                    memory,
                    hidden,
                    activation,
                    gated,
                    normFirst,
                    norm,
                    bias,
                    dropout,
                    hiddenDropout,
                    weights,
                    outWeights);
        }
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        Shape x = in.getFirst();
        if (in.size() != (memory ? 2 : 1) || x.rank() != 2 || x.extent(1) < 1) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects a sequence [time×width]" + (memory ? " and a memory" : "") + ", got " + in);
        }
        return declare.wrapped(graph(x.extent(1)), in);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    /// True for x.
    @Override
    public boolean givesLengths(int input) {
        return input == 0;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        return pass.apply(0, in);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(0, x);
    }

    private Graph graph(int width) {
        return Graph.of(memory ? 2 : 1, in -> {
            Wire x = added(in.getFirst(), "norm1", h -> h.then(named("self_attn", attention)));
            if (memory) {
                var cross = new CrossAttention(
                        attention.heads(),
                        attention.keyHeads(),
                        attention.bias(),
                        attention.dropout(),
                        attention.weights(),
                        attention.outWeights());
                x = added(x, "norm2", h -> h.join(named("multihead_attn", cross), in.getLast()));
            }
            return List.of(added(x, memory ? "norm3" : "norm2", h -> dense(h, width)));
        });
    }

    /// x with what a part adds, and the norm that belongs to it.
    private Wire added(Wire x, String name, UnaryOperator<Wire> part) {
        Node ofPart = named(name, norm);
        Wire h = part.apply(normFirst ? x.then(ofPart) : x);
        if (dropout > 0) h = h.then(new Dropout(dropout));
        Wire sum = x.join(add(), h);
        return normFirst ? sum : sum.then(ofPart);
    }

    /// The hidden layer, and the dense layer after it.
    private Wire dense(Wire x, int width) {
        Wire h = x.then(named("linear1", dense(hidden, gated ? Activation.IDENTITY : activation, weights)));
        if (gated) h = x.then(named("gate", dense(hidden, activation, weights))).join(new Multiply(), h);
        if (hiddenDropout > 0) h = h.then(new Dropout(hiddenDropout));
        return h.then(named("linear2", dense(width, Activation.IDENTITY, outWeights)));
    }

    private Dense dense(int units, Activation g, Initializer initializer) {
        return new Dense(units, g, initializer, Initializers.zeros(), bias);
    }

    @Override
    public String toString() {
        return "transformerBlock(" + attention + (memory ? ", memory" : "") + ", " + hidden + " " + activation
                + (gated ? ", gated" : "") + (normFirst ? "" : ", norm after") + ", " + norm
                + (bias ? "" : ", no bias") + (dropout == 0 ? "" : ", dropout " + dropout)
                + (hiddenDropout == 0 ? "" : ", hidden dropout " + hiddenDropout) + ")";
    }
}
