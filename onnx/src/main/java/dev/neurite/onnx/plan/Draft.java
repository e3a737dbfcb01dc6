package dev.neurite.onnx.plan;

import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A graph while rules rewrite it.
final class Draft {
    private final OnnxGraph origin;
    private final PlanContext context;
    private final Map<String, Constant> constants;
    private final Map<String, Fact> facts;
    private final List<@Nullable OnnxNode> nodes; // null where one was removed
    private final Map<String, Integer> producers = new HashMap<>(); // of each value: the place of its node
    private final Map<String, List<Integer>> users = new HashMap<>(); // of each value, once for each use
    private final Map<String, Integer> outputs = new HashMap<>(); // how often each is an output

    private Draft(ConstantFolding.Folded folded, PlanContext context) {
        origin = folded.graph();
        this.context = context;
        constants = new LinkedHashMap<>(origin.constants());
        facts = folded.facts();
        nodes = new ArrayList<>(origin.nodes());
        for (String each : origin.outputs()) outputs.merge(each, 1, Integer::sum);
        for (int at = 0; at < nodes.size(); at++) link(at);
    }

    /// @param folded what is known of the values is used to decide what may be rewritten
    static Draft of(ConstantFolding.Folded folded, PlanContext context) {
        return new Draft(folded, context);
    }

    /// A rewriting of a node and those before it.
    @FunctionalInterface
    interface Rule {
        /// Rewrites the graph around a node, if it fits.
        /// @param node the last of what is replaced
        /// @return whether it has
        boolean apply(Draft draft, OnnxNode node);
    }

