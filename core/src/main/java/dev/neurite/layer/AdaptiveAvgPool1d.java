package dev.neurite.layer;

/// Average pooling to a fixed length, for sequences of any length: window i of n spans ⌊i·in / n⌋ to
/// ⌈(i + 1)·in / n⌉. PyTorch's `AdaptiveAvgPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×length]` |
///
/// The length may be open. A padded sequence is pooled up to its own end, with the bits of the row alone.
/// @param length the output length, at least 1
public record AdaptiveAvgPool1d(int length) implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a length below 1
    public AdaptiveAvgPool1d {
        PoolingOps.checkSize("adaptiveAvgPool1d", length, length);
    }

    @Override
    public String toString() {
        return "adaptiveAvgPool1d(" + length + ")";
    }
}
