package dev.neurite.layer;

/// Max pooling to a fixed size, for images of any size: along each axis, window i of n spans ⌊i·in / n⌋ to
/// ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveMaxPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height the output height, at least 1
/// @param width the output width, at least 1
public record AdaptiveMaxPool2d(int height, int width) implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a size below 1
    public AdaptiveMaxPool2d {
        PoolingOps.checkSize("adaptiveMaxPool2d", Math.min(height, width), height + "×" + width);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public String toString() {
        return "adaptiveMaxPool2d(" + height + "×" + width + ")";
    }
}
