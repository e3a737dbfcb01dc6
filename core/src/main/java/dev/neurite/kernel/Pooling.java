package dev.neurite.kernel;

import dev.neurite.error.ShapeException;

/// The windows of a pooling: which pixels of a plane each window covers.
/// @param rows the windows along the height
/// @param columns the windows along the width
public record Pooling(Axis rows, Axis columns) {
    /// The windows along one axis.
    ///
    /// Window i covers pixels `first(i)`, `first(i) + dilation`, … before `end(i)`.
    /// @param size the number of pixels
    /// @param count the number of windows
    /// @param kernel the kernel size; 0 for adaptive pooling
    /// @param stride the distance between windows
    /// @param dilation the distance between the pixels of a window
    /// @param before the padding before the first pixel
    /// @param after the padding after the last pixel; it counts in means, which positions beyond it
    /// do not
    public record Axis(int size, int count, int kernel, int stride, int dilation, int before, int after) {
        /// @param ceil whether the last window may reach beyond the end, if it starts before it
        static Axis sliding(int size, int kernel, int stride, int dilation, int before, int after, boolean ceil) {
            int room = size + before + after - (kernel - 1) * dilation - 1;
            int count = (ceil ? Math.ceilDiv(room, stride) : Math.floorDiv(room, stride)) + 1;
            if (ceil && (count - 1) * stride >= size + before) count--;
            var axis = new Axis(size, count, kernel, stride, dilation, before, after);
            for (int i = 0; i < count; i++) {
                if (axis.first(i) >= axis.end(i)) count = 0; // covers no pixel
            }
            if (count >= 1) return axis;
            throw new ShapeException(
                    "pooling",
                    "expects windows that cover a pixel, got a window of " + kernel + " on an axis of " + size
                            + " with " + before + " and " + after + " of padding");
        }

        /// The windows of an adaptive pooling, which divide the axis as evenly as possible.
        static Axis shared(int size, int count) {
            if (size < 1 || count < 1) {
                throw new ShapeException("pooling", "expects 1 or more, got " + count + " windows on " + size);
            }
            return new Axis(size, count, 0, 0, 1, 0, 0);
        }

        private int begin(int i) {
            return i * stride - before;
        }

        /// The first pixel of window i.
        public int first(int i) {
            if (kernel == 0) return (int) ((long) i * size / count);
            int begin = begin(i);
            return begin >= 0 ? begin : begin + Math.ceilDiv(-begin, dilation) * dilation;
        }

        /// The end of window i, after its last pixel.
        public int end(int i) {
            if (kernel == 0) return (int) Math.ceilDiv((i + 1L) * size, (long) count);
            return Math.min(begin(i) + (kernel - 1) * dilation + 1, size);
        }

        /// The number of positions of window i that count in a mean, padding included.
        int places(int i) {
            return kernel == 0 ? end(i) - first(i) : Math.min(begin(i) + kernel, size + after) - begin(i);
        }

        /// The first window without padding before it.
        public int firstInside() {
            return kernel == 0 ? count : Math.min(count, Math.ceilDiv(before, stride));
        }

        /// The first window, from [#firstInside()] on, that reaches beyond the end.
        public int endOfInside() {
            if (kernel == 0) return count;
            int room = size + before - (kernel - 1) * dilation - 1;
            return room < 0 ? firstInside() : Math.max(firstInside(), Math.min(count, room / stride + 1));
        }
    }

    /// A window that slides over padded planes.
    /// @param ceil whether the last window may reach beyond the padding, if it starts in the plane
    /// or in the padding before it: PyTorch's `ceil_mode`
    /// @throws ShapeException if there would be no window, or one that covers no pixel
    public static Pooling sliding(
            int height, int width, Window window, int top, int left, int bottom, int right, boolean ceil) {
        return new Pooling(
                Axis.sliding(
                        height, window.height(), window.strideHeight(), window.dilationHeight(), top, bottom, ceil),
                Axis.sliding(width, window.width(), window.strideWidth(), window.dilationWidth(), left, right, ceil));
    }

    /// The windows of an adaptive pooling: window i of n covers pixels ⌊i·size / n⌋ to ⌈(i +
    /// 1)·size / n⌉, as in PyTorch.
    public static Pooling adaptive(int inHeight, int inWidth, int height, int width) {
        return new Pooling(Axis.shared(inHeight, height), Axis.shared(inWidth, width));
    }

    /// The size of an input plane, as `28×28`.
    public String in() {
        return rows.size + "×" + columns.size;
    }

    /// The size of an output plane, as `14×14`.
    public String out() {
        return rows.count + "×" + columns.count;
    }

    /// The pixels of an input plane.
    public int area() {
        return Math.multiplyExact(rows.size, columns.size);
    }

    /// The pixels of an output plane: one per window.
    public int outArea() {
        return Math.multiplyExact(rows.count, columns.count);
    }

    /// The weight of a pixel in the mean of window (i, j): 1 / number of positions.
    /// @param padding whether positions in the padding count
    public float share(int i, int j, boolean padding) {
        float high = padding ? rows.places(i) : rows.end(i) - rows.first(i);
        float wide = padding ? columns.places(j) : columns.end(j) - columns.first(j);
        return 1 / (high * wide);
    }
}
