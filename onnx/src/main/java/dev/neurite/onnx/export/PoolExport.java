package dev.neurite.onnx.export;

import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Map;
import java.util.TreeMap;

/// Pooling.
final class PoolExport {
    /// The opset from which onnxruntime divides by what a window has of the padded values alone.
    private static final int WITH_COUNTS_ROUNDED_UP = 19;

    private PoolExport() {}

    static String global(GraphBuilder b, String op, String x) {
        return b.add("Flatten", Map.of("axis", 1L), b.add(op, x));
    }

    // ------------------------------------------------------------------------------------------------ sliding windows

    /// What a pooling does, for images or for sequences as images of one row.
    /// @param counts whether means count the padding
    private record Pool(Window window, Padding padding, boolean ceil, boolean mean, boolean counts, boolean flat) {
        static Pool of(BuiltNode layer) {
            return switch (layer.node()) {
                case MaxPool2d p -> new Pool(p.window(), p.padding(), p.ceil(), false, false, false);
                case AvgPool2d p -> new Pool(p.window(), p.padding(), p.ceil(), true, p.paddingCounts(), false);
                case MaxPool1d p -> {
                    Window window = new Window(1, p.kernel(), 1, p.stride(), 1, p.dilation());
                    yield new Pool(window, p.padding().ofRow(window), p.ceil(), false, false, true);
                }
                case AvgPool1d p -> {
                    Window window = new Window(1, p.kernel(), 1, p.stride(), 1, 1);
                    yield new Pool(window, p.padding().ofRow(window), p.ceil(), true, p.paddingCounts(), true);
                }
                default -> throw new IllegalStateException("no pooling: " + layer.node());
            };
        }

        String op() {
            return mean ? "AveragePool" : "MaxPool";
        }

        /// Kernel and strides, and dilations where there are any.
        Map<String, Object> how() {
            Map<String, Object> how = new TreeMap<>(ConvolutionExport.window(window));
            if (mean) how.remove("dilations");
            return how;
        }

        String add(GraphBuilder b, Map<String, Object> how, String x) {
            return b.add(op(), flat ? ConvolutionExport.withoutRows(how) : how, x);
        }

        /// Pools a value that has all its padding itself, so that none is left to count or not.
        String addPadded(GraphBuilder b, Map<String, Object> how, String x) {
            if (mean) how.put("count_include_pad", 0L);
            return add(b, how, x);
        }

        /// What stands beside the values: nothing for maxima, zeros for means.
        float around() {
            return mean ? 0 : Float.NEGATIVE_INFINITY;
        }

        /// Whether there is as much padding as the kernel has elements, which onnxruntime refuses.
        boolean isWide(long top, long left, long bottom, long right) {
            return Math.max(top, bottom) >= window.height() || Math.max(left, right) >= window.width();
        }
    }

    static String sliding(GraphBuilder b, BuiltNode layer, String x) {
        Pool pool = Pool.of(layer);
        Shape in = layer.inputs().getFirst();
        Shape out = layer.outputs().getFirst();
        if (in.extent(in.rank() - 1) == Shape.OPEN) return open(b, layer, pool, x);
        int height = pool.flat ? 1 : in.extent(1);
        int width = in.extent(in.rank() - 1);
        Window window = pool.window;
        Padding padding = pool.padding;
        if (padding.same()) {
            Geometry g = padding.around(height, width, window);
            padding = new Padding(false, g.top(), g.left(), g.bottom(), g.right());
        }
        int bottom =
                end(pool.flat ? 1 : out.extent(1), window.strideHeight(), window.reachHeight(), height, padding.top());
        int right = end(out.extent(out.rank() - 1), window.strideWidth(), window.reachWidth(), width, padding.left());
        if (!pool.ceil) {
            bottom = padding.bottom();
            right = padding.right();
        }
        boolean beyond = bottom > padding.bottom() || right > padding.right();
        boolean uneven = padding.left() != padding.right()
                || (!pool.flat && (padding.top() != padding.bottom() || padding.top() != padding.left()));
        Map<String, Object> how = pool.how();
        if (pool.mean && pool.counts && (beyond || uneven)) {
            // Zeros count, but what lies beyond them does not. Uneven ones onnxruntime counts wrongly.
            x = zeros(b, pool.flat, padding, x);
            how.put(
                    "pads",
                    ConvolutionExport.pads(
                            0, 0, Math.max(0, bottom - padding.bottom()), Math.max(0, right - padding.right())));
        } else if (!pool.mean && pool.isWide(padding.top(), padding.left(), bottom, right)) {
            var all = new Padding(false, padding.top(), padding.left(), bottom, right);
            x = padded(b, pool.flat, all, pool.around(), x);
        } else {
            how.put("pads", ConvolutionExport.pads(padding.top(), padding.left(), bottom, right));
            if (pool.mean) how.put("count_include_pad", pool.counts ? 1L : 0L);
        }
        return pool.add(b, how, x);
    }

