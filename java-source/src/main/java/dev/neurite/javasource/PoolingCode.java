package dev.neurite.javasource;

import static dev.neurite.javasource.ConvolutionCode.channels;
import static dev.neurite.javasource.ConvolutionCode.columns;
import static dev.neurite.javasource.ConvolutionCode.rows;
import static dev.neurite.javasource.ConvolutionCode.windows;

import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.AdaptiveAvgPool1d;
import dev.neurite.layer.AdaptiveAvgPool2d;
import dev.neurite.layer.AdaptiveMaxPool1d;
import dev.neurite.layer.AdaptiveMaxPool2d;
import dev.neurite.layer.AvgPool1d;
import dev.neurite.layer.AvgPool2d;
import dev.neurite.layer.GlobalAvgPool;
import dev.neurite.layer.GlobalMaxPool;
import dev.neurite.layer.MaxPool1d;
import dev.neurite.layer.MaxPool2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Node;

/// Poolings of images; of sequences, which count as images of one row.
final class PoolingCode {
    private PoolingCode() {}

    /// Whether a node is a pooling.
    static boolean isOne(Node node) {
        return node instanceof MaxPool1d
                || node instanceof MaxPool2d
                || node instanceof AvgPool1d
                || node instanceof AvgPool2d
                || node instanceof AdaptiveMaxPool1d
                || node instanceof AdaptiveMaxPool2d
                || node instanceof AdaptiveAvgPool1d
                || node instanceof AdaptiveAvgPool2d
                || node instanceof GlobalMaxPool
                || node instanceof GlobalAvgPool;
    }

    static LayerValue write(BuiltNode built, LayerValue x, ClassDraft draft) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue y = layer.output();
        switch (built.node()) {
            case MaxPool1d p -> {
                var row = new Window(1, p.kernel(), 1, p.stride(), 1, p.dilation());
                max(row, p.padding().ofRow(row), x, y, layer);
            }
            case MaxPool2d p -> max(p.window(), p.padding(), x, y, layer);
            case AvgPool1d p -> {
                var row = new Window(1, p.kernel(), 1, p.stride(), 1, 1);
                mean(row, p.padding().ofRow(row), p.paddingCounts(), x, y, layer);
            }
            case AvgPool2d p -> mean(p.window(), p.padding(), p.paddingCounts(), x, y, layer);
            case AdaptiveMaxPool1d _, AdaptiveMaxPool2d _, GlobalMaxPool _ ->
                parts("maxOfParts", "The maximum of each part", x, y, layer);
            default -> parts("meanOfParts", "The mean of each part", x, y, layer);
        }
        return y;
    }

    private static void max(Window window, Padding padding, LayerValue x, LayerValue y, ClassDraft.Layer layer) {
        Geometry place = place(window, padding, x);
        layer.call("maxPool", x.field(), channels(x), windows(x, window, place), y.field(), rows(y), columns(y));
        layer.end("The maximum of windows of " + window.toString().replace('×', 'x'));
    }

    private static void mean(
            Window window, Padding padding, boolean edgeCounts, LayerValue x, LayerValue y, ClassDraft.Layer layer) {
        Geometry place = place(window, padding, x);
        layer.call(
                "meanPool",
                x.field(),
                channels(x),
                rows(x),
                columns(x),
                window.height(),
                window.width(),
                window.strideHeight(),
                window.strideWidth(),
                place.top(),
                place.left(),
                place.bottom(),
                place.right(),
                edgeCounts,
                y.field(),
                rows(y),
                columns(y));
        layer.end("The mean of windows of " + window.toString().replace('×', 'x'));
    }

    private static Geometry place(Window window, Padding padding, LayerValue x) {
        return padding.same()
                ? padding.around(rows(x), columns(x), window)
                : new Geometry(
                        rows(x),
                        columns(x),
                        Window.of(1, 1),
                        padding.top(),
                        padding.left(),
                        padding.bottom(),
                        padding.right());
    }

    private static void parts(String method, String comment, LayerValue x, LayerValue y, ClassDraft.Layer layer) {
        boolean global = y.shape().rank() == 1;
        int height = x.shape().rank() == 3 ? rows(x) : 1;
        int width = x.area() / height;
        layer.call(
                method,
                x.field(),
                channels(x),
                height,
                width,
                y.field(),
                global ? 1 : rows(y),
                global ? 1 : columns(y));
        layer.end(global ? comment.replace("each part", "each channel") : comment);
    }
}
