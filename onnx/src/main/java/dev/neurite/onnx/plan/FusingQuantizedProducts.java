package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.math.Products;
import dev.neurite.onnx.op.quantized.Quantized;
import dev.neurite.onnx.op.quantized.RequantizedProduct;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes a product of bytes of one between DequantizeLinear and QuantizeLinear. Its result differs from that of floats
/// only where rounding errors of floats cross the middle between two integers.
final class FusingQuantizedProducts {
    private FusingQuantizedProducts() {}

    static boolean pairs(Draft draft, OnnxNode node) {
        BetweenPairs of = BetweenPairs.of(draft, node, Set.of("Gemm", "MatMul"));
        if (of == null) return false;
        Attributes settings = of.node().attributes();
        boolean plain =
                !settings.flag("transA", false) && settings.real("alpha", 1) == 1 && settings.real("beta", 1) == 1;
        Constant w = of.w().x();
        if (!plain
                || !ByteScale.areBytes(w.type())
                || w.shape().rank() != 2
                || w.shape().size() == 0) return false;
        boolean turned = settings.flag("transB", false);
        int columns = w.shape().extent(turned ? 0 : 1);
        int inner = w.shape().extent(turned ? 1 : 0);
        Shape y = draft.floats(of.node().outputs().getFirst());
        if (y == null || y.rank() < 2 || y.size() == 0) return false;
        if (!of.hasScales(turned ? 0 : 1) || !isRow(of.bias(), columns) || !sumsFit(of, inner)) return false;
        replace(draft, of, columns, turned);
        return true;
    }

    /// Whether there is no bias, or a row of so many.
    private static boolean isRow(@Nullable Constant bias, int columns) {
        if (bias == null) return true;
        Shape shape = bias.shape();
        return shape.size() == columns && (columns == 1 || shape.extent(shape.rank() - 1) == columns);
    }

    /// Whether all sums have 32 bits: those of floats do not overflow.
    /// @param inner the products in a sum
    private static boolean sumsFit(BetweenPairs of, int inner) {
        Constant zeros = of.w().zeros();
        int least = Quantized.least(of.w().x().type());
        int most = Quantized.most(of.w().x().type());
        int ofW = 0;
        for (int zero : Quantized.integers(zeros == null ? null : zeros.value())) {
            ofW = Math.max(ofW, Math.max(zero - least, most - zero));
        }
        int ofX = Math.max(-of.ofX().least(), of.ofX().most());
        return (long) inner * ofX * ofW <= Integer.MAX_VALUE;
    }

    private static void replace(Draft draft, BetweenPairs of, int columns, boolean turned) {
        Rounding rounding = of.rounding();
        Draft.Dequantized w = of.w();
        String name = of.node().input(1);
        String b = draft.addConstant(w.x(), name + " bytes");
        String zeros = w.zeros() == null ? "" : draft.addConstant(w.zeros(), name + " zero points");
        String biases = draft.derived(
                List.of(of.bias() == null ? w.x() : of.bias(), w.scales()),
                rounding.y() + " bias by " + of.ofX().scale(),
                () -> biases(of, columns));
        String factors = of.factors(draft, columns);
        List<String> inputs = List.of(
                of.x(),
                b,
                of.ofX().zeroName(),
                zeros,
                biases,
                factors,
                rounding.ofY().zero(draft));
        OnnxNode product = OnnxNode.own(
                rounding.last().name(),
                RequantizedProduct.PRODUCT,
                inputs,
                rounding.last().outputs(),
                rounding.bounds().with(Products.TRANSPOSED, turned ? 1L : 0L));
        of.replace(draft, List.of(product));
    }

    private static Value biases(BetweenPairs of, int columns) {
        double[] all = new double[columns];
        for (int i = 0; i < columns; i++) all[i] = of.bias(i);
        return Value.of(Shape.of(columns), all);
    }
}
