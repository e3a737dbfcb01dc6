package dev.neurite.llm.network;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.AttentionKernels;
import dev.neurite.kernel.AttentionKernels.Heads;
import dev.neurite.kernel.AttentionKernels.Masking;
import dev.neurite.kernel.AttentionKernels.Scaling;
import dev.neurite.kernel.PositionKernels;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Causal attention of heads with rotary positions, without weights: y = softmax(scaled(q·kᵀ))·v, as
/// [AttentionKernels] has it. Layers before it make queries, keys and values, one after it mixes the heads; so each
/// projection is a layer of its own, with the names that published models have.
///
/// | tensor | shape |
/// |---|---|
/// | q, y | `[rows × time × heads·size]` |
/// | k, v | `[rows × time × keyHeads·size]` |
///
/// A [session][dev.neurite.model.PredictionSession] keeps the turned keys and the values of all steps.
/// @param heads the number of heads of queries
/// @param keyHeads the number of heads of keys and values, which divides `heads`
/// @param rotation how positions turn queries and keys; its features are at most those of a head
/// @param window how many keys a query sees, its own among them; 0 for all
/// @param scaling of products of queries and keys
/// @param cache the type of the keys and values that a session keeps
record HeadAttention(int heads, int keyHeads, Rotation rotation, int window, Scaling scaling, CacheType cache)
        implements Node {
    /// @throws ConfigException for numbers of heads that do not fit
    HeadAttention {
        if (heads < 1 || keyHeads < 1 || heads % keyHeads != 0) {
            throw new ConfigException(
                    "attention",
                    "expects at least 1 head, and heads of keys that divide the heads, got " + heads + " and "
                            + keyHeads);
        }
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        Shape q = in.getFirst();
        boolean sequences = in.size() == 3 && q.rank() == 2 && q.extent(1) > 0 && q.extent(1) % heads == 0;
        int size = sequences ? q.extent(1) / heads : 0;
        Shape keys = sequences ? Shape.of(q.extent(0), keyHeads * size) : q;
        if (!sequences || !in.get(1).equals(keys) || !in.get(2).equals(keys) || rotation.turned() > size) {
            throw new ShapeException(
                    declare.path(), this + " expects queries, keys and values [time×heads·size], got " + in);
        }
        Shape kept = Shape.of(q.extent(0), keyHeads * Heads.columns(size, cache.isHalves()));
        declare.state("keys", kept);
        declare.state("values", kept);
        long time = q.extent(0) == Shape.OPEN ? 1 : q.extent(0);
        declare.multiplications(2 * time * time * q.extent(1));
        return List.of(q);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        int size = in.getFirst().shape().extent(2) / heads;
        AttentionKernels kernels = pass.kernels().attention();
        Heads q = turned(pass, in.get(0), heads, size);
        Heads k = turned(pass, in.get(1), keyHeads, size);
        Heads v = new Heads(in.get(2), 0, keyHeads, size);
        boolean inParts = pass.past().size() != 0;
        Masking masking = Masking.of(true, inParts ? Tensor.EMPTY : pass.lengths(in.getFirst()))
                .withPast(pass.past())
                .withWindow(window)
                .withScaling(scaling);
        Tensor y = pass.output();
        if (inParts) {
            kernels.attention(
                    q,
                    stored(pass, in.get(1), k, "keys"),
                    stored(pass, in.get(2), v, "values"),
                    masking,
                    y,
                    Tensor.EMPTY);
            return List.of(y);
        }
        Tensor logSums = pass.tensor(Shape.of(heads, y.shape().extent(1)));
        kernels.attention(q, k, v, masking, y, logSums);
        return pass.backward(in, List.of(y), (dys, dxs) -> {
            Tensor dq = pass.like(in.get(0));
            Tensor dk = pass.like(in.get(1));
            Tensor dv = pass.like(in.get(2));
            kernels.attentionGradient(q, k, v, masking, y, logSums, dys.getFirst(), dq, dk, dv);
            turn(pass, q.in(dq), true);
            turn(pass, k.in(dk), true);
            List<Tensor> all = List.of(dq, dk, dv);
            for (int i = 0; i < all.size(); i++) {
                if (pass.wants(in.get(i))) pass.kernels().copy(all.get(i), dxs.get(i));
            }
        });
    }

    /// A copy of queries or keys, turned by their positions.
    private Heads turned(Pass pass, Tensor x, int count, int size) {
        Tensor copy = pass.like(x);
        pass.kernels().copy(x, copy);
        Heads all = new Heads(copy, 0, count, size);
        turn(pass, all, false);
        return all;
    }

    private void turn(Pass pass, Heads x, boolean back) {
        pass.kernels().positions().rotate(x, rotation, pass.past(), back);
    }

    /// The keys or values of all steps so far, with those of a part.
    private Heads stored(Pass pass, Tensor x, Heads part, String state) {
        PositionKernels kernels = pass.kernels().positions();
        var all = new Heads(pass.state(state), 0, part.count(), part.size(), cache.isHalves());
        kernels.store(part, pass.past(), pass.lengths(x), all);
        return all;
    }

    @Override
    public String toString() {
        return "headAttention(" + heads + (keyHeads == heads ? "" : ", key heads " + keyHeads)
                + (window == 0 ? "" : ", window " + window) + (cache.isHalves() ? ", keeps halves" : "") + ")";
    }
}
