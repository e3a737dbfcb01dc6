package dev.neurite.layer;

/// Average pooling to a fixed size, for images of any size: along each axis, window i of n spans ⌊i·in
/// / n⌋ to ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveAvgPool2d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C×height×width]` |
/// @param height the output height, at least 1
/// @param width the output width, at least 1
public record AdaptiveAvgPool2d(int height, int width) implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a size below 1
    public AdaptiveAvgPool2d {
        PoolingOps.checkSize("adaptiveAvgPool2d", Math.min(height, width), height + "×" + width);
    }

    @Override
    public boolean acceptsBlocks() {
        return true;
    }

    @Override
    public String toString() {
        return "adaptiveAvgPool2d(" + height + "×" + width + ")";
    }
}
