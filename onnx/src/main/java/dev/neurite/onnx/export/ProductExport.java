package dev.neurite.onnx.export;

import dev.neurite.layer.PRelu;
import dev.neurite.layer.PRelu.SlopePer;
import dev.neurite.model.BuiltNode;
import dev.neurite.onnx.value.ElementType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Layers of products with weights, and gates.
final class ProductExport {
    private ProductExport() {}

    /// y = x·Wᵀ + b along the last axis: one operator for rows of features, a product and a sum for more axes.
    /// @param weight the name of W in the layer
    static String linear(GraphBuilder b, BuiltNode layer, String weight, boolean bias, String x) {
        String w = b.parameter(layer, weight);
        if (layer.inputs().getFirst().rank() == 1) {
            Map<String, Object> turned = Map.of("transB", 1L);
            return bias ? b.add("Gemm", turned, x, w, b.parameter(layer, "bias")) : b.add("Gemm", turned, x, w);
        }
        return linear(b, w, bias ? b.parameter(layer, "bias") : "", x);
    }

    /// y = x·Wᵀ + b for sequences.
    /// @param bias empty for none
    static String linear(GraphBuilder b, String w, String bias, String x) {
        String product = b.add("MatMul", x, b.transpose(w, 1, 0));
        return bias.isEmpty() ? product : b.add("Add", product, bias);
    }

    static String embedding(GraphBuilder b, BuiltNode layer, String x) {
        return b.add("Gather", b.parameter(layer, "weight"), b.cast(x, ElementType.INT64));
    }

    static String prelu(GraphBuilder b, PRelu prelu, BuiltNode layer, String x) {
        String slope = b.parameter(layer, "slope");
        int rank = layer.inputs().getFirst().rank();
        if (prelu.slopePer() == SlopePer.CHANNEL && rank > 1) slope = ofChannels(b, slope, rank);
        return b.add("PRelu", x, slope);
    }

    /// A vector of channels as what is broadcast to rows.
    /// @param rank of a row
    static String ofChannels(GraphBuilder b, String vector, int rank) {
        if (rank == 1) return vector;
        long[] extents = new long[rank];
        Arrays.fill(extents, 1);
        extents[0] = -1;
        return b.reshape(vector, extents);
    }

    static String glu(GraphBuilder b, int axis, BuiltNode layer, String x) {
        int at = ShapeExport.place(axis, layer.inputs().getFirst());
        long half = layer.outputs().getFirst().extent(at);
        List<String> halves = b.split(x, at + 1, half, half);
        return b.add("Mul", halves.get(0), b.add("Sigmoid", halves.get(1)));
    }
}
