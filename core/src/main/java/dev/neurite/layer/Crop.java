package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Rectangle;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Removes rows and columns at the borders of images. Keras's `Cropping2D`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C × H − top − bottom × W − left − right]` |
/// @param top rows removed at the top, 0 or more
/// @param left columns removed at the left, 0 or more
/// @param bottom rows removed at the bottom, 0 or more
/// @param right columns removed at the right, 0 or more
public record Crop(int top, int left, int bottom, int right) implements Layer {
    /// @throws ConfigException for a number below 0
    public Crop {
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ConfigException(
                    "crop", "expects 0 or more, got " + top + ", " + left + ", " + bottom + ", " + right);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        boolean fits = in.rank() == 3
                && in.isKnown()
                && in.extent(1) > (long) top + bottom
                && in.extent(2) > (long) left + right;
        if (!fits) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects images [channels × height × width] larger than what is removed, got " + in);
        }
        return Shape.of(in.extent(0), in.extent(1) - top - bottom, in.extent(2) - left - right);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Planes planes = pass.kernels().planes();
        int height = x.shape().extent(2);
        int width = x.shape().extent(3);
        var rest = new Rectangle(height, width, top, left, height - top - bottom, width - left - right);
        Tensor y = pass.output();
        planes.cut(rest, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) planes.pad(rest, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "crop(" + top + ", " + left + ", " + bottom + ", " + right + ")";
    }
}
