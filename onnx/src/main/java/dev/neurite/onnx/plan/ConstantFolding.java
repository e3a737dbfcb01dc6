package dev.neurite.onnx.plan;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ShapeException;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.NotYetKnown;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.registry.Registry;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Computes what is constant, given the shapes of the inputs: results of constants alone, and arithmetic on shapes.
/// What nobody takes is left out.
final class ConstantFolding {
    private static final int LARGEST = 1 << 24; // elements of a computed constant

    private final PlanContext context;
    private final Map<String, Fact> facts = new HashMap<>();
    private final Map<String, Constant> constants;
    private final List<OnnxNode> nodes = new ArrayList<>();

    private final boolean shared;

    private ConstantFolding(OnnxGraph graph, Map<String, Fact> inputs, boolean shared, PlanContext context) {
        this.shared = shared;
        this.context = context;
        facts.putAll(inputs);
        constants = new LinkedHashMap<>(graph.constants());
    }

    /// A graph and what is known of its values; nothing of those that depend on elements of inputs.
    record Folded(OnnxGraph graph, Map<String, Fact> facts) {}

    /// Folds what is the same for all shapes of inputs.
    static OnnxGraph fold(OnnxGraph graph, PlanContext context) {
        return fold(graph, Map.of(), true, context).graph;
    }

    /// Folds what is the same for these shapes of inputs.
    /// @param inputs what is known of the inputs, and of captured values
    static Folded fold(OnnxGraph graph, Map<String, Fact> inputs, PlanContext context) {
        return fold(graph, inputs, false, context);
    }

    private static Folded fold(OnnxGraph graph, Map<String, Fact> inputs, boolean shared, PlanContext context) {
        var folding = new ConstantFolding(graph, inputs, shared, context);
        for (OnnxNode node : graph.nodes()) folding.add(node);
        return new Folded(used(graph.with(folding.constants, folding.nodes)), folding.facts);
    }

    /// What is known of a value; null for nothing.
    private @Nullable Fact fact(String name) {
        Fact known = facts.get(name);
        Constant constant = known == null ? constants.get(name) : null;
        if (constant == null) return known;
        Fact read = Fact.of(constant);
        facts.put(name, read);
        return read;
    }

    private void add(OnnxNode node) {
        @Nullable ReadyNode step = step(node);
        if (step == null) {
            nodes.add(node);
            return;
        }
        if (foldsTo(node, step)) return;
        for (int i = 0; i < node.outputs().size(); i++) {
            Fact fact = step.outputs().get(i);
            String name = node.outputs().get(i);
            if (fact != null && !name.isEmpty()) facts.put(name, fact.withoutValue());
        }
        nodes.add(node);
    }

    /// The step of a node; null if nothing is known of it before the elements are there.
    private @Nullable ReadyNode step(OnnxNode node) {
        List<@Nullable Fact> in = new ArrayList<>();
        for (String each : node.inputs()) {
            Fact fact = each.isEmpty() ? null : fact(each);
            if (fact == null && !each.isEmpty()) return null;
            in.add(fact);
        }
        try {
            return prepare(node, in, context);
        } catch (NotYetKnown _) {
            return null;
        }
    }

    /// @throws NotYetKnown see [dev.neurite.onnx.op.Operator#prepare]
    /// @throws ModelFormatException also for an operator that is not supported
    /// @throws ShapeException also for a sequence, map or optional value where a tensor must be
    static ReadyNode prepare(OnnxNode node, List<@Nullable Fact> in, PlanContext context) {
        for (Fact each : in) {
            if (each != null && each.type().hasValues() && !Registry.takesValues(node)) {
                throw new ShapeException(node.label(), "expects tensors, got a value of type " + each.type());
            }
        }
        ReadyNode step = Registry.find(node)
                .orElseThrow(() ->
                        new ModelFormatException(node.label(), "expects an operator that is supported, got another"))
                .prepare(new NodeCall(node, in, context));
        if (step.outputs().size() < node.outputs().size()) {
            throw new ModelFormatException(
                    node.label(),
                    "expects at most " + step.outputs().size() + " outputs, got "
                            + node.outputs().size());
        }
        return step;
    }

    /// Computes a node whose results are constant.
    private boolean foldsTo(OnnxNode node, ReadyNode step) {
        boolean constant = step.isConstant();
        if (!constant) {
            long size = 0;
            for (Fact each : step.outputs())
                size += each == null ? LARGEST : each.shape().size();
            if (size > LARGEST) return false;
            for (String each : node.inputs()) {
                Fact fact = each.isEmpty() ? null : fact(each);
                if (fact != null && !fact.isConstant()) return false;
            }
            if (!OnnxGraph.bodies(node).isEmpty()) return false;
        }
        Value[] out = constant ? known(step) : compute(node, step);
        for (int i = 0; i < node.outputs().size(); i++) {
            String name = node.outputs().get(i);
            if (name.isEmpty()) continue;
            var computed = Constant.of(out[i], shared);
            constants.put(name, computed);
            facts.put(name, Fact.of(computed));
            if (shared && node.is("DequantizeLinear")) note(computed, node);
        }
        return true;
    }

    private void note(Constant computed, OnnxNode node) {
        List<Constant> inputs = new ArrayList<>();
        for (String each : node.inputs()) {
            Constant constant = each.isEmpty() ? null : constants.get(each);
            if (constant != null) inputs.add(constant);
        }
        context.note(computed, new PlanContext.Origin(node, inputs));
    }

    private static Value[] known(ReadyNode step) {
        Value[] out = new Value[step.outputs().size()];
        for (int i = 0; i < out.length; i++) {
            Fact fact = step.outputs().get(i);
            if (fact != null && fact.value() != null) out[i] = fact.value();
        }
        return out;
    }

    private Value[] compute(OnnxNode node, ReadyNode step) {
        Value[] in = new Value[node.inputs().size()];
        for (int i = 0; i < in.length; i++) {
            Fact fact =
                    node.inputs().get(i).isEmpty() ? null : fact(node.inputs().get(i));
            if (fact != null && fact.value() != null) in[i] = fact.value();
        }
        return Plan.run(node, step, in);
    }

    /// Without the nodes and constants that nothing takes.
    static OnnxGraph used(OnnxGraph graph) {
        Set<String> needed = new HashSet<>(graph.outputs());
        List<OnnxNode> kept = new ArrayList<>();
        for (OnnxNode node : graph.nodes().reversed()) {
            if (node.outputs().stream().noneMatch(needed::contains)) continue;
            needed.addAll(node.inputs());
            kept.addFirst(node);
        }
        Map<String, Constant> constants = new LinkedHashMap<>(graph.constants());
        constants.keySet().retainAll(needed);
        return graph.with(constants, kept);
    }
}
