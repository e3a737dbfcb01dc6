package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.quantized.Quantized;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One scale and zero point of bytes, which are constants.
/// @param zeroName the zero point, of the type of the bytes; empty for 0
record ByteScale(float scale, int zero, ElementType type, String zeroName) {
    private static final Map<ElementType, Constant> ZEROS =
            Map.of(ElementType.INT8, zeroOf(ElementType.INT8), ElementType.UINT8, zeroOf(ElementType.UINT8));

    private static Constant zeroOf(ElementType type) {
        return Constant.of(Value.zeros(type, Shape.SCALAR), false);
    }

    /// @param usual the type without a zero point
    /// @return null if it is another for each index or block, or no constant
    static @Nullable ByteScale of(Draft draft, String scaleName, String zeroName, ElementType usual) {
        float scale = draft.number(scaleName);
        Constant zero = draft.constant(zeroName);
        if (!isScale(scale) || (zero == null && !zeroName.isEmpty())) return null;
        if (zero != null && zero.shape().size() != 1) return null;
        ElementType type = zero == null ? usual : zero.type();
        if (!areBytes(type)) return null;
        return new ByteScale(scale, zero == null ? 0 : (int) zero.value().integer(0), type, zeroName);
    }

    /// That of DequantizeLinear or QuantizeLinear.
    static @Nullable ByteScale of(Draft draft, OnnxNode node) {
        String bytes = node.is("QuantizeLinear")
                ? node.outputs().getFirst()
                : node.inputs().getFirst();
        Fact fact = draft.fact(bytes);
        return fact == null ? null : of(draft, node.input(1), node.input(2), fact.type());
    }

    static boolean areBytes(ElementType type) {
        return type == ElementType.INT8 || type == ElementType.UINT8;
    }

    static boolean isScale(double number) {
        return number > 0 && !Double.isInfinite(number);
    }

    /// The zero point as a constant of the type of the bytes.
    String zero(Draft draft) {
        return zeroName.isEmpty() ? zero(draft, type) : zeroName;
    }

    /// 0 as a constant.
    static String zero(Draft draft, ElementType type) {
        Constant zero = ZEROS.get(type);
        if (zero == null) throw new IllegalArgumentException("no bytes: " + type);
        return draft.addConstant(zero, "zero of " + type);
    }

    /// The least that a byte less the zero point can be.
    int least() {
        return Quantized.least(type) - zero;
    }

    int most() {
        return Quantized.most(type) - zero;
    }

    boolean isLike(ByteScale other) {
        return scale == other.scale && zero == other.zero && type == other.type;
    }
}
