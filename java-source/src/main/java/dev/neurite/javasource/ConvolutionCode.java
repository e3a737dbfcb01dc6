package dev.neurite.javasource;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Window;
import dev.neurite.layer.Conv1d;
import dev.neurite.layer.Conv2d;
import dev.neurite.layer.ConvAdd;
import dev.neurite.layer.DepthwiseConv2d;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Node;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Convolutions of images; of sequences, which count as images of one row.
/// @param groups the number of groups
/// @param window kernel size, stride and dilation
/// @param padding around the image
record ConvolutionCode(int groups, Window window, Padding padding, Elementwise activation) {
    private static final int AT_ONCE = 1 << 18; // numbers of windows: 1 MB

    static ConvolutionCode of(Node node, Shape in) {
        return switch (node) {
            case Conv2d c -> new ConvolutionCode(c.groups(), c.window(), c.padding(), c.activation());
            case ConvAdd(Conv2d c) -> new ConvolutionCode(c.groups(), c.window(), c.padding(), c.activation());
            case DepthwiseConv2d c -> new ConvolutionCode(in.extent(0), c.window(), c.padding(), c.activation());
            case Conv1d c -> {
                var row = new Window(1, c.kernel(), 1, c.stride(), 1, c.dilation());
                yield new ConvolutionCode(c.groups(), row, c.padding().ofRow(row), c.activation());
            }
            default -> throw new IllegalArgumentException(node.toString());
        };
    }

    /// Writes the method of a layer.
    /// @param in the input, and what is added before the activation, if anything is
    LayerValue write(BuiltNode built, List<LayerValue> in, ClassDraft draft) {
        ClassDraft.Layer layer = draft.layer(built);
        LayerValue x = in.getFirst();
        LayerValue y = layer.output();
        if (layer.has("bias")) layer.call("spread", layer.weight("bias"), y.area(), y.field());
        else layer.call("clear", y.field(), y.count());
        if (in.size() > 1) layer.call("add", in.get(1).field(), y.count(), y.field());
        Geometry place = padding.around(rows(x), columns(x), window);
        if (isPointwise(place)) {
            layer.call("pointwise", x.field(), channels(x), x.area(), layer.weight("weight"), y.field(), channels(y));
        } else {
            slide(place, x, y, layer, draft);
        }
        ActivationCode.apply(activation, y, layer);
        layer.end("Convolution of " + window.toString().replace('×', 'x')
                + (groups > 1 ? " in " + groups + " groups" : "") + (in.size() > 1 ? ", plus the other branch" : "")
                + ActivationCode.comment(activation));
        return y;
    }

    private void slide(Geometry place, LayerValue x, LayerValue y, ClassDraft.Layer layer, ClassDraft draft) {
        int inputs = channels(x) / groups;
        int ofChannel = window.area() * place.outArea();
        int atOnce = Math.clamp(AT_ONCE / ofChannel, 1, inputs);
        draft.needWindows(Math.multiplyExact(atOnce, ofChannel));
        layer.line("// input; kernel, stride, dilation; rows and columns of zeros before the first");
        layer.call(
                "convolve",
                x.field(),
                groups,
                inputs,
                windows(x, window, place),
                layer.weight("weight"),
                y.field(),
                channels(y) / groups,
                place.outHeight(),
                place.outWidth(),
                atOnce,
                "windows");
    }

    private boolean isPointwise(Geometry place) {
        boolean still = window.strideHeight() * window.strideWidth() == 1;
        return groups == 1
                && window.area() == 1
                && still
                && place.outArea() == place.area()
                && place.top() + place.left() == 0;
    }

    /// How windows lie on an input: its extents; their size, stride and dilation; rows and columns before the first.
    static List<Object> windows(LayerValue x, Window window, Geometry place) {
        return List.of(
                rows(x),
                columns(x),
                window.height(),
                window.width(),
                window.strideHeight(),
                window.strideWidth(),
                window.dilationHeight(),
                window.dilationWidth(),
                place.top(),
                place.left());
    }

    static int channels(LayerValue x) {
        return x.shape().extent(0);
    }

    static int rows(LayerValue x) {
        return x.shape().rank() == 2 ? 1 : x.shape().extent(1);
    }

    static int columns(LayerValue x) {
        return x.shape().extent(x.shape().rank() - 1);
    }
}
