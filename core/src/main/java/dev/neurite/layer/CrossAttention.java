package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Attention of several heads from one sequence to another, the memory, as from a translation to its source:
/// y = softmax(q·kᵀ/√size)·v·W_outᵀ + b_out, with queries from x and keys and values from the memory m.
/// Vaswani et al. 2017, arXiv:1706.03762.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | `[rows × time × width]` |
/// | m | `[rows × steps × memory width]`; padding is not seen, see [Tensor#withLengths] |
/// | mask, a third input, or none | `[rows × time × steps]` or `[rows × heads × time × steps]`, [SelfAttention] |
/// | `q_proj_weight` | `[width × width]` |
/// | `k_proj_weight`, `v_proj_weight` | `[keyHeads·size × memory width]` |
/// | `in_proj_bias` | `[width + 2·keyHeads·size]`, of queries, keys and values |
/// | `out_proj_weight`, `out_proj_bias` | `[width × width]`, `[width]` |
///
/// Size is width / heads. Names are those of PyTorch's `MultiheadAttention` with a memory of another width;
/// with the same width its `in_proj_weight` has the three weights one below the other. In a
/// [session][dev.neurite.model.PredictionSession] x comes in parts, and the memory is whole, given with the first part:
/// its keys and values are computed once. There is no mask then.
/// @param heads the number of heads, which divides the width
/// @param keyHeads the number of heads of keys and values, which divides `heads`; as many by default
/// @param bias whether there are biases
/// @param dropout as in [SelfAttention]; 0 by default
/// @param weights the initializer of the weights of queries, keys and values
/// @param outWeights the initializer of the weights of the out projection; the same by default
public record CrossAttention(
        int heads, int keyHeads, boolean bias, double dropout, Initializer weights, Initializer outWeights)
        implements Node {
    /// @throws ConfigException for numbers of heads that do not fit, or a dropout that is not from 0 to below 1
    public CrossAttention {
        AttentionOp.check(heads, keyHeads, dropout);
    }

    /// A copy with this number of heads of keys and values.
    public CrossAttention withKeyHeads(int count) {
        return new CrossAttention(heads, count, bias, dropout, weights, outWeights);
    }

    /// A copy without biases.
    public CrossAttention withoutBias() {
        return new CrossAttention(heads, keyHeads, false, dropout, weights, outWeights);
    }

    /// A copy with this dropout of weights of keys.
    public CrossAttention withDropout(double rate) {
        return new CrossAttention(heads, keyHeads, bias, rate, weights, outWeights);
    }

    /// A copy with this initializer of all weights.
    public CrossAttention withWeights(Initializer initializer) {
        return new CrossAttention(heads, keyHeads, bias, dropout, initializer, initializer);
    }

    /// A copy with this initializer of the weights of the out projection alone.
    public CrossAttention withOutWeights(Initializer initializer) {
        return new CrossAttention(heads, keyHeads, bias, dropout, weights, initializer);
    }

    private AttentionOp op() {
        return new AttentionOp(this, heads, keyHeads, bias, dropout);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        if (in.size() < 2
                || in.get(1).rank() != 2
                || in.get(1).extent(1) < 1
                || in.get(1).extent(0) == 0) {
            throw new ShapeException(
                    declare.path(), this + " expects a sequence and a memory [steps×width], got " + in);
        }
        Shape x = in.getFirst();
        Shape memory = in.get(1);
        op().require(in, 2, memory.extent(0), declare);
        int width = x.extent(1);
        int ofKeys = keyHeads * (width / heads);
        long ofQuery = AttentionOp.declare(declare, "q_proj", width, width, weights);
        long ofStep = AttentionOp.declare(declare, "k_proj", ofKeys, memory.extent(1), weights)
                + AttentionOp.declare(declare, "v_proj", ofKeys, memory.extent(1), weights);
        op().declareBias(declare, "in_proj", width + 2 * ofKeys);
        ofQuery += AttentionOp.declare(declare, "out_proj", width, width, outWeights);
        op().declareBias(declare, "out_proj", width);
        declare.state("keys", Shape.of(memory.extent(0), ofKeys));
        declare.state("values", Shape.of(memory.extent(0), ofKeys));
        long time = x.extent(0) == Shape.OPEN ? 1 : x.extent(0);
        long steps = memory.extent(0) == Shape.OPEN ? 1 : memory.extent(0);
        declare.multiplications(time * (ofQuery + 2L * width * steps) + steps * ofStep);
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

    /// True: x comes in parts, the memory is whole.
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
        Tensor x = in.getFirst();
        Tensor memory = in.get(1);
        int size = x.shape().extent(2) / heads;
        Tensor q = pass.tensor(x.shape().row());
        LowRank ofQuery = project(pass, x, "q_proj_weight", 0, q);
        Tensor mask = in.size() > 2 ? in.get(2) : Tensor.EMPTY;
        boolean inParts = pass.past().size() != 0;
        Masking masking = op().masking(false, inParts ? steps(pass, memory) : pass.lengths(memory), mask, pass);
        int keys = heads * size; //                 where their biases begin
        int values = (heads + keyHeads) * size;
        OfMemory k = inParts
                ? stored(pass, memory, "k_proj_weight", keys, "keys")
                : ofMemory(pass, memory, "k_proj_weight", keys);
        OfMemory v = inParts
                ? stored(pass, memory, "v_proj_weight", values, "values")
                : ofMemory(pass, memory, "v_proj_weight", values);
        AttentionOp.Run run = op().new Run(pass, heads(q, heads), k.heads(), v.heads(), masking);
        Tensor y = pass.output();
        run.project(y);

        return pass.backward(in, List.of(y), (dys, dxs) -> {
            Tensor dq = pass.tensor(q.shape().row());
            Tensor dk = pass.tensor(run.keys());
            Tensor dv = pass.tensor(run.keys());
            run.backward(dys.getFirst(), dq, dk, dv);
            Tensor dmemory = dxs.get(1);
            Tensor ofValues = pass.wants(memory) ? pass.tensor(memory.shape().row()) : Tensor.EMPTY;
            backward(pass, x, dq, "q_proj_weight", 0, ofQuery, dxs.getFirst());
            backward(pass, memory, dk, "k_proj_weight", keys, k.low(), dmemory);
            backward(pass, memory, dv, "v_proj_weight", values, v.low(), ofValues);
            if (pass.wants(memory)) pass.kernels().add(dmemory, ofValues, dmemory);
        });
    }

    /// The keys or values of a memory.
    /// @param low the run of the adapter of their weights; null for none
    private record OfMemory(Heads heads, @Nullable LowRank low) {}

    /// All columns of a tensor as heads.
    private static Heads heads(Tensor x, int count) {
        return new Heads(x, 0, count, x.shape().extent(2) / count);
    }

    /// The keys or values of a memory, whose biases begin at an index.
    private OfMemory ofMemory(Pass pass, Tensor memory, String weight, int from) {
        int width = pass.weights(weight).rows();
        Tensor y = pass.tensor(Shape.of(memory.shape().extent(1), width));
        LowRank low = project(pass, memory, weight, from, y);
        return new OfMemory(heads(y, keyHeads), low);
    }

    /// The keys or values of the memory of a session, which the first part computes.
    private OfMemory stored(Pass pass, Tensor memory, String weight, int from, String state) {
        Heads all = heads(pass.state(state), keyHeads);
        if (pass.past().get(0) == 0) {
            Heads part = ofMemory(pass, memory, weight, from).heads();
            pass.kernels().positions().store(part, Tensor.EMPTY, Tensor.EMPTY, all);
        }
        return new OfMemory(all, null);
    }

    /// The steps of each row of a memory, which may be fewer than there is room for.
    private static Tensor steps(Pass pass, Tensor memory) {
        Tensor lengths = pass.lengths(memory);
        if (lengths.size() != 0) return lengths;
        Tensor steps = pass.batchTensor(Shape.of(memory.rows()));
        pass.kernels().fill(memory.shape().extent(1), steps);
        return steps;
    }

    /// y = x·Wᵀ + b, with the part of the bias that begins at an index.
    private @Nullable LowRank project(Pass pass, Tensor x, String weight, int from, Tensor y) {
        int units = y.shape().extent(2);
        Tensor b = bias ? pass.parameter("in_proj_bias").rows(from, from + units) : Tensor.EMPTY;
        return Linear.forward(pass, x, weight, b, y);
    }

    /// The gradients of a projection, with the part of the bias that begins at an index.
    private void backward(
            Pass pass, Tensor x, Tensor delta, String weight, int from, @Nullable LowRank low, Tensor dx) {
        Linear.backward(pass, x, delta, weight, "", low, dx);
        if (!bias || !pass.wants("in_proj_bias")) return;
        Tensor rows = delta.positions();
        int units = delta.shape().extent(2);
        pass.kernels().columnSums(rows, pass.gradient("in_proj_bias").rows(from, from + units));
    }

    @Override
    public String toString() {
        return "crossAttention(" + heads + (keyHeads == heads ? "" : ", key heads " + keyHeads)
                + (bias ? "" : ", no bias") + (dropout == 0 ? "" : ", dropout " + dropout) + ", weights " + weights
                + ")";
    }
}
