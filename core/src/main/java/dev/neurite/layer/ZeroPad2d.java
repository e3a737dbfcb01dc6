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

/// Pads images with zeros. PyTorch's `ZeroPad2d`, whose arguments are left, right, top, bottom.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` |
/// | y | `[C × top + H + bottom × left + W + right]` |
/// @param top rows added at the top, 0 or more
/// @param left columns added at the left, 0 or more
/// @param bottom rows added at the bottom, 0 or more
/// @param right columns added at the right, 0 or more
public record ZeroPad2d(int top, int left, int bottom, int right) implements Layer {
    /// @throws ConfigException for a number below 0
    public ZeroPad2d {
        if (top < 0 || left < 0 || bottom < 0 || right < 0) {
            throw new ConfigException(
                    "zeroPad2d", "expects 0 or more, got " + top + ", " + left + ", " + bottom + ", " + right);
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() != 3 || !in.isKnown()) {
            throw new ShapeException(declare.path(), this + " expects images [channels × height × width], got " + in);
        }
        return Shape.of(
                in.extent(0),
                Math.addExact(in.extent(1), Math.addExact(top, bottom)),
                Math.addExact(in.extent(2), Math.addExact(left, right)));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int height = x.shape().extent(2);
        int width = x.shape().extent(3);
        return pad(new Rectangle(top + height + bottom, left + width + right, top, left, height, width), x, pass);
    }

    /// Pads each plane of x with zeros around it.
    /// @param inside where x is in the padded plane
    static Tensor pad(Rectangle inside, Tensor x, Pass pass) {
        Planes planes = pass.kernels().planes();
        Tensor y = pass.output();
        planes.pad(inside, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) planes.cut(inside, dy, dx);
        });
    }

    @Override
    public String toString() {
        return "zeroPad2d(" + top + ", " + left + ", " + bottom + ", " + right + ")";
    }
}
