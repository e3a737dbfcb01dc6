package dev.neurite.layer;

import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.model.Layer;

/// A layer that slides a [Window] over images, with a [Padding] around them: convolutions and poolings
/// of two dimensions. Each `with…` method returns a copy with one setting changed.
/// @param <L> the layer itself
public sealed interface Windowed<L extends Layer> extends Layer permits Dilated, AvgPool2d {
    /// Kernel size, stride and dilation.
    Window window();

    /// Replaces the whole window: kernel size, stride and dilation.
    L withWindow(Window window);

    /// Replaces the padding.
    L withPadding(Padding padding);

    /// Sets the same padding on all four sides.
    default L withPadding(int all) {
        return withPadding(Padding.of(all));
    }

    /// Sets the kernel's height and width; stride and dilation stay.
    default L withKernel(int height, int width) {
        return withWindow(window().withKernel(height, width));
    }

    /// Sets one stride for rows and columns.
    default L withStride(int stride) {
        return withStride(stride, stride);
    }

    /// Sets the stride over rows and over columns.
    default L withStride(int rows, int columns) {
        return withWindow(window().withStride(rows, columns));
    }
}
