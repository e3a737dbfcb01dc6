package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// Which pixels of a plane each window of a pooling sees.
/// @param rows the windows' places from above to below
/// @param columns the windows' places from left to right
public record Pooling(Axis rows, Axis columns) {
    /// The places of windows along one axis.
    ///
    /// Window i sees pixels `first(i)`, `first(i) + dilation`, … before `end(i)`.
    /// @param size pixels along the axis
    /// @param count windows
    /// @param kernel pixels that a window sees, where it stands inside; 0 if windows share the axis among them
    /// @param stride from one window to the next
    /// @param dilation from one seen pixel to the next
    /// @param before places before the first pixel
    /// @param after places after the last one that count in a mean; more than these only cut a window short
    public record Axis(int size, int count, int kernel, int stride, int dilation, int before, int after) {
        /// Windows that slide.
        /// @param ceil whether a last window may reach beyond the end, if it begins before it
        static Axis sliding(int size, int kernel, int stride, int dilation, int before, int after, boolean ceil) {
            int room = size + before + after - (kernel - 1) * dilation - 1;
            int count = (ceil ? Math.ceilDiv(room, stride) : Math.floorDiv(room, stride)) + 1;
            if (ceil && (count - 1) * stride >= size + before) count--;
            var axis = new Axis(size, count, kernel, stride, dilation, before, after);
            for (int i = 0; i < count; i++) {
                if (axis.first(i) >= axis.end(i)) count = 0; // sees no pixel
            }
            if (count >= 1) return axis;
            throw new ShapeException(
                    "pooling",
                    "expects windows that see a pixel, got a window of " + kernel + " on an axis of " + size + " with "
                            + before + " and " + after + " beside it");
        }

        /// So many windows that share the axis among them, as evenly as it goes: PyTorch's adaptive pooling.
        static Axis shared(int size, int count) {
            if (size < 1 || count < 1) {
                throw new ShapeException("pooling", "expects 1 or more, got " + count + " windows on " + size);
            }
            return new Axis(size, count, 0, 0, 1, 0, 0);
        }

        private int begin(int i) {
            return i * stride - before;
        }

        /// The first pixel that window i sees.
        public int first(int i) {
            if (kernel == 0) return (int) ((long) i * size / count);
            int begin = begin(i);
            return begin >= 0 ? begin : begin + Math.ceilDiv(-begin, dilation) * dilation;
        }

        /// Where window i ends: past the last pixel that it sees.
        public int end(int i) {
            if (kernel == 0) return (int) Math.ceilDiv((i + 1L) * size, (long) count);
            return Math.min(begin(i) + (kernel - 1) * dilation + 1, size);
        }

        /// How many places of window i count in a mean with its padding.
        int places(int i) {
            return kernel == 0 ? end(i) - first(i) : Math.min(begin(i) + kernel, size + after) - begin(i);
        }

        /// The first window that stands inside.
        public int firstInside() {
            return kernel == 0 ? count : Math.min(count, Math.ceilDiv(before, stride));
        }

        /// The windows before the first one that reaches beyond the end.
        public int endOfInside() {
            if (kernel == 0) return count;
            int room = size + before - (kernel - 1) * dilation - 1;
            return room < 0 ? firstInside() : Math.max(firstInside(), Math.min(count, room / stride + 1));
        }
    }

    /// A window that slides over planes with padding around them.
    /// @param ceil whether a last window may reach beyond the padding, if it begins in the plane or in the padding
    ///     before it, as PyTorch's `ceil_mode`
    /// @throws ShapeException if no window, or one that sees no pixel, came of it
    public static Pooling sliding(
            int height, int width, Window window, int top, int left, int bottom, int right, boolean ceil) {
        return new Pooling(
                Axis.sliding(
                        height, window.height(), window.strideHeight(), window.dilationHeight(), top, bottom, ceil),
                Axis.sliding(width, window.width(), window.strideWidth(), window.dilationWidth(), left, right, ceil));
    }

    /// So many windows that cover a plane as evenly as it goes: window i of n sees pixels ⌊i·size / n⌋ to
    /// ⌈(i + 1)·size / n⌉, as PyTorch's adaptive pooling.
    public static Pooling adaptive(int inHeight, int inWidth, int height, int width) {
        return new Pooling(Axis.shared(inHeight, height), Axis.shared(inWidth, width));
    }

    /// The size of a plane, as `28×28`.
    public String in() {
        return rows.size + "×" + columns.size;
    }

    /// The size of a plane of windows, as `14×14`.
    public String out() {
        return rows.count + "×" + columns.count;
    }

    /// Pixels of a plane.
    public int area() {
        return Math.multiplyExact(rows.size, columns.size);
    }

    /// Windows on a plane: the pixels that come out.
    public int outArea() {
        return Math.multiplyExact(rows.count, columns.count);
    }

    /// What a pixel counts in the mean of a window: 1 / number of places.
    /// @param padding whether places in the padding count
    public float share(int i, int j, boolean padding) {
        float high = padding ? rows.places(i) : rows.end(i) - rows.first(i);
        float wide = padding ? columns.places(j) : columns.end(j) - columns.first(j);
        return 1 / (high * wide);
    }
}
