package dev.neurite.dashboard.playground;

/// Numbers over a square, a byte for each pixel, row by row from the top left.
public final class Heatmap {
    private final byte[] bytes;

    /// Keeps the bytes without copying them.
    Heatmap(byte[] bytes) {
        this.bytes = bytes;
    }

    /// A copy of the bytes, of which 0 and 255 are the ends of a [Frame.Scale].
    public byte[] bytes() {
        return bytes.clone();
    }
}
