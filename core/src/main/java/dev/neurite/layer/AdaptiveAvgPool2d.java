package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// The mean of each of so many windows, which cover an image of any size: window i of n
/// is from ⌊i·in / n⌋ to ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveAvgPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height rows that come out, at least 1
/// @param width columns that come out, at least 1
public record AdaptiveAvgPool2d(int height, int width) implements Layer {
    /// @throws dev.neurite.error.ConfigException for less than one
    public AdaptiveAvgPool2d {
        PoolingOps.checkSize("adaptiveAvgPool2d", Math.min(height, width), height + "×" + width);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return PoolingOps.images(this, in, declare, PoolingOps.adaptive(height, width));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.adaptiveAverage(height, width, x, pass);
    }

    @Override
    public String toString() {
        return "adaptiveAvgPool2d(" + height + "×" + width + ")";
    }
}
