package dev.neurite.layer;

/// Max pooling to a fixed length, for sequences of any length: window i of n spans ⌊i·in / n⌋ to ⌈(i +
/// 1)·in / n⌉. PyTorch's `AdaptiveMaxPool1d`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×L]` |
/// | y | `[C×length]` |
///
/// The length may be open. A padded sequence is pooled up to its own end, with the bits of the row alone.
/// @param length the output length, at least 1
public record AdaptiveMaxPool1d(int length) implements PoolingLayer {
    /// @throws dev.neurite.error.ConfigException for a length below 1
    public AdaptiveMaxPool1d {
        PoolingOps.checkSize("adaptiveMaxPool1d", length, length);
    }

    @Override
    public String toString() {
        return "adaptiveMaxPool1d(" + length + ")";
    }
}
