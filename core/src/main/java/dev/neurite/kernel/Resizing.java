package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// Planes in another size.
/// @param rows what rows become
/// @param columns what columns become
/// @param mode how a pixel comes from its neighbors
public record Resizing(Axis rows, Axis columns, Mode mode) {
    /// How a pixel that comes out is made.
    public enum Mode {
        /// The pixel ⌊i·step⌋.
        NEAREST,
        /// Between the two nearest on each axis, where the edges of the images lie on one another.
        BILINEAR,
        /// Between the two nearest on each axis, where the middles of the pixels in the corners lie on one another:
        /// PyTorch's `align_corners=True`.
        BILINEAR_CORNERS
    }

    /// What becomes of an axis.
    /// @param from pixels that go in
    /// @param to pixels that come out
    /// @param step pixels of the input for one of the output
    public record Axis(int from, int to, double step) {
        /// @throws ShapeException for less than a pixel
        public Axis {
            if (from < 1 || to < 1) {
                throw new ShapeException("resizing", "expects 1 pixel or more, got " + from + " that become " + to);
            }
        }

        /// To so many pixels.
        public static Axis to(int from, int to) {
            return new Axis(from, to, (double) from / to);
        }

        /// As many times the pixels, rounded down.
        public static Axis times(int from, double factor) {
            return new Axis(from, (int) (from * factor), 1 / factor);
        }

        /// The nearest pixel to pixel i of the output, in single precision as PyTorch computes it.
        public int nearest(int i) {
            return Math.min((int) (i * (float) step), from - 1);
        }

        /// Where pixel i of the output is among those of the input.
        public double place(int i, Mode mode) {
            if (mode == Mode.BILINEAR_CORNERS) return to == 1 ? 0 : (double) i * (from - 1) / (to - 1);
            return Math.max(0, (i + 0.5) * step - 0.5);
        }
    }
}