    /// Applies rules until none fits any more. A rule makes the graph smaller or a node one that it does not fit,
    /// so that this ends.
    Draft apply(List<Rule> rules) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int at = 0; at < nodes.size(); at++) {
                for (Rule rule : rules) {
                    OnnxNode node = nodes.get(at);
                    if (node != null && rule.apply(this, node)) changed = true;
                }
            }
        }
        return this;
    }

    /// The graph as it is now, without what nothing takes. What was known of values is: rules keep their names.
    ConstantFolding.Folded folded() {
        List<OnnxNode> left = new ArrayList<>();
        for (OnnxNode each : nodes) if (each != null) left.add(each);
        return new ConstantFolding.Folded(ConstantFolding.used(origin.with(constants, left)), facts);
    }

    // ------------------------------------------------------------------------------------------------------ looking

    /// The node that computes a value; null for an input or constant.
    @Nullable
    OnnxNode producer(String value) {
        Integer at = producers.get(value);
        return at == null ? null : nodes.get(at);
    }

    /// The node that computes a value, if it is of this operator and nothing else needs the value.
    @Nullable
    OnnxNode onlyFor(String value, String op) {
        OnnxNode node = producer(value);
        return node != null && node.is(op) && isUsedOnce(value) ? node : null;
    }

    /// Whether a value is taken once, and is no output.
    boolean isUsedOnce(String value) {
        return users.getOrDefault(value, List.of()).size() == 1 && !outputs.containsKey(value);
    }

    /// How often a value is taken.
    int uses(String value) {
        return users.getOrDefault(value, List.of()).size() + outputs.getOrDefault(value, 0);
    }

    boolean isOutput(String value) {
        return outputs.containsKey(value);
    }

    /// What is known of a value; null for nothing.
    @Nullable
    Fact fact(String value) {
        Fact known = facts.get(value);
        Constant constant = constants.get(value);
        return known == null && constant != null ? Fact.of(constant) : known;
    }

    /// The shape of floats; null for another type, or if it is not known.
    @Nullable
    Shape floats(String value) {
        Fact fact = fact(value);
        return fact == null || fact.type() != ElementType.FLOAT ? null : fact.shape();
    }

    /// The shape of a value; null if it is not known.
    @Nullable
    Shape shape(String value) {
        Fact fact = fact(value);
        return fact == null ? null : fact.shape();
    }

    /// What DequantizeLinear has made a constant of.
    /// @param axis of the scales, if there are several
    /// @param grid whether there are scales of blocks
    record Dequantized(
            Constant x, Constant scales, @Nullable Constant zeros, int axis, boolean grid) {
        /// Whether there is a scale for each index of an axis.
        boolean isAlong(int wanted) {
            return !grid
                    && scales.shape().rank() == 1
                    && (axis < 0 ? axis + x.shape().rank() : axis) == wanted;
        }
    }

    /// What DequantizeLinear has made a constant of; null for any other.
    @Nullable
    Dequantized dequantized(String value) {
        Constant constant = constant(value);
        PlanContext.Origin origin = constant == null ? null : context.origin(constant);
        if (origin == null || !origin.node().is("DequantizeLinear")) return null;
        List<Constant> of = origin.inputs();
        Attributes settings = origin.node().attributes();
        return new Dequantized(
                of.getFirst(),
                of.get(1),
                of.size() > 2 ? of.get(2) : null,
                settings.small("axis", 1),
                settings.integer("block_size", 0) != 0);
    }

    /// A constant; null for another value, or one that is not given.
    @Nullable
    Constant constant(String value) {
        return value.isEmpty() ? null : constants.get(value);
    }

    /// A constant of one float; NaN for any other value.
    float number(String value) {
        Constant constant = constant(value);
        if (constant == null
                || constant.type() != ElementType.FLOAT
                || constant.shape().size() != 1) return Float.NaN;
        return (float) constant.value().number(0);
    }

    // ----------------------------------------------------------------------------------------------------- changing

    /// Puts nodes in the place of others.
    /// @param last the last of those: its place is taken, and its outputs' names stay
    /// @param by the new ones, in their order
    /// @param before the others, from the last to the first; those stay whose results something else needs
    void replace(OnnxNode last, List<OnnxNode> by, OnnxNode... before) {
        int at = place(last);
        unlink(at);
        for (OnnxNode each : before) drop(each);
        nodes.remove(at);
        nodes.addAll(at, by);
        producers.clear();
        users.clear();
        for (int i = 0; i < nodes.size(); i++) link(i);
        for (OnnxNode each : by) learn(each);
    }

    /// Notes what is known of the results of a new node.
    private void learn(OnnxNode node) {
        List<@Nullable Fact> in = new ArrayList<>();
        for (String each : node.inputs()) {
            in.add(each.isEmpty() ? null : fact(each));
            if (!each.isEmpty() && fact(each) == null) return;
        }
        ReadyNode step = ConstantFolding.prepare(node, in, context);
        for (int i = 0; i < node.outputs().size(); i++) {
            Fact fact = step.outputs().get(i);
            if (fact != null) facts.put(node.outputs().get(i), fact.withoutValue());
        }
    }

    /// Puts a node in the place of others.
    /// @param last the last of those: its place is taken, and its outputs' names stay
    /// @param by the new one
    /// @param before the others, whose results nothing else needs
    void replace(OnnxNode last, OnnxNode by, OnnxNode... before) {
        for (OnnxNode each : before) unlink(place(each));
        int at = place(last);
        unlink(at);
        nodes.set(at, by);
        link(at);
    }

    /// Lets all that takes a value take another one instead; its node goes, as nothing needs it.
    void redirect(OnnxNode node, String from, String to) {
        for (int at : List.copyOf(users.getOrDefault(from, List.of()))) {
            OnnxNode user = nodes.get(at);
            if (user == null || !user.inputs().contains(from)) continue;
            List<String> inputs = user.inputs().stream()
                    .map(each -> each.equals(from) ? to : each)
                    .toList();
            unlink(at);
            nodes.set(at, user.withInputs(inputs));
            link(at);
        }
        unlink(place(node));
    }

    /// Removes a node, if nothing needs its results.
    void drop(OnnxNode node) {
        if (node.outputs().stream().allMatch(value -> uses(value) == 0)) unlink(place(node));
    }

    /// A constant that is made of others, in the same way for all plans.
    /// @param purpose what is made, with the names of all
    /// @return its name
    String derived(List<Constant> of, String purpose, Supplier<Value> make) {
        return addConstant(context.derived(of, purpose, make), purpose);
    }

    /// Adds a constant; the same object once.
    /// @param purpose its name, if that is unused
    /// @return its name
    String addConstant(Constant of, String purpose) {
        String name = purpose;
        while (constants.get(name) != of && isUsed(name)) name += "'";
        constants.put(name, of);
        return name;
    }

    /// A new name for a value of which this is known.
    String named(String purpose, Fact fact) {
        String name = newName(purpose);
        facts.put(name, fact);
        return name;
    }

    /// A name that no value has.
    /// @param purpose the name, if it is unused
    String newName(String purpose) {
        String name = purpose;
        while (isUsed(name)) name += "'";
        return name;
    }

    private boolean isUsed(String name) {
        return facts.containsKey(name) || constants.containsKey(name) || producers.containsKey(name) || uses(name) > 0;
    }

    /// A node that gives the elements of a value in another shape.
    /// @param y the name of its result
    OnnxNode reshape(String name, String x, String y, Shape shape) {
        long[] extents = new long[shape.rank()];
        for (int i = 0; i < extents.length; i++) extents[i] = shape.extent(i);
        var wanted = Constant.of(Value.of(Shape.of(extents.length), extents), false);
        String given = addConstant(wanted, "shape of " + y);
        return new OnnxNode(name, "", "Reshape", 14, List.of(x, given), List.of(y), Attributes.none(name));
    }

    /// Takes nodes out whose results nothing takes.
    /// @param of the last first
    void drop(List<OnnxNode> of) {
        of.forEach(this::drop);
    }

    private int place(OnnxNode node) {
        for (String each : node.outputs()) {
            Integer at = each.isEmpty() ? null : producers.get(each);
            if (at != null) return at;
        }
        throw new IllegalStateException("not there: " + node);
    }

    private void link(int at) {
        OnnxNode node = nodes.get(at);
        if (node == null) return;
        for (String each : node.outputs()) if (!each.isEmpty()) producers.put(each, at);
        for (String each : node.inputs())
            if (!each.isEmpty())
                users.computeIfAbsent(each, _ -> new ArrayList<>()).add(at);
    }

    private void unlink(int at) {
        OnnxNode node = nodes.get(at);
        if (node == null) return;
        for (String each : node.outputs()) producers.remove(each);
        for (String each : node.inputs()) {
            List<Integer> all = users.get(each);
            if (all != null) all.remove(Integer.valueOf(at));
        }
        nodes.set(at, null);
    }
}
