package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.PositionKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Self-attention of several heads: each position sees the others, y = softmax(q·kᵀ/√size)·v·W_outᵀ + b_out, with
/// queries q, keys k and values v from x·W_inᵀ + b_in. Vaswani et al. 2017, arXiv:1706.03762.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]`; x may be padded, see [Tensor#withLengths] |
/// | mask, or none | `[rows × time × time]` or `[rows × heads × time × time]` |
/// | `in_proj_weight` W_in, `in_proj_bias` b_in | `[all × width]`, `[all]` |
/// | `out_proj_weight` W_out, `out_proj_bias` b_out | `[width × heads·size]`, `[width]` |
///
/// All are (heads + 2·keyHeads)·size: the queries first, then keys, then values. The mask, a second input, is added to
/// the scores of a query and a key; −∞ hides a key. A query from which all keys are hidden gives b_out. The mask has no
/// gradient.
///
/// Size is width / heads. Names and order are those of PyTorch's `MultiheadAttention`, whose out projection is
/// `out_proj.weight`; as there, weights begin uniform by Glorot and biases with 0, but W_out too is Glorot's
/// here. No matrix of time × time is stored, see [AttentionKernels]. Causal attention without a mask keeps
/// the keys and values of a [session][dev.neurite.model.PredictionSession].
/// @param heads the number of heads, which divides the width
/// @param keyHeads the number of heads of keys and values, which divides `heads`; as many by default, 1 is
/// multi-query attention (Shazeer 2019, arXiv:1911.02150)
/// @param causal whether a position sees only itself and earlier ones; not by default
/// @param bias whether there are biases
/// @param dropout the probability with which a weight of a key becomes 0 while training, after the softmax; the
/// others are scaled, as in PyTorch; 0 by default
/// @param positions how queries and keys know their positions; not by default
/// @param weights the initializer of the weights of queries, keys and values
/// @param outWeights the initializer of the weights of the out projection; the same by default
public record SelfAttention(
        int heads,
        int keyHeads,
        boolean causal,
        boolean bias,
        double dropout,
        AttentionPositions positions,
        Initializer weights,
        Initializer outWeights)
        implements Layer {
    /// @throws ConfigException for numbers of heads that do not fit, or a dropout that is not from 0 to below 1
    public SelfAttention {
        AttentionOp.check(heads, keyHeads, dropout);
    }

    /// A copy in which a position sees only itself and earlier ones.
    public SelfAttention withCausal() {
        return new SelfAttention(heads, keyHeads, true, bias, dropout, positions, weights, outWeights);
    }

    /// A copy with this number of heads of keys and values.
    public SelfAttention withKeyHeads(int count) {
        return new SelfAttention(heads, count, causal, bias, dropout, positions, weights, outWeights);
    }

    /// A copy without biases.
    public SelfAttention withoutBias() {
        return new SelfAttention(heads, keyHeads, causal, false, dropout, positions, weights, outWeights);
    }

    /// A copy with this dropout of weights of keys.
    public SelfAttention withDropout(double rate) {
        return new SelfAttention(heads, keyHeads, causal, bias, rate, positions, weights, outWeights);
    }

    public SelfAttention withPositions(AttentionPositions other) {
        return new SelfAttention(heads, keyHeads, causal, bias, dropout, other, weights, outWeights);
    }

    /// A copy with rotary positions of base 10000, as in Llama.
    public SelfAttention withRotary() {
        return withPositions(new AttentionPositions(AttentionPositions.Kind.ROTARY, 10_000, 0));
    }

    /// A copy with the slopes of ALiBi.
    public SelfAttention withAlibi() {
        return withPositions(new AttentionPositions(AttentionPositions.Kind.ALIBI, 10_000, 0));
    }

    /// A copy with this initializer of both weights.
    public SelfAttention withWeights(Initializer initializer) {
        return new SelfAttention(heads, keyHeads, causal, bias, dropout, positions, initializer, initializer);
    }

    /// A copy with this initializer of the weights of the out projection alone.
    public SelfAttention withOutWeights(Initializer initializer) {
        return new SelfAttention(heads, keyHeads, causal, bias, dropout, positions, weights, initializer);
    }

    private AttentionOp op() {
        return new AttentionOp(this, heads, keyHeads, bias, dropout);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return build(List.of(in), declare).getFirst();
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        Shape x = in.getFirst();
        op().require(in, 1, x.rank() == 0 ? 0 : x.extent(0), declare);
        int width = x.extent(1);
        int size = width / heads;
        if (!positions.fit(size)) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects heads whose features it can rotate in pairs, got heads of " + size);
        }
        int all = (heads + 2 * keyHeads) * size;
        long ofPosition = AttentionOp.declare(declare, "in_proj", all, width, weights);
        op().declareBias(declare, "in_proj", all);
        ofPosition += AttentionOp.declare(declare, "out_proj", width, width, outWeights);
        op().declareBias(declare, "out_proj", width);
        if (causal) {
            declare.state("keys", Shape.of(x.extent(0), keyHeads * size));
            declare.state("values", Shape.of(x.extent(0), keyHeads * size));
        }
        long time = x.extent(0) == Shape.OPEN ? 1 : x.extent(0);
        declare.multiplications(time * (ofPosition + 2L * width * time));
        return List.of(x);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsEncoded(String parameter) {
        return parameter.endsWith("_weight");
    }

    /// True if it looks back only.
    @Override
    public boolean acceptsParts() {
        return causal;
    }

    /// True for x.
    @Override
    public boolean givesLengths(int input) {
        return input == 0;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return forward(List.of(x), pass).getFirst();
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        Tensor x = in.getFirst();
        int time = x.shape().extent(1);
        int size = x.shape().extent(2) / heads;
        Shape ofAll = Shape.of(time, (heads + 2 * keyHeads) * size);
        Tensor qkv = pass.tensor(ofAll);
        Heads q = new Heads(qkv, 0, heads, size);
        Heads k = new Heads(qkv, heads * size, keyHeads, size);
        Heads v = new Heads(qkv, (heads + keyHeads) * size, keyHeads, size);

        Tensor b = bias ? pass.parameter("in_proj_bias") : Tensor.EMPTY;
        LowRank low = Linear.forward(pass, x, "in_proj_weight", b, qkv);
        positions.rotate(pass, q, false);
        positions.rotate(pass, k, false);
        Tensor mask = in.size() > 1 ? in.get(1) : Tensor.EMPTY;
        boolean inParts = pass.past().size() != 0;
        Tensor lengths = inParts ? Tensor.EMPTY : pass.lengths(x); // a query of a part sees all keys before it
        Masking masking = positions.in(op().masking(causal, lengths, mask, pass), heads);
        AttentionOp.Run run = inParts
                ? op()
                .new Run(
                        pass,
                        q,
                        stored(pass, x, k, "keys"),
                        stored(pass, x, v, "values"),
                        masking.withPast(pass.past()))
                : op().new Run(pass, q, k, v, masking);
        Tensor y = pass.output();
        run.project(y);

        return pass.backward(in, List.of(y), (dys, dxs) -> {
            Tensor dqkv = pass.tensor(ofAll);
            run.backward(dys.getFirst(), dqkv, dqkv, dqkv);
            positions.rotate(pass, q.in(dqkv), true);
            positions.rotate(pass, k.in(dqkv), true);
            Linear.backward(pass, x, dqkv, "in_proj_weight", bias ? "in_proj_bias" : "", low, dxs.getFirst());
        });
    }

    /// The keys or values of all steps so far, with those of a part.
    private static Heads stored(Pass pass, Tensor x, Heads part, String state) {
        PositionKernels kernels = pass.kernels().positions();
        Tensor all = pass.state(state);
        var heads = new Heads(all, 0, part.count(), part.size());
        kernels.store(part, pass.past(), pass.lengths(x), heads);
        return heads;
    }

    @Override
    public String toString() {
        return "selfAttention(" + heads + (keyHeads == heads ? "" : ", key heads " + keyHeads)
                + (causal ? ", causal" : "") + (bias ? "" : ", no bias") + (dropout == 0 ? "" : ", dropout " + dropout)
                + positions + ", weights " + weights + ")";
    }
}
