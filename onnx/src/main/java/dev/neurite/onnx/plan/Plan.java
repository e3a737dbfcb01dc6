package dev.neurite.onnx.plan;

import dev.neurite.error.ShapeException;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Interrupts;
import dev.neurite.onnx.op.NotYetKnown;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Scratch;
import dev.neurite.onnx.value.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A graph that is ready to run on inputs of known types and shapes: a step for each node, and buffers that values
/// share which are not needed at the same time. Steps whose results' shapes depend on elements are made when those
/// are there. Runs of several threads at once have buffers of their own, which are kept for later runs.
/// Thread-safe.
public final class Plan {
    private final PlanContext context;
    private final List<String> inputs;
    private final List<Planned> steps = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<@Nullable Fact> facts = new ArrayList<>();
    private final List<@Nullable Value> constants = new ArrayList<>();
    private final int[] outputs;
    private final PlanBuffers buffers;
    private final Scratch<Object[]> scratch; // of the buffers

    /// A node with the numbers of its values.
    /// @param step null if it is made in each run
    /// @param in numbers of values; −1 for optional ones that are not given
    /// @param out numbers of values; −1 for those that nobody wants
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Planned(OnnxNode node, @Nullable ReadyNode step, int[] in, int[] out) {}

    private Plan(OnnxGraph graph, Map<String, Fact> given, List<String> inputs, PlanContext context) {
        this.context = context;
        this.inputs = List.copyOf(inputs);
        for (String each : inputs) number(each, given.get(each));
        for (OnnxNode node : graph.nodes()) add(node, graph);
        outputs =
                graph.outputs().stream().mapToInt(each -> numberOf(each, graph)).toArray();
        buffers = new PlanBuffers(steps, facts, constants, inputs.size(), outputs);
        scratch = new Scratch<>(buffers::make);
    }

    /// @param given what is known of the inputs
    /// @param inputs the order of the inputs
    static Plan of(OnnxGraph graph, Map<String, Fact> given, List<String> inputs, PlanContext context) {
        return new Plan(graph, given, inputs, context);
    }

    private int number(String name, @Nullable Fact fact) {
        numbers.put(name, names.size());
        names.add(name);
        facts.add(fact);
        constants.add(null);
        return names.size() - 1;
    }

    private int numberOf(String name, OnnxGraph graph) {
        Integer known = numbers.get(name);
        if (known != null) return known;
        Constant constant = graph.constants().get(name);
        if (constant == null)
            throw new ShapeException("value '" + name + "'", "expects to be computed before it is taken");
        int number = number(name, Fact.of(constant));
        constants.set(number, constant.value());
        return number;
    }

    private void add(OnnxNode node, OnnxGraph graph) {
        int[] in = node.inputs().stream()
                .mapToInt(each -> each.isEmpty() ? -1 : numberOf(each, graph))
                .toArray();
        @Nullable ReadyNode step = step(node, in);
        int[] out = new int[node.outputs().size()];
        for (int i = 0; i < out.length; i++) {
            String name = node.outputs().get(i);
            Fact fact = step == null ? null : step.outputs().get(i);
            out[i] = name.isEmpty() ? -1 : number(name, fact);
            if (out[i] >= 0 && fact != null && fact.value() != null) constants.set(out[i], fact.value());
        }
        steps.add(new Planned(node, step, in, out));
    }

    private @Nullable ReadyNode step(OnnxNode node, int[] in) {
        List<@Nullable Fact> of = new ArrayList<>();
        for (int each : in) {
            Fact fact = each < 0 ? null : facts.get(each);
            if (fact == null && each >= 0) return null;
            of.add(fact);
        }
        try {
            return ConstantFolding.prepare(node, of, context);
        } catch (NotYetKnown _) {
            return null;
        }
    }

    // ------------------------------------------------------------------------------------------------------- running

    /// Sees each value as it is computed.
    @FunctionalInterface
    public interface Watcher {
        /// A value was computed.
        /// @param value not to be kept: later steps may overwrite it
        void computed(OnnxNode node, String name, Value value);
    }

    /// @param given the inputs, in their order
    /// @return the outputs, which are the caller's own
    Value[] run(Value... given) {
        return run(null, given);
    }

