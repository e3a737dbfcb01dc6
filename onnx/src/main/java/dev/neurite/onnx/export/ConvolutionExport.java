package dev.neurite.onnx.export;

import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Conv1d;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.ConvTranspose1d;
import dev.neurite.layer.ConvTranspose2d;
import dev.neurite.layer.ConvolutionLayer;
import dev.neurite.layer.DepthwiseConv2d;
import dev.neurite.layer.Extent;
import dev.neurite.model.BuiltNode;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Convolutions.
final class ConvolutionExport {
    private ConvolutionExport() {}

    /// g(W ∗ x + b).
    static String of(GraphBuilder b, ConvolutionLayer<?> conv, BuiltNode layer, String x) {
        return Activations.of(b, layer, conv.activation(), product(b, conv, layer, x));
    }

    /// g(W ∗ x + b + r).
    static String add(GraphBuilder b, Conv2d conv, BuiltNode layer, String x, String r) {
        return Activations.of(b, layer, conv.activation(), b.add("Add", product(b, conv, layer, x), r));
    }

    private static String product(GraphBuilder b, ConvolutionLayer<?> conv, BuiltNode layer, String x) {
        Shape in = layer.inputs().getFirst();
        boolean pads = conv instanceof Conv1d c && paddedBefore(c, in);
        Map<String, Object> how = switch (conv) {
            case Conv1d c -> flat(sliding(row(c.kernel(), c.stride(), c.dilation()), c.groups()), c.padding(), c, in);
            case Conv2d c -> padded(sliding(c.window(), c.groups()), c.padding(), c.window(), in);
            case DepthwiseConv2d c -> padded(sliding(c.window(), in.extent(0)), c.padding(), c.window(), in);
            case ConvTranspose1d c -> {
                Window window = row(c.kernel(), c.stride(), c.dilation());
                Padding padding = c.padding().ofRow(window);
                Extent extra = new Extent(0, c.outputPadding());
                yield withoutRows(transposed(sliding(window, c.groups()), window, padding, extra));
            }
            case ConvTranspose2d c ->
                transposed(sliding(c.window(), c.groups()), c.window(), c.padding(), c.outputPadding());
        };
        boolean transposed = conv instanceof ConvTranspose1d || conv instanceof ConvTranspose2d;
        String rows = conv instanceof Conv1d c && pads ? padded(b, row(c.kernel(), c.stride(), c.dilation()), 0, x) : x;
        List<String> inputs = new ArrayList<>(List.of(rows, b.parameter(layer, "weight")));
        if (conv.bias()) inputs.add(b.parameter(layer, "bias"));
        return b.add(transposed ? "ConvTranspose" : "Conv", how, inputs.toArray(String[]::new));
    }

    private static Window row(int kernel, int stride, int dilation) {
        return new Window(1, kernel, 1, stride, 1, dilation);
    }

    private static Map<String, Object> sliding(Window window, int groups) {
        Map<String, Object> how = new TreeMap<>(window(window));
        how.put("group", (long) groups);
        return how;
    }

    /// Kernel, strides and dilations.
    static Map<String, Object> window(Window window) {
        return Map.of(
                "kernel_shape", List.of((long) window.height(), (long) window.width()),
                "strides", List.of((long) window.strideHeight(), (long) window.strideWidth()),
                "dilations", List.of((long) window.dilationHeight(), (long) window.dilationWidth()));
    }

    private static Map<String, Object> padded(Map<String, Object> how, Padding padding, Window window, Shape in) {
        Geometry g = padding.around(in.extent(1), in.extent(2), window);
        how.put("pads", pads(g.top(), g.left(), g.bottom(), g.right()));
        return how;
    }

    static List<Long> pads(long top, long left, long bottom, long right) {
        return List.of(top, left, bottom, right);
    }

    private static Map<String, Object> flat(Map<String, Object> how, Padding1d padding, Conv1d conv, Shape in) {
        Window window = row(conv.kernel(), conv.stride(), conv.dilation());
        boolean open = in.extent(1) == Shape.OPEN;
        if (paddedBefore(conv, in)) return withoutRows(how);
        if (open && padding.same() && conv.stride() > 1) {
            how.put("auto_pad", "SAME_UPPER"); // zeros whose number depends on the length
            return withoutRows(how);
        }
        return withoutRows(padded(
                how,
                padding.ofRow(window),
                window,
                open ? Shape.of(1, 1, window.reachWidth()) : Shape.of(1, 1, in.extent(1))));
    }

    /// Whether the padding depends on the length in a way that no attribute says: onnxruntime takes no
    /// `auto_pad` together with dilations.
    private static boolean paddedBefore(Conv1d conv, Shape in) {
        return in.extent(1) == Shape.OPEN && conv.padding().same() && conv.stride() > 1 && conv.dilation() > 1;
    }

    /// Sequences of any length with what SAME adds on both sides for this window.
    static String padded(GraphBuilder b, Window window, float value, String x) {
        int stride = window.strideWidth();
        String length = b.extent(x, 2);
        String windows = b.add("Div", b.add("Add", length, b.index(stride - 1)), b.index(stride));
        String reach = b.add(
                "Add", b.add("Mul", b.add("Sub", windows, b.index(1)), b.index(stride)), b.index(window.reachWidth()));
        String missing = b.add("Max", b.add("Sub", reach, length), b.index(0));
        String before = b.add("Div", missing, b.index(2));
        String none = b.longs(0, 0);
        String pads = b.concat(0, List.of(none, before, none, b.add("Sub", missing, before)));
        return value == 0 ? b.add("Pad", x, pads) : b.add("Pad", x, pads, b.number(value));
    }

    /// Settings of sequences, made of those of images of one row.
    static Map<String, Object> withoutRows(Map<String, Object> ofImages) {
        Map<String, Object> flat = new TreeMap<>(ofImages);
        flat.replaceAll((name, value) -> {
            if (!(value instanceof List<?> list)) return value;
            return name.equals("pads") ? List.of(list.get(1), list.get(3)) : List.of(list.get(1));
        });
        return flat;
    }

    private static Map<String, Object> transposed(
            Map<String, Object> how, Window window, Padding padding, Extent extra) {
        if (!padding.same()) {
            how.put("pads", pads(padding.top(), padding.left(), padding.bottom(), padding.right()));
            how.put("output_padding", List.of((long) extra.height(), (long) extra.width()));
            return how;
        }
        // The output has stride times as many pixels: what the windows reach beyond is removed, what they lack is
        // added.
        long rows = (long) window.reachHeight() - window.strideHeight();
        long columns = (long) window.reachWidth() - window.strideWidth();
        long top = Math.max(0, rows) / 2;
        long left = Math.max(0, columns) / 2;
        how.put("pads", pads(top, left, Math.max(0, rows) - top, Math.max(0, columns) - left));
        how.put("output_padding", List.of(Math.max(0, -rows), Math.max(0, -columns)));
        return how;
    }
}
