package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Parameter;
import dev.neurite.model.Pass;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Freezes a node, as [Frozen] does, but gives linear maps inside it adapters, which are trained: see [Lora], which
/// wraps the layers of a model. The names of the node's parameters stay: `dense1.weight`.
///
/// | parameters of an adapter | shape |
/// |---|---|
/// | `dense1.lora_A.weight` | `[rank × in]` |
/// | `dense1.lora_B.weight` | `[out × rank]` |
/// | `self_attn.in_proj.lora_A.weight` and so on | the same; queries, keys and values have one adapter |
/// @param node the node
/// @param rank of the adapters, at least 1
/// @param alpha their scale is alpha / rank, as in PEFT; finite
/// @param dropout of the inputs of the adapters while training, from 0 to below 1
/// @param targets patterns of the names of the linear maps that get an adapter, in which `*` stands for any text
public record Adapted(Node node, int rank, double alpha, double dropout, List<String> targets) implements Wrapper {
    /// @throws ConfigException for a number out of range
    public Adapted {
        if (rank < 1) throw new ConfigException("lora", "expects a rank of at least 1, got " + rank);
        if (!Double.isFinite(alpha)) throw new ConfigException("lora", "expects a finite alpha, got " + alpha);
        RandomLayer.checkRate("lora", dropout);
        targets = List.copyOf(targets);
    }

    @Override
    public Adapted around(Node other) {
        return new Adapted(other, rank, alpha, dropout, targets);
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        declare.adapt(rank, scale(), dropout, map -> targets.stream().anyMatch(each -> Parameter.matches(map, each)));
        return declare.wrapped(node, in);
    }

    Adapted with(List<String> others) {
        return new Adapted(node, rank, alpha, dropout, others);
    }

    /// The factor of what adapters add, alpha / rank.
    public double scale() {
        return alpha / rank;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return pass.apply(0, x);
    }

    @Override
    public String toString() {
        return "adapted(" + node + ", rank " + rank + ", alpha " + alpha + ", dropout " + dropout + ", " + targets
                + ")";
    }
}
