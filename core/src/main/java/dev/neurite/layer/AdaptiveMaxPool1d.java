package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The largest number of each of so many windows, which cover a sequence of any size: window i of n
/// is from ⌊i·in / n⌋ to ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveMaxPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×length]` |
/// @param length numbers that come out, at least 1
public record AdaptiveMaxPool1d(int length) implements Layer {
    /// @throws dev.neurite.error.ConfigException for less than one
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
