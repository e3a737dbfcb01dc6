package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Max pooling to a fixed size, for images of any size: along each axis, window i of n spans ⌊i·in / n⌋ to
/// ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveMaxPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height the output height, at least 1
/// @param width the output width, at least 1
public record AdaptiveMaxPool2d(int height, int width) implements Layer {
    /// @throws dev.neurite.error.ConfigException for a size below 1
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
