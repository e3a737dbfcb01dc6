package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Max pooling to a fixed length, for sequences of any length: window i of n spans ⌊i·in / n⌋ to ⌈(i +
/// 1)·in / n⌉. PyTorch's `AdaptiveMaxPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×length]` |
/// @param length the output length, at least 1
public record AdaptiveMaxPool1d(int length) implements Layer {
    /// @throws dev.neurite.error.ConfigException for a length below 1
    public AdaptiveMaxPool1d {
        PoolingOps.checkSize("adaptiveMaxPool1d", length, length);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.sequences(this, in, declare, PoolingOps.adaptive(1, length));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.max(x, pass, PoolingOps.adaptive(1, length));
    }

    @Override
    public String toString() {
        return "adaptiveMaxPool1d(" + length + ")";
    }
}