    /// @param watcher sees all values; null for none
    Value[] run(@Nullable Watcher watcher, Value... given) {
        Object[] arrays = scratch.take();
        Value[] values = new Value[names.size()];
        for (int i = 0; i < constants.size(); i++) {
            Value constant = constants.get(i);
            if (constant != null) values[i] = constant;
        }
        System.arraycopy(given, 0, values, 0, inputs.size());
        for (Planned each : steps) {
            Interrupts.check(each.node.label());
            run(each, values, arrays);
            if (watcher != null) show(watcher, each, values);
        }
        Value[] out = new Value[outputs.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = buffers.isOwn(outputs[i]) ? values[outputs[i]] : values[outputs[i]].copy();
        }
        scratch.release(arrays);
        return out;
    }

    private static void show(Watcher watcher, Planned step, Value[] values) {
        for (int i = 0; i < step.out.length; i++) {
            if (step.out[i] >= 0)
                watcher.computed(step.node, step.node.outputs().get(i), values[step.out[i]]);
        }
    }

    private void run(Planned planned, Value[] values, Object[] arrays) {
        Value[] in = new Value[planned.in.length];
        for (int i = 0; i < in.length; i++) if (planned.in[i] >= 0) in[i] = values[planned.in[i]];
        @Nullable ReadyNode step = planned.step;
        if (step == null) {
            Value[] out = run(planned.node, prepared(planned, in), in);
            for (int i = 0; i < planned.out.length; i++) if (planned.out[i] >= 0) values[planned.out[i]] = out[i];
            return;
        }
        if (step.isConstant()) return;
        if (step.viewOf() >= 0) {
            Fact fact = facts.get(planned.out[0]);
            if (fact != null) values[planned.out[0]] = in[step.viewOf()].reshape(fact.shape());
            return;
        }
        Value[] out = new Value[step.outputs().size()];
        for (int i = 0; i < out.length; i++) {
            Fact fact = step.outputs().get(i);
            if (fact == null) continue;
            int number = i < planned.out.length ? planned.out[i] : -1;
            if (number >= 0) out[i] = buffers.value(number, fact, arrays, names.get(number));
        }
        step.work().run(in, out);
        for (int i = 0; i < planned.out.length; i++) if (planned.out[i] >= 0) values[planned.out[i]] = out[i];
    }

    private ReadyNode prepared(Planned planned, Value[] in) {
        List<@Nullable Fact> of = new ArrayList<>();
        for (int i = 0; i < in.length; i++) {
            Fact known = planned.in[i] < 0 ? null : facts.get(planned.in[i]);
            if (planned.in[i] < 0) of.add(null);
            else of.add(known != null && known.isConstant() ? known : Fact.ofPassing(in[i]));
        }
        return ConstantFolding.prepare(planned.node, of, context);
    }

    /// Runs a step by itself, with results of their own.
    static Value[] run(OnnxNode node, ReadyNode step, Value[] in) {
        Value[] out = new Value[step.outputs().size()];
        if (step.viewOf() >= 0) {
            Fact fact = step.outputs().getFirst();
            if (fact != null) out[0] = in[step.viewOf()].reshape(fact.shape()).copy(); // later steps may overwrite it
            return out;
        }
        boolean constant = true;
        for (int i = 0; i < out.length; i++) {
            Fact fact = step.outputs().get(i);
            if (fact == null || fact.value() == null) constant = false;
            if (fact == null) continue;
            boolean wanted = i < node.outputs().size() && !node.outputs().get(i).isEmpty();
            if (fact.value() != null) out[i] = fact.value().copy(); // it may become an output
            else if (wanted) out[i] = Allocation.make(node.outputs().get(i), fact);
        }
        if (!constant) step.work().run(in, out);
        return out;
    }

    /// The bytes of the buffers of a run.
    public long bytes() {
        return buffers.bytes();
    }

    /// A line for each step, with the type and shape of its results and their buffers.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Planned each : steps) {
            text.append(each.node);
            for (int number : each.out) {
                if (number < 0) continue;
                Fact fact = facts.get(number);
                text.append("   ")
                        .append(fact == null ? "known when it runs" : fact)
                        .append(buffers.text(number));
            }
            text.append('\n');
        }
        return text.append(Arrays.stream(outputs).mapToObj(names::get).toList()).toString();
    }
}
