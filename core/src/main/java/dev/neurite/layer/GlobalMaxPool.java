package dev.neurite.layer;

import dev.neurite.kernel.Pooling;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Global max pooling: the maximum of each channel of an image or a sequence.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` or `[C×L]` |
/// | y | `[C]` |
///
/// A padded sequence counts up to its own end, with the bits of the row alone.
public record GlobalMaxPool() implements Layer {
    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.features(this, in, declare);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    /// True for sequences [channels × length]: each up to its own end.
    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PooledWindows.MAX.forward(this, length -> Pooling.adaptive(1, length, 1, 1), x, pass);
    }

    @Override
    public String toString() {
        return "globalMaxPool()";
    }
}
