package dev.neurite.layer;

import dev.neurite.model.Layer;

/// A [Windowed] layer whose window may have a dilation: all but [AvgPool2d].
/// @param <L> the layer itself
public sealed interface Dilated<L extends Layer> extends Windowed<L>
        permits Conv2d, ConvTranspose2d, DepthwiseConv2d, SeparableConv2d, MaxPool2d {
    /// Sets one dilation for rows and columns.
    default L withDilation(int dilation) {
        return withDilation(dilation, dilation);
    }

    /// Sets the dilation over rows and over columns.
    default L withDilation(int rows, int columns) {
        return withWindow(window().withDilation(rows, columns));
    }
}
