package dev.neurite.onnx.export;

import dev.neurite.layer.BatchNorm;
import dev.neurite.layer.GroupNorm;
import dev.neurite.layer.InstanceNorm;
import dev.neurite.layer.LayerNorm;
import dev.neurite.layer.RmsNorm;
import dev.neurite.layer.Standardize;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.Map;

/// Normalizations.
final class NormExport {
    private NormExport() {}

    /// g(x̂·w + b) with the running statistics.
    static String batch(GraphBuilder b, BatchNorm norm, BuiltNode layer, String x) {
        return Activations.of(b, layer, norm.activation(), normalized(b, norm, layer, x));
    }

    /// g(x̂·w + b + r).
    static String add(GraphBuilder b, BatchNorm norm, BuiltNode layer, String x, String r) {
        return Activations.of(b, layer, norm.activation(), b.add("Add", normalized(b, norm, layer, x), r));
    }

    private static String normalized(GraphBuilder b, BatchNorm norm, BuiltNode layer, String x) {
        Shape channels = Shape.of(layer.inputs().getFirst().extent(0));
        return b.add(
                "BatchNormalization",
                Map.of("epsilon", (float) norm.epsilon(), "momentum", (float) (1 - norm.momentum())),
                x,
                norm.affine() ? b.parameter(layer, "weight") : filled(b, "weight", channels, 1),
                norm.affine() ? b.parameter(layer, "bias") : filled(b, "bias", channels, 0),
                b.parameter(layer, "running_mean"),
                b.parameter(layer, "running_var"));
    }

    private static Map<String, Object> epsilon(double epsilon) {
        return Map.of("epsilon", (float) epsilon);
    }

    private static String filled(GraphBuilder b, String name, Shape shape, float value) {
        float[] values = new float[shape.size()];
        Arrays.fill(values, value);
        return b.constant(name, Value.of(shape, values));
    }

    static String layer(GraphBuilder b, LayerNorm norm, BuiltNode layer, String x) {
        Shape last = last(layer, norm.axes());
        String w = norm.affine() ? b.parameter(layer, "weight") : filled(b, "weight", last, 1);
        Map<String, Object> how = Map.of("axis", (long) -last.rank(), "epsilon", (float) norm.epsilon());
        return norm.affine() && norm.bias()
                ? b.add("LayerNormalization", how, x, w, b.parameter(layer, "bias"))
                : b.add("LayerNormalization", how, x, w);
    }

    /// The last axes of a row; 0 for all.
    private static Shape last(BuiltNode layer, int axes) {
        Shape in = layer.inputs().getFirst();
        int first = axes == 0 ? 0 : in.rank() - axes;
        return Shape.of(in.extents().subList(first, in.rank()).stream()
                .mapToInt(Integer::intValue)
                .toArray());
    }

    /// An instance norm of groups, then weights: the pattern that GroupNormalization is short for, which has another
    /// meaning before opset 21.
    static String group(GraphBuilder b, GroupNorm norm, BuiltNode layer, String x) {
        Shape in = layer.inputs().getFirst();
        Shape groups = Shape.of(norm.groups());
        String y = b.add(
                "InstanceNormalization",
                epsilon(norm.epsilon()),
                b.reshape(x, 0, norm.groups(), -1),
                filled(b, "ones", groups, 1),
                filled(b, "zeros", groups, 0));
        y = b.add("Reshape", y, b.add("Shape", x));
        if (!norm.affine()) return y;
        String w = ProductExport.ofChannels(b, b.parameter(layer, "weight"), in.rank());
        return b.add("Add", b.add("Mul", y, w), ProductExport.ofChannels(b, b.parameter(layer, "bias"), in.rank()));
    }

    static String instance(GraphBuilder b, InstanceNorm norm, BuiltNode layer, String x) {
        Shape in = layer.inputs().getFirst();
        if (in.extent(0)
                == Shape.OPEN) { // any number of channels: each is normalized over its last axes, without weights
            Shape plane = in.row();
            Map<String, Object> how = Map.of("axis", 2L, "epsilon", (float) norm.epsilon());
            return b.add("LayerNormalization", how, x, filled(b, "weight", plane, 1));
        }
        Shape channels = Shape.of(in.extent(0));
        return b.add(
                "InstanceNormalization",
                epsilon(norm.epsilon()),
                x,
                norm.affine() ? b.parameter(layer, "weight") : filled(b, "weight", channels, 1),
                norm.affine() ? b.parameter(layer, "bias") : filled(b, "bias", channels, 0));
    }

    /// x / √(mean of x² + ε)·w
    static String rms(GraphBuilder b, RmsNorm norm, BuiltNode layer, String x) {
        int count = last(layer, norm.axes()).rank();
        long[] axes = new long[count];
        for (int i = 0; i < count; i++) axes[i] = (long) i - count;
        String mean = b.reduce("ReduceMean", b.add("Pow", x, b.number(2)), true, axes);
        String root = b.add("Sqrt", b.add("Add", mean, b.number((float) norm.epsilon())));
        String y = b.add("Div", x, root);
        return norm.affine() ? b.add("Mul", y, b.parameter(layer, "weight")) : y;
    }

    static String standardize(GraphBuilder b, Standardize scale, BuiltNode layer, String x) {
        int rank = layer.inputs().getFirst().rank();
        String means = ProductExport.ofChannels(b, b.constant("means", Value.of(scale.means())), rank);
        String factors = ProductExport.ofChannels(b, b.constant("factors", Value.of(scale.factors())), rank);
        return b.add("Mul", b.add("Sub", x, means), factors);
    }
}
