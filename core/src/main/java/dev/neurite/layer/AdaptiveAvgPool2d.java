package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Average pooling to a fixed size, for images of any size: along each axis, window i of n spans ⌊i·in
/// / n⌋ to ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveAvgPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height the output height, at least 1
/// @param width the output width, at least 1
public record AdaptiveAvgPool2d(int height, int width) implements Layer {
    /// @throws dev.neurite.error.ConfigException for a size below 1
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