    /// The padding after the end with which exactly this many windows fit, so that no rounding is needed.
    private static int end(int count, int stride, int reach, int extent, int before) {
        return Math.max(0, (count - 1) * stride + reach - extent - before);
    }

    /// Zeros around values. With opsets 19 and 20 onnxruntime would join them with the mean that follows, and then
    /// count them wrongly, if their axes were not said.
    private static String zeros(GraphBuilder b, boolean flat, Padding padding, String x) {
        if (b.opset() < WITH_COUNTS_ROUNDED_UP) return padded(b, flat, padding, 0, x);
        String pads = flat
                ? b.longs(padding.left(), padding.right())
                : b.longs(padding.top(), padding.left(), padding.bottom(), padding.right());
        return b.add("Pad", x, pads, b.number(0), flat ? b.longs(2) : b.longs(2, 3));
    }

    private static String padded(GraphBuilder b, boolean flat, Padding padding, float value, String x) {
        String pads = flat
                ? b.longs(0, 0, padding.left(), 0, 0, padding.right())
                : b.longs(0, 0, padding.top(), padding.left(), 0, 0, padding.bottom(), padding.right());
        return value == 0 ? b.add("Pad", x, pads) : b.add("Pad", x, pads, b.number(value));
    }

    /// Sequences of any length.
    private static String open(GraphBuilder b, BuiltNode layer, Pool pool, String x) {
        Map<String, Object> how = pool.how();
        Window window = pool.window;
        boolean counts = pool.mean && pool.counts;
        boolean depends = pool.padding.same() && window.strideWidth() > 1; // the padding on the length
        if (depends && (counts || window.dilationWidth() > 1)) {
            return pool.addPadded(b, how, ConvolutionExport.padded(b, window, pool.around(), x));
        }
        int missing = window.reachWidth() - 1;
        Padding padding =
                pool.padding.same() ? new Padding(false, 0, missing / 2, 0, missing - missing / 2) : pool.padding;
        boolean uneven = padding.left() != padding.right();
        if (counts && pool.ceil && !padding.isNone() && (uneven || b.opset() < WITH_COUNTS_ROUNDED_UP)) {
            String hint = uneven ? "" : ". Try --opset " + WITH_COUNTS_ROUNDED_UP;
            return b.refuse(layer, "means that count padding, rounded up, of any length" + hint)
                    .getFirst();
        }
        boolean wide = !depends && !pool.mean && pool.isWide(0, padding.left(), 0, padding.right());
        if (wide && pool.ceil) {
            return b.refuse(layer, "maxima with as much padding as the kernel, rounded up, of any length")
                    .getFirst();
        }
        if (pool.ceil) how.put("ceil_mode", 1L);
        if (wide || (counts && uneven && !depends)) {
            String y = wide ? padded(b, true, padding, pool.around(), x) : zeros(b, true, padding, x);
            return pool.addPadded(b, how, y);
        }
        if (depends) how.put("auto_pad", "SAME_UPPER");
        else how.put("pads", ConvolutionExport.pads(0, padding.left(), 0, padding.right()));
        if (pool.mean) how.put("count_include_pad", pool.counts ? 1L : 0L);
        return pool.add(b, how, x);
    }

    // ----------------------------------------------------------------------------------------------------- adaptive

