package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The largest number of each of so many windows, which cover an image of any size: window i of n
/// is from ⌊i·in / n⌋ to ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveMaxPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height rows that come out, at least 1
/// @param width columns that come out, at least 1
public record AdaptiveMaxPool2d(int height, int width) implements Layer {
    /// @throws dev.neurite.error.ConfigException for less than one
    public AdaptiveMaxPool2d {
        PoolingOps.checkSize("adaptiveMaxPool2d", Math.min(height, width), height + "×" + width);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.images(this, in, declare, PoolingOps.adaptive(height, width));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.max(x, pass, PoolingOps.adaptive(height, width));
    }

    @Override
    public String toString() {
        return "adaptiveMaxPool2d(" + height + "×" + width + ")";
    }
}
