package dev.neurite.onnx.plan;

import static dev.neurite.onnx.op.quantized.QuantizedDense.QUANTIZED_DENSE;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Makes one step of a product of bytes and what makes floats of its sums.
final class FusingQuantizedDense {
    private FusingQuantizedDense() {}

    /// MatMulInteger, Cast to floats, and Mul by the product of both scales: as onnxruntime quantizes MatMul
    /// dynamically.
    static boolean dense(Draft draft, OnnxNode node) {
        if (!node.is("Mul")) return false;
        for (int i = 0; i < 2; i++) {
            OnnxNode cast = draft.onlyFor(node.inputs().get(i), "Cast");
            OnnxNode product = cast == null ? null : draft.onlyFor(cast.inputs().getFirst(), "MatMulInteger");
            OnnxNode scales = draft.onlyFor(node.inputs().get(1 - i), "Mul");
            if (cast == null || product == null || scales == null) continue;
            if (draft.floats(cast.outputs().getFirst()) == null) continue;
            for (int k = 0; k < 2; k++) {
                String ofX = scales.inputs().get(k);
                String ofW = scales.inputs().get(1 - k);
                if (!fits(draft, product, ofX, ofW)) continue;
                var dense = OnnxNode.own(
                        product.name(),
                        QUANTIZED_DENSE,
                        List.of(
                                product.inputs().getFirst(),
                                product.inputs().get(1),
                                "",
                                "",
                                ofX,
                                product.input(2),
                                ofW,
                                product.input(3)),
                        node.outputs(),
                        Attributes.none(product.name()));
                draft.replace(node, dense, scales, cast, product);
                return true;
            }
        }
        return false;
    }

    /// Whether x has one scale and zero point, and W, a matrix, constant ones: one, or one for each column.
    private static boolean fits(Draft draft, OnnxNode product, String ofX, String ofW) {
        Constant w = draft.constant(product.inputs().get(1));
        Constant scale = draft.constant(ofW);
        Shape one = draft.floats(ofX);
        if (w == null || w.shape().rank() != 2 || w.shape().size() == 0 || one == null || one.size() != 1) return false;
        int columns = w.shape().extent(1);
        if (scale == null || scale.type() != ElementType.FLOAT || !isOneOrEach(scale.shape(), columns)) return false;
        String zeroOfX = product.input(2);
        Shape zero = draft.shape(zeroOfX);
        if (!zeroOfX.isEmpty() && (zero == null || zero.size() != 1)) return false;
        String zeroOfW = product.input(3);
        Constant zeros = draft.constant(zeroOfW);
        return zeroOfW.isEmpty() || (zeros != null && isOneOrEach(zeros.shape(), columns));
    }

    private static boolean isOneOrEach(Shape shape, int columns) {
        return shape.size() == 1 || shape.equals(Shape.of(columns));
    }
}
