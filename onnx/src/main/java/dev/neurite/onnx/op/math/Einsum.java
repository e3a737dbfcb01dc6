package dev.neurite.onnx.op.math;

import dev.neurite.onnx.op.Copier;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Strided;
import dev.neurite.onnx.op.math.Contraction.Operand;
import dev.neurite.onnx.op.shape.Shapes;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Einsum: products of the inputs' elements, summed over all labels of axes that the result does not have. Inputs
/// are taken in turn: what is there so far and the next one become one by a [Contraction].
public final class Einsum {
    private static final int HIDDEN = 1 << 16; // from here on labels of the axes of an ellipsis, from the last

    private final NodeCall call;
    private final List<int[]> terms = new ArrayList<>(); // the labels of each input's axes
    private final Map<Integer, Integer> extents = new HashMap<>(); // of labels
    private int hidden; // the most axes of an ellipsis

    private Einsum(NodeCall call) {
        this.call = call;
    }

    public static void register(Operators all) {
        all.add("Einsum", call -> new Einsum(call).step());
    }

    private ReadyNode step() {
        String equation = call.attributes().text("equation", "").replace(" ", "");
        int arrow = equation.indexOf("->");
        String left = arrow < 0 ? equation : equation.substring(0, arrow);
        String[] parts = left.split(",", -1);
        if (parts.length != call.inputs() || equation.isEmpty()) {
            throw call.wrong("expects an equation for " + call.inputs() + " inputs, got '" + equation + "'");
        }
        ElementType type = call.type(0);
        if (!type.isFloating() && !type.isInteger()) throw call.misfit("expects numbers, got " + type);
        for (int i = 0; i < parts.length; i++) {
            call.requireSameTypes(0, i);
            read(parts[i], call.shape(i));
        }
        return contracted(arrow < 0 ? implied() : result(equation.substring(arrow + 2)));
    }

    // -------------------------------------------------------------------------------------------------- the equation

    private void read(String term, Shape shape) {
        int letters = letters(term).length();
        boolean open = term.contains("...");
        int rest = shape.rank() - letters;
        if (rest < 0 || (rest > 0 && !open)) throw call.misfit("expects axes for '" + term + "', got " + shape);
        hidden = Math.max(hidden, rest);
        int[] labels = labels(term, rest);
        terms.add(labels);
        for (int i = 0; i < labels.length; i++) {
            int extent = shape.extent(i);
            int known = extents.getOrDefault(labels[i], 1);
            if (known != 1 && extent != 1 && extent != known) {
                throw call.misfit("expects one extent for '" + term + "', got " + known + " and " + extent);
            }
            if (extent != 1) known = extent;
            extents.put(labels[i], known);
        }
    }

    /// A term without its ellipsis.
    private String letters(String term) {
        String letters = term.replaceFirst("\\.\\.\\.", "");
        if (letters.matches("[a-zA-Z]*")) return letters;
        throw call.wrong("expects letters and one '...', got '" + term + "'");
    }

    private static int[] labels(String term, int rest) {
        int dots = term.indexOf("...");
        if (dots < 0) return term.chars().toArray();
        IntStream before = term.substring(0, dots).chars();
        IntStream within = IntStream.range(0, rest).map(i -> HIDDEN + rest - 1 - i);
        IntStream after = term.substring(dots + 3).chars();
        return IntStream.concat(before, IntStream.concat(within, after)).toArray();
    }

    private int[] result(String term) {
        letters(term);
        int[] labels = labels(term, hidden);
        boolean known = Arrays.stream(labels).allMatch(extents::containsKey);
        if (known && Arrays.stream(labels).distinct().count() == labels.length) return labels;
        throw call.wrong("expects a result of labels that the inputs have, each once, got '" + term + "'");
    }

    /// Without an arrow: the axes of ellipses, then the labels that occur once.
    private int[] implied() {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int[] term : terms) for (int label : term) counts.merge(label, 1, Integer::sum);
        IntStream within = IntStream.range(0, hidden).map(i -> HIDDEN + hidden - 1 - i);
        IntStream once = counts.keySet().stream()
                .filter(label -> label < HIDDEN && counts.getOrDefault(label, 0) == 1)
                .mapToInt(Integer::intValue)
                .sorted();
        return IntStream.concat(within, once).toArray();
    }

    // --------------------------------------------------------------------------------------------------- computation

    private ReadyNode contracted(int[] result) {
        Operand all = operand(0);
        for (int i = 1; i < terms.size(); i++) {
            Operand next = operand(i);
            Set<Integer> later = labelsFrom(i + 1, result);
            Set<Integer> ofAll = later(later, next);
            Set<Integer> ofNext = later(later, all);
            all = withoutLone(all, ofAll);
            next = withoutLone(next, ofNext);
            all = pair(all, next, later, result).operand();
        }
        all = withoutLone(all, labelsFrom(terms.size(), result));
        Shape shape = Contraction.shape(call, extents, result);
        Fact y = Fact.of(call.type(0), shape);
        Contraction last = all.made();
        if (last != null && Arrays.equals(all.labels(), result)) {
            return ReadyNode.of(y, (in, out) -> last.run(in, out[0]));
        }
        Strided copy = all.copy(extents, result);
        Function<Value[], Value> from = all.from();
        return ReadyNode.of(y, (in, out) -> copy.run(Copier.of(from.apply(in), out[0]), 0, 0));
    }

    /// Both, in the order that gives the result, if there is one.
    private Contraction pair(Operand a, Operand b, Set<Integer> kept, int[] result) {
        var pair = new Contraction(call, extents, a, b, kept);
        if (Arrays.equals(pair.operand().labels(), result)) return pair;
        var turned = new Contraction(call, extents, b, a, kept);
        return Arrays.equals(turned.operand().labels(), result) ? turned : pair;
    }

    private Set<Integer> labelsFrom(int first, int[] result) {
        Set<Integer> labels = new HashSet<>();
        for (int label : result) labels.add(label);
        for (int i = first; i < terms.size(); i++) for (int label : terms.get(i)) labels.add(label);
        return labels;
    }

    private static Set<Integer> later(Set<Integer> labels, Operand other) {
        Set<Integer> all = new HashSet<>(labels);
        for (int label : other.labels()) all.add(label);
        return all;
    }

    /// Sums over the labels that nothing else has.
    private Operand withoutLone(Operand a, Set<Integer> kept) {
        int[] lone =
                Arrays.stream(a.labels()).filter(label -> !kept.contains(label)).toArray();
        if (lone.length == 0) return a;
        Value one = Shapes.one(call.type(0));
        var ones = new Operand(lone, new int[lone.length], _ -> one, null);
        return new Contraction(call, extents, a, ones, kept).operand();
    }

    /// An input: axes of the same label are one, along which both go on.
    private Operand operand(int input) {
        int[] term = terms.get(input);
        int[] own = Strided.extents(call.shape(input));
        int[] strides = Strided.strides(own);
        int[] labels = Arrays.stream(term).distinct().toArray();
        int[] steps = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            for (int axis = 0; axis < term.length; axis++) {
                if (term[axis] == labels[i] && own[axis] != 1) steps[i] += strides[axis];
            }
        }
        return new Operand(labels, steps, in -> in[input], null);
    }
}
