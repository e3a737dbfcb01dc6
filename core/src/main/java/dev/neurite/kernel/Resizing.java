package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// The resizing of planes.
/// @param rows the change of the height
/// @param columns the change of the width
/// @param mode the interpolation
public record Resizing(Axis rows, Axis columns, Mode mode) {
    /// The interpolation.
    public enum Mode {
        /// Nearest neighbor: pixel ⌊i·step⌋.
        NEAREST,
        /// Bilinear, with the edges of the images aligned.
        BILINEAR,
        /// Bilinear, with the centers of the corner pixels aligned: PyTorch's `align_corners=True`.
        BILINEAR_CORNERS
    }

    /// The change of one axis.
    /// @param from the input pixels
    /// @param to the output pixels
    /// @param step the input pixels per output pixel
    public record Axis(int from, int to, double step) {
        /// @throws ShapeException for less than 1 pixel
        public Axis {
            if (from < 1 || to < 1) {
                throw new ShapeException("resizing", "expects 1 pixel or more, got " + from + " that become " + to);
            }
        }

        /// Resizes to a number of pixels.
        public static Axis to(int from, int to) {
            return new Axis(from, to, (double) from / to);
        }

        /// Resizes by a factor; the output size is rounded down.
        public static Axis times(int from, double factor) {
            return new Axis(from, (int) (from * factor), 1 / factor);
        }

        /// The input pixel nearest to output pixel i, in single precision as in PyTorch.
        public int nearest(int i) {
            return Math.min((int) (i * (float) step), from - 1);
        }

        /// The position of output pixel i among the input pixels.
        public double place(int i, Mode mode) {
            if (mode == Mode.BILINEAR_CORNERS) return to == 1 ? 0 : (double) i * (from - 1) / (to - 1);
            return Math.max(0, (i + 0.5) * step - 0.5);
        }
    }
}