    /// Window i of n spans ⌊i·in / n⌋ to ⌈(i + 1)·in / n⌉, along each axis.
    static String adaptive(GraphBuilder b, BuiltNode layer, boolean mean, String x) {
        Shape in = layer.inputs().getFirst();
        Shape out = layer.outputs().getFirst();
        boolean one = out.size() == out.extent(0);
        if (one) return b.add(mean ? "GlobalAveragePool" : "GlobalMaxPool", x);
        if (in.isKnown() && divides(in, out)) return equal(b, in, out, mean, x);
        String y = x;
        for (int axis = in.rank() - 1; axis > 0; axis--) {
            boolean last = axis == in.rank() - 1;
            if (mean) y = means(b, in.extent(axis), out.extent(axis), last, axis + 1, y);
            else y = maxima(b, in.extent(axis), out.extent(axis), axis + 1, y);
        }
        return y;
    }

    private static boolean divides(Shape in, Shape out) {
        for (int axis = 1; axis < in.rank(); axis++) if (in.extent(axis) % out.extent(axis) != 0) return false;
        return true;
    }

    private static String equal(GraphBuilder b, Shape in, Shape out, boolean mean, String x) {
        boolean flat = in.rank() == 2;
        int height = flat ? 1 : in.extent(1) / out.extent(1);
        int width = in.extent(in.rank() - 1) / out.extent(in.rank() - 1);
        Window window = Window.of(height, width).withStride(height, width);
        var pool = new Pool(window, Padding.VALID, false, mean, false, flat);
        return pool.add(b, pool.how(), x);
    }

    /// Means as a product with a matrix that has in each row the weights of a window.
    private static String means(GraphBuilder b, int in, int n, boolean last, int axis, String x) {
        String w;
        if (in == Shape.OPEN) {
            String inside = b.cast(inside(b, n, axis, x), ElementType.FLOAT); // [n × in]
            w = b.add("Div", inside, b.add("ReduceSum", Map.of("keepdims", 1L), inside, b.longs(1)));
        } else {
            float[] weights = new float[n * in];
            for (int i = 0; i < n; i++) {
                int from = i * in / n;
                int to = Math.ceilDiv((i + 1) * in, n);
                for (int j = from; j < to; j++) weights[i * in + j] = 1f / (to - from);
            }
            w = b.constant("means", Value.of(Shape.of(n, in), weights));
        }
        return last ? b.add("MatMul", x, b.transpose(w, 1, 0)) : b.add("MatMul", w, x);
    }

    /// Whether a place is in a window, `[n × in]`, for an axis of any extent.
    private static String inside(GraphBuilder b, int n, int axis, String x) {
        String extent = b.extent(x, axis);
        String places = b.unsqueeze(b.add("Range", b.index(0), b.squeeze(extent, 0), b.index(1)), 0);
        long[] first = new long[n];
        for (int i = 0; i < n; i++) first[i] = i;
        String windows = b.unsqueeze(b.longs(first), 1);
        String from = b.add("Div", b.add("Mul", windows, extent), b.index(n));
        String next = b.add("Mul", b.add("Add", windows, b.index(1)), extent);
        String to = b.add("Div", b.add("Add", next, b.index(n - 1)), b.index(n)); // rounded up
        return b.add("And", b.add("GreaterOrEqual", places, from), b.add("Less", places, to));
    }

    /// Maxima of the elements of each window, the last of which stands for those that shorter windows lack.
    private static String maxima(GraphBuilder b, int in, int n, int axis, String x) {
        if (in == Shape.OPEN) {
            String spread = b.unsqueeze(x, -2); // [rows × channels × 1 × in]
            String kept = b.add("Where", inside(b, n, axis, x), spread, b.number(Float.NEGATIVE_INFINITY));
            return b.reduce("ReduceMax", kept, false, -1);
        }
        int most = 0;
        for (int i = 0; i < n; i++) most = Math.max(most, Math.ceilDiv((i + 1) * in, n) - i * in / n);
        long[] places = new long[n * most];
        for (int i = 0; i < n; i++) {
            int to = Math.ceilDiv((i + 1) * in, n);
            for (int j = 0; j < most; j++) places[i * most + j] = Math.min(i * in / n + j, to - 1);
        }
        String gathered = b.add(
                "Gather", Map.of("axis", (long) axis), x, b.constant("windows", Value.of(Shape.of(n, most), places)));
        return b.reduce("ReduceMax", gathered, false, axis + 1);
    }
}
