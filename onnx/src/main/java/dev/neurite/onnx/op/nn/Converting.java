package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Planes;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.tensor.Layout;
import java.util.List;

/// Conversions between the layouts of images.
public final class Converting {
    /// An operator of Neurite's own: the same image in the layout of the attribute [Convolving#LAYOUT].
    public static final String CONVERT = "Convert";

    private Converting() {}

    public static void register(Operators all) {
        all.add(OnnxNode.OWN, CONVERT, Converting::convert);
    }

    public static OnnxNode node(String x, String y, Layout layout) {
        return OnnxNode.own(
                y, CONVERT, List.of(x), List.of(y), Attributes.none(y).with(Convolving.LAYOUT, layout));
    }

    private static ReadyNode convert(NodeCall call) {
        Layout layout = call.attributes().own(Convolving.LAYOUT, Layout.class).orElseThrow();
        Planes kernels = call.kernels().planes();
        return ReadyNode.of(
                Fact.of(call.shape(0), layout), (in, out) -> kernels.convert(in[0].tensor(), out[0].tensor()));
    }
}
