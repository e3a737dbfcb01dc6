package dev.neurite.onnx.op.shape;

import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Elements;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/// Operators that put updates into a copy of their input by indices, see [Gathering]. Where several updates have
/// one place, they are put there in their order.
public final class Scattering {
    private Scattering() {}

    public static void register(Operators all) {
        all.add("Scatter", Scattering::scatterElements); // the name of ScatterElements before version 11
        all.add("ScatterElements", Scattering::scatterElements);
        all.add("ScatterND", Scattering::scatterNd);
    }

    /// How an update and the element at its place become one.
    @SuppressWarnings("ImmutableEnumChecker") // functions are immutable
    private enum Combination {
        NONE((_, x) -> x, (_, x) -> x),
        ADD(Double::sum, Long::sum),
        MUL((a, x) -> a * x, (a, x) -> a * x),
        MAX(Math::max, Math::max),
        MIN(Math::min, Math::min);

        final DoubleBinaryOperator reals;
        final LongBinaryOperator integers;

        Combination(DoubleBinaryOperator reals, LongBinaryOperator integers) {
            this.reals = reals;
            this.integers = integers;
        }
    }

    /// Puts neighboring updates to neighboring places.
    @FunctionalInterface
    private interface Put {
        void put(int from, int to, int count);
    }

    private static ReadyNode scatterElements(NodeCall call) {
        Combination combination = combination(call);
        int axis = Gathering.elementsAxis(call);
        Shape data = call.shape(0);
        requireUpdates(call, call.shape(1));
        return ReadyNode.of(Fact.of(call.type(0), data), (x, y) -> {
            int[] places = Gathering.elements(call, x[1], data, axis);
            Put put = copied(combination, x, y[0]);
            for (int i = 0; i < places.length; i++) put.put(i, places[i], 1);
        });
    }

    private static ReadyNode scatterNd(NodeCall call) {
        Combination combination = combination(call);
        Shape data = call.shape(0);
        Shape indices = call.shape(1);
        int length = Gathering.tuple(call, data, 0);
        long[] updates = new long[indices.rank() - 1 + data.rank() - length];
        for (int i = 0; i < updates.length; i++) {
            updates[i] = i < indices.rank() - 1 ? indices.extent(i) : data.extent(i - (indices.rank() - 1) + length);
        }
        requireUpdates(call, Shapes.of(call, updates));
        int inner = (int) Shapes.product(data, length, data.rank());
        return ReadyNode.of(Fact.of(call.type(0), data), (x, y) -> {
            int[] places = Gathering.tuples(call, x[1], data, 0);
            Put put = copied(combination, x, y[0]);
            if (data.size() == 0) return;
            for (int i = 0; i < places.length; i++) put.put(i * inner, places[i], inner);
        });
    }

    private static Combination combination(NodeCall call) {
        Gathering.requireIndices(call);
        String name = call.attributes().text("reduction", "none");
        Combination combination = switch (name) {
            case "none" -> Combination.NONE;
            case "add" -> Combination.ADD;
            case "mul" -> Combination.MUL;
            case "max" -> Combination.MAX;
            case "min" -> Combination.MIN;
            default -> throw call.wrong("expects reduction none, add, mul, max or min, got '" + name + "'");
        };
        if (combination != Combination.NONE && call.type(0) == ElementType.STRING) {
            throw call.misfit("expects numbers for reduction " + name + ", got texts");
        }
        return combination;
    }

    private static void requireUpdates(NodeCall call, Shape wanted) {
        call.requireSameTypes(0, 2);
        if (!call.shape(2).equals(wanted)) {
            throw call.misfit("expects updates of " + wanted + ", got " + call.shape(2));
        }
    }

    /// Copies the input.
    private static Put copied(Combination combination, Value[] x, Value y) {
        Copier.of(x[0], y).run(0, 0, y.size());
        if (combination == Combination.NONE) return Copier.of(x[2], y)::run;
        return y.type().isFloating() ? reals(combination, x[2], y) : integers(combination, x[2], y);
    }

    private static Put reals(Combination combination, Value updates, Value y) {
        Elements.Doubles x = Elements.doubles(updates);
        Elements.Doubles old = Elements.doubles(y);
        Elements.DoubleWriter to = Elements.doubleWriter(y);
        return (from, at, count) -> {
            for (int i = 0; i < count; i++) {
                to.set(at + i, combination.reals.applyAsDouble(old.get(at + i), x.get(from + i)));
            }
        };
    }

    private static Put integers(Combination combination, Value updates, Value y) {
        Elements.Longs x = Elements.longs(updates);
        Elements.Longs old = Elements.longs(y);
        Elements.LongWriter to = Elements.longWriter(y);
        return (from, at, count) -> {
            for (int i = 0; i < count; i++) {
                to.set(at + i, combination.integers.applyAsLong(old.get(at + i), x.get(from + i)));
            }
        };
    }
}
