package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import java.util.Arrays;
import java.util.Set;
import java.util.function.LongBinaryOperator;
import java.util.stream.Collectors;

/// Operators on the bits of integers, broadcast.
final class Bits {
    private static final Set<ElementType> INTEGERS = Arrays.stream(ElementType.values())
            .filter(each -> each.bits() >= Byte.SIZE)
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<ElementType> UNSIGNED =
            Set.of(ElementType.UINT64, ElementType.UINT32, ElementType.UINT16, ElementType.UINT8);

    private Bits() {}

    static void register(Operators all) {
        all.add("BitwiseAnd", call -> two(call, (a, b) -> a & b));
        all.add("BitwiseOr", call -> two(call, (a, b) -> a | b));
        all.add("BitwiseXor", call -> two(call, (a, b) -> a ^ b));
        all.add("BitwiseNot", Bits::not);
        all.add("BitShift", Bits::shift);
    }

    private static ReadyNode two(NodeCall call, LongBinaryOperator f) {
        call.requireSameTypes(0, 1);
        call.requireType(0, INTEGERS);
        return Arithmetic.integers(call, 0, 1, f);
    }

    private static ReadyNode not(NodeCall call) {
        call.requireType(0, INTEGERS);
        return ReadyNode.of(call.in(0).withoutValue(), (in, out) -> {
            Elements.Longs from = Elements.longs(in[0]);
            Elements.LongWriter to = Elements.longWriter(out[0]);
            for (int i = 0; i < in[0].size(); i++) to.set(i, ~from.get(i));
        });
    }

    /// ONNX shifts unsigned integers only. Shifted by all its bits or more, one is 0.
    private static ReadyNode shift(NodeCall call) {
        call.requireSameTypes(0, 1);
        call.requireType(0, UNSIGNED);
        int bits = call.type(0).bits();
        String direction = call.attributes().text("direction", "");
        return switch (direction) {
            case "LEFT" -> Arithmetic.integers(call, 0, 1, (a, b) -> b >= 0 && b < bits ? a << b : 0);
            case "RIGHT" -> Arithmetic.integers(call, 0, 1, (a, b) -> b >= 0 && b < bits ? a >>> b : 0);
            default -> throw call.wrong("expects direction LEFT or RIGHT, got '" + direction + "'");
        };
    }
}
