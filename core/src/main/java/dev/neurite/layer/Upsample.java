package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Resizing;
import dev.neurite.kernel.Resizing.Axis;
import dev.neurite.kernel.Resizing.Mode;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Resizes images or sequences, channel by channel. PyTorch's `Upsample`.
///
/// | tensor | shape of a row |
/// |---|---|
/// | x | `[C×H×W]` or `[C×L]` |
/// | y | `[C × ⌊factor·H⌋ × ⌊factor·W⌋]`, or the given size |
/// @param factor the scale factor, above 0; 0 if a size is given
/// @param size the output extents, two for images, one for sequences; rank 0 if a factor is given
/// @param mode the interpolation, nearest neighbor by default
public record Upsample(double factor, Shape size, Mode mode) implements Layer {
    /// @throws ConfigException unless either a factor or a size is given
    public Upsample {
        boolean sized = size.rank() > 0;
        if (!Double.isFinite(factor) || (sized ? factor != 0 : factor <= 0) || !size.isKnown()) {
            throw new ConfigException(
                    "upsample", "expects a factor above 0 or a size, got a factor of " + factor + " and size " + size);
        }
    }

    /// A copy with bilinear interpolation that aligns the edges of the images: PyTorch's
    /// `mode='bilinear'`, `'linear'` for sequences.
    public Upsample bilinear() {
        return new Upsample(factor, size, Mode.BILINEAR);
    }

    /// A copy with bilinear interpolation that aligns the centers of the corner pixels: PyTorch's
    /// `align_corners=True`.
    public Upsample bilinearCorners() {
        return new Upsample(factor, size, Mode.BILINEAR_CORNERS);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        int axes = in.rank() - 1;
        boolean fits = in.isKnown() && (size.rank() == 0 ? axes == 1 || axes == 2 : axes == size.rank() && axes <= 2);
        if (!fits) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects images [channels × height × width] or sequences [channels × length], got " + in);
        }
        try {
            Resizing resizing = resizing(in);
            return axes == 1
                    ? Shape.of(in.extent(0), resizing.columns().to())
                    : Shape.of(
                            in.extent(0),
                            resizing.rows().to(),
                            resizing.columns().to());
        } catch (ShapeException _) {
            throw new ShapeException(declare.path(), this + " expects at least 1 pixel of input and output, got " + in);
        }
    }

    private Resizing resizing(Shape row) {
        Axis rows = row.rank() == 2 ? Axis.to(1, 1) : axis(row, 1);
        return new Resizing(rows, axis(row, row.rank() - 1), mode);
    }

    private Axis axis(Shape row, int axis) {
        return size.rank() == 0
                ? Axis.times(row.extent(axis), factor)
                : Axis.to(row.extent(axis), size.extent(axis - 1));
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Planes planes = pass.kernels().planes();
        Resizing resizing = resizing(x.shape().row());
        Tensor y = pass.output();
        planes.resize(resizing, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) planes.resizeGradient(resizing, dy, dx);
        });
    }

    @Override
    public String toString() {
        String to = size.rank() == 0 ? "" + factor : "to " + size;
        return "upsample(" + to
                + switch (mode) {
                    case NEAREST -> ")";
                    case BILINEAR -> ", bilinear)";
                    case BILINEAR_CORNERS -> ", bilinear by corners)";
                };
    }
}
