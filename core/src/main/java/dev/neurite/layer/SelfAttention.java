package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Self-attention of several heads: each position sees the others, y = softmax(q·kᵀ/√size)·v·W_outᵀ + b_out, with
/// queries q, keys k and values v from x·W_inᵀ + b_in. Vaswani et al. 2017, arXiv:1706.03762.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]`; x may be padded, see [Tensor#withLengths] |
/// | `in_proj_weight` W_in, `in_proj_bias` b_in | `[(heads + 2·keyHeads)·size × width]`, the queries first, then keys,
/// then values |
/// | `out_proj_weight` W_out, `out_proj_bias` b_out | `[width × heads·size]`, `[width]` |
///
/// Size is width / heads. Names and order are those of PyTorch's `MultiheadAttention`, whose out projection is
/// `out_proj.weight`; as there, weights begin uniform by Glorot and biases with 0, but W_out too is Glorot's here.
/// No matrix of time × time is stored, see [AttentionKernels].
/// @param heads the number of heads, which divides the width
/// @param keyHeads the number of heads of keys and values, which divides `heads`; as many by default, 1 is
/// multi-query attention (Shazeer 2019, arXiv:1911.02150)
/// @param causal whether a position sees only itself and earlier ones; not by default
/// @param bias whether there are biases
/// @param weights the initializer of both weights
public record SelfAttention(int heads, int keyHeads, boolean causal, boolean bias, Initializer weights)
        implements Layer {
    /// @throws ConfigException for numbers of heads that do not fit
    public SelfAttention {
        if (heads < 1 || keyHeads < 1 || heads % keyHeads != 0) {
            throw new ConfigException(
                    "self-attention",
                    "expects at least 1 head, and heads of keys that divide the heads, got " + heads + " and "
                            + keyHeads);
        }
    }

    /// A copy in which a position sees only itself and earlier ones.
    public SelfAttention withCausal() {
        return new SelfAttention(heads, keyHeads, true, bias, weights);
    }

    /// A copy with this number of heads of keys and values.
    public SelfAttention withKeyHeads(int count) {
        return new SelfAttention(heads, count, causal, bias, weights);
    }

    /// A copy without biases.
    public SelfAttention withoutBias() {
        return new SelfAttention(heads, keyHeads, causal, false, weights);
    }

    /// A copy with this initializer of both weights.
    public SelfAttention withWeights(Initializer initializer) {
        return new SelfAttention(heads, keyHeads, causal, bias, initializer);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) < 1 || in.extent(1) % heads != 0 || in.extent(0) == 0) {
            throw new ShapeException(
                    declare.path(), this + " expects sequences [time×width] whose width its heads divide, got " + in);
        }
        int width = in.extent(1);
        int all = (heads + 2 * keyHeads) * (width / heads);
        declare.parameter("in_proj_weight", Shape.of(all, width), Role.WEIGHT, weights);
        if (bias) declare.parameter("in_proj_bias", Shape.of(all), Role.BIAS, Initializers.zeros());
        declare.parameter("out_proj_weight", Shape.of(width, width), Role.WEIGHT, weights);
        if (bias) declare.parameter("out_proj_bias", Shape.of(width), Role.BIAS, Initializers.zeros());
        long time = in.extent(0) == Shape.OPEN ? 1 : in.extent(0);
        declare.multiplications(time * width * ((long) all + width + 2 * time));
        return in;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        AttentionKernels attention = kernels.attention();
        int time = x.shape().extent(1);
        int width = x.shape().extent(2);
        int size = width / heads;
        Heads ofQ = new Heads(0, heads, size);
        Heads ofK = new Heads(width, keyHeads, size);
        Heads ofV = new Heads(width + keyHeads * size, keyHeads, size);
        Tensor lengths = pass.lengths(x);
        Tensor none = Tensor.EMPTY;
        Shape ofAll = Shape.of(time, (heads + 2 * keyHeads) * size);

        Tensor qkv = pass.tensor(ofAll);
        project(pass, "in_proj", x, qkv); //                                               [q k v] = x·W_inᵀ + b_in
        Tensor a = pass.tensor(Shape.of(time, width));
        Tensor logSums = pass.tensor(Shape.of(heads, time));
        attention.attention(qkv, ofQ, qkv, ofK, qkv, ofV, causal, lengths, none, a, logSums);
        Tensor y = pass.output();
        project(pass, "out_proj", a, y); //                                                y = a·W_outᵀ + b_out

        return pass.backward(x, y, (dy, dx) -> {
            Tensor da = pass.tensor(Shape.of(time, width));
            projectBack(pass, "out_proj", a, dy, da);
            Tensor dqkv = pass.tensor(ofAll);
            attention.attentionGradient(
                    qkv, ofQ, qkv, ofK, qkv, ofV, causal, lengths, none, a, logSums, da, dqkv, dqkv, dqkv);
            projectBack(pass, "in_proj", x, dqkv, pass.wants(x) ? dx : none);
        });
    }

    private void project(Pass pass, String name, Tensor x, Tensor y) {
        Linear.forward(pass, x, name + "_weight", bias ? pass.parameter(name + "_bias") : Tensor.EMPTY, y);
    }

    private void projectBack(Pass pass, String name, Tensor x, Tensor dy, Tensor dx) {
        Linear.weightGradients(pass, x, dy, name + "_weight", bias ? name + "_bias" : "");
        if (dx.size() != 0) Linear.inputGradient(pass, dy, name + "_weight", dx);
    }

    @Override
    public String toString() {
        return "selfAttention(" + heads + (keyHeads == heads ? "" : ", key heads " + keyHeads)
                + (causal ? ", causal" : "") + (bias ? "" : ", no bias") + ", weights " + weights + ")";
    }
}
