package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.shape.Casting;
import dev.neurite.onnx.value.ElementType;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/// How several elements are reduced to one. Without any, sums are 0, products 1, and the greatest or least element
/// is the least or greatest number of its type.
@SuppressWarnings("ImmutableEnumChecker") // functions are immutable
enum ReductionOperator {
    SUM("ReduceSum", 0, (y, x) -> y + x, (y, x) -> y + x),
    MEAN("ReduceMean", 0, (y, x) -> y + x, (y, x) -> y + x),
    PROD("ReduceProd", 1, (y, x) -> y * x, (y, x) -> y * x),
    MAX("ReduceMax", Double.NEGATIVE_INFINITY, Math::max, Math::max),
    MIN("ReduceMin", Double.POSITIVE_INFINITY, Math::min, Math::min),
    L1("ReduceL1", 0, (y, x) -> y + Math.abs(x), (y, x) -> y + Math.abs(x)),
    SUM_SQUARE("ReduceSumSquare", 0, (y, x) -> y + x * x, (y, x) -> y + x * x),
    L2("ReduceL2", 0, (y, x) -> y + x * x, null),
    LOG_SUM("ReduceLogSum", 0, (y, x) -> y + x, null),
    LOG_SUM_EXP("ReduceLogSumExp", 0, (y, x) -> y + Math.exp(x), null);

    private static final Set<ElementType> NUMBERS =
            EnumSet.of(ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.INT32);
    private static final Set<ElementType> ORDERED = EnumSet.complementOf(EnumSet.of(ElementType.STRING));

    final String op;

    private final double start;
    private final DoubleBinaryOperator reals;
    private final @Nullable LongBinaryOperator integers; // null for results that are rounded to integers

    ReductionOperator(String op, double start, DoubleBinaryOperator reals, @Nullable LongBinaryOperator integers) {
        this.op = op;
        this.start = start;
        this.reals = reals;
        this.integers = integers;
    }

    /// The types of elements that can be reduced.
    Set<ElementType> types() {
        return this == MAX || this == MIN ? ORDERED : NUMBERS;
    }

    /// Whether one element alone stays what it is: the others make squares, absolute values or logarithms of it.
    boolean keepsSingles() {
        return switch (this) {
            case SUM, MEAN, PROD, MAX, MIN, LOG_SUM_EXP -> true;
            case L1, SUM_SQUARE, L2, LOG_SUM -> false;
        };
    }

    /// Reduces some elements.
    /// @param first the index of the first one
    /// @param step the distance between two
    double ofReals(Elements.Doubles x, int first, int step, int count) {
        if (this == LOG_SUM_EXP) return logSumExp(x, first, step, count);
        double y = start;
        for (int i = 0; i < count; i++) y = reals.applyAsDouble(y, x.get(first + i * step));
        return switch (this) {
            case MEAN -> y / count;
            case L2 -> Math.sqrt(y);
            case LOG_SUM -> Math.log(y);
            default -> y;
        };
    }

    /// Without overflow, as the greatest element is put before the sum.
    private static double logSumExp(Elements.Doubles x, int first, int step, int count) {
        double greatest = MAX.ofReals(x, first, step, count);
        if (!Double.isFinite(greatest)) return greatest;
        double sum = 0;
        for (int i = 0; i < count; i++) sum += Math.exp(x.get(first + i * step) - greatest);
        return greatest + Math.log(sum);
    }

    /// Reduces some elements.
    /// @param type of the elements, an integer type or truth values
    long ofIntegers(ElementType type, Elements.Longs x, int first, int step, int count) {
        if (integers == null) {
            double y = ofReals(x::get, first, step, count);
            return type == ElementType.INT32 ? (int) y : (long) y;
        }
        long y = switch (this) {
            case MAX -> Casting.least(type);
            case MIN -> Casting.greatest(type);
            default -> (long) start;
        };
        for (int i = 0; i < count; i++) y = integers.applyAsLong(y, x.get(first + i * step));
        return this == MEAN ? y / count : y;
    }
}
