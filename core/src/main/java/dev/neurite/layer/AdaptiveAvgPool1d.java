package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Average pooling to a fixed length, for sequences of any length: window i of n spans ⌊i·in / n⌋ to
/// ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveAvgPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×length]` |
/// @param length the output length, at least 1
public record AdaptiveAvgPool1d(int length) implements Layer {
    /// @throws dev.neurite.error.ConfigException for a length below 1
    public AdaptiveAvgPool1d {
        PoolingOps.checkSize("adaptiveAvgPool1d", length, length);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.sequences(this, in, declare, PoolingOps.adaptive(1, length));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.adaptiveAverage(1, length, x, pass);
    }

    @Override
    public String toString() {
        return "adaptiveAvgPool1d(" + length + ")";
    }
}
