package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Window;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.tensor.Shape;
import java.util.Arrays;

/// Where the windows of a convolution or pooling are, along each spatial axis.
/// @param in the extents of the input
/// @param kernel the positions of a window
/// @param strides the distance between neighboring windows
/// @param dilations the distance between neighboring positions of a window
/// @param before the padding before the first element
/// @param after the padding after the last one
/// @param out the number of windows
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Windows(int[] in, int[] kernel, int[] strides, int[] dilations, int[] before, int[] after, int[] out) {
    private static final int FURTHEST = 1 << 30;

    /// The windows of a node that has the usual attributes.
    /// @param x `[rows × channels × …]`
    /// @param kernel the positions of a window
    /// @param ceil whether the last window may reach beyond the padding
    public static Windows of(NodeCall call, Shape x, int[] kernel, boolean ceil) {
        int axes = kernel.length;
        int[] in = spatial(x);
        int[] strides = attribute(call, "strides", axes, 1);
        int[] dilations = attribute(call, "dilations", axes, 1);
        int[] before = new int[axes];
        int[] after = new int[axes];
        int[] out = new int[axes];
        String automatic = call.attributes().text("auto_pad", "NOTSET");
        if (automatic.equals("NOTSET")) pads(call, before, after);
        for (int i = 0; i < axes; i++) {
            if (kernel[i] < 1) throw call.wrong("expects a kernel from 1, got " + Arrays.toString(kernel));
            long reach = (kernel[i] - 1L) * dilations[i] + 1;
            if (reach > FURTHEST) throw call.wrong("expects windows of less than 2³⁰ elements, got " + reach);
            switch (automatic) {
                case "SAME_UPPER", "SAME_LOWER" -> {
                    int windows = Math.ceilDiv(in[i], strides[i]);
                    int total = (int) Math.max(0, (windows - 1L) * strides[i] + reach - in[i]);
                    before[i] = automatic.equals("SAME_UPPER") ? total / 2 : total - total / 2;
                    after[i] = total - before[i];
                }
                case "NOTSET", "VALID" -> {}
                default ->
                    throw call.wrong("expects auto_pad NOTSET, VALID, SAME_UPPER or SAME_LOWER, got " + automatic);
            }
            long room = (long) in[i] + before[i] + after[i] - reach;
            if (room < 0) {
                throw call.misfit("expects an input on which a window of " + reach + " fits, got " + x + " with "
                        + before[i] + " and " + after[i] + " of padding");
            }
            long windows = (ceil ? Math.ceilDiv(room, (long) strides[i]) : room / strides[i]) + 1;
            if (ceil && (windows - 1) * strides[i] >= (long) in[i] + before[i]) windows--;
            if (windows > Integer.MAX_VALUE) {
                throw call.misfit("expects less than 2³¹ windows along an axis, got " + windows);
            }
            out[i] = (int) windows;
        }
        return new Windows(in, kernel, strides, dilations, before, after, out);
    }

    /// The extents after the first two.
    public static int[] spatial(Shape x) {
        int[] in = new int[x.rank() - 2];
        for (int i = 0; i < in.length; i++) in[i] = x.extent(i + 2);
        return in;
    }

    /// An attribute with a number of at least 1 for each axis.
    public static int[] attribute(NodeCall call, String name, int axes, int usual) {
        long[] given = call.attributes().integers(name).orElse(null);
        if (given == null) {
            int[] all = new int[axes];
            Arrays.fill(all, usual);
            return all;
        }
        if (given.length != axes || Arrays.stream(given).anyMatch(each -> each < 1 || each > FURTHEST)) {
            throw call.wrong("expects " + name + " of " + axes + " numbers from 1, got " + Arrays.toString(given));
        }
        return Arrays.stream(given).mapToInt(each -> (int) each).toArray();
    }

    private static void pads(NodeCall call, int[] before, int[] after) {
        long[] given = call.attributes().integers("pads").orElse(null);
        if (given == null) return;
        int axes = before.length;
        if (given.length != 2 * axes || Arrays.stream(given).anyMatch(each -> each < 0 || each > FURTHEST)) {
            throw call.wrong("expects pads of " + 2 * axes + " numbers from 0, got " + Arrays.toString(given));
        }
        for (int i = 0; i < axes; i++) {
            before[i] = (int) given[i];
            after[i] = (int) given[axes + i];
        }
    }

    /// The number of spatial axes.
    public int axes() {
        return in.length;
    }

    /// The elements of an input plane.
    public int inSize() {
        return product(in);
    }

    /// The windows of a plane.
    public int outSize() {
        return product(out);
    }

    public int taps() {
        return product(kernel);
    }

    private static int product(int[] extents) {
        int product = 1;
        for (int each : extents) product = Math.multiplyExact(product, each);
        return product;
    }

    /// `[rows × channels × windows …]`.
    public Shape shape(int rows, int channels) {
        int[] extents = new int[2 + out.length];
        extents[0] = rows;
        extents[1] = channels;
        System.arraycopy(out, 0, extents, 2, out.length);
        return Shape.of(extents);
    }

    /// As kernels take it: for one axis as planes of one row.
    public Geometry geometry() {
        if (axes() == 1) {
            var row = new Window(1, kernel[0], 1, strides[0], 1, dilations[0]);
            return new Geometry(1, in[0], row, 0, before[0], 0, after[0]);
        }
        var window = new Window(kernel[0], kernel[1], strides[0], strides[1], dilations[0], dilations[1]);
        return new Geometry(in[0], in[1], window, before[0], before[1], after[0], after[1]);
    }

    /// Positions of a window that are in the input.
    @FunctionalInterface
    public interface Taps {
        /// Takes a position.
        /// @param tap the position's number in the window
        /// @param at the index of the input's element in its plane
        void at(int tap, int at);
    }

    /// Walks the positions of a window that are in the input.
    /// @param window its number
    public void forEachTap(int window, Taps work) {
        int axes = axes();
        int[] first = new int[axes];
        int left = window;
        for (int i = axes - 1; i >= 0; i--) {
            first[i] = left % out[i] * strides[i] - before[i];
            left /= out[i];
        }
        int[] index = new int[axes];
        int taps = taps();
        for (int tap = 0; tap < taps; tap++) {
            int at = 0;
            boolean inside = true;
            for (int i = 0; i < axes; i++) {
                int place = first[i] + index[i] * dilations[i];
                inside &= place >= 0 && place < in[i];
                at = at * in[i] + place;
            }
            if (inside) work.at(tap, at);
            for (int i = axes - 1; i >= 0; i--) {
                if (++index[i] < kernel[i]) break;
                index[i] = 0;
            }
        }
    }
}
