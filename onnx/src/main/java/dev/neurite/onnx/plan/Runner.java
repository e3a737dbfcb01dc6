package dev.neurite.onnx.plan;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.Heap;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.onnx.value.ValueInfo;
import dev.neurite.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Runs a graph on inputs of any shapes: makes a plan for each combination of shapes, and keeps those that were
/// used last. Thread-safe.
public final class Runner {
    private static final int MOST_PLANS = 128; // texts have so many lengths where tokenizers cut them

    private final Supplier<OnnxGraph> graph; // with all folded that does not depend on shapes
    private final String name;
    private final PlanContext context;
    private final List<String> inputs; // those of the graph, then captured values
    private final int captured; // the number of captured values
    private final Map<List<Signature>, Plan> plans = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<Signature>, Plan> eldest) {
            return size() > MOST_PLANS;
        }
    };

    private record Signature(ElementType type, Shape shape) {
        /// Of sequences, maps and optional values only the type counts: what they have is seen in each run.
        static Signature of(Value value) {
            return new Signature(value.type(), value.type().hasValues() ? Shape.SCALAR : value.shape());
        }
    }

    /// @param context what the plans of a model share
    public Runner(OnnxGraph graph, PlanContext context) {
        this.graph = Lazy.of(() -> ConstantFolding.fold(graph, context));
        this.name = graph.name();
        this.context = context;
        List<String> names =
                new ArrayList<>(graph.inputs().stream().map(ValueInfo::name).toList());
        List<String> others = List.copyOf(graph.captured());
        names.addAll(others);
        inputs = List.copyOf(names);
        captured = others.size();
    }

    /// Runs the graph.
    /// @param given the inputs, in their order
    /// @return the outputs, which are the caller's own
    /// @throws ResourceException if the heap is too small, or the thread is interrupted
    public Value[] run(Value... given) {
        return Heap.guard(label(), () -> run(Map.of(), given));
    }

    private String label() {
        return "graph '" + name + "'";
    }

    /// Runs a body.
    /// @param around the captured values
    Value[] run(Map<String, Value> around, Value... given) {
        Value[] all = all(around, given);
        return planned(all).run(all);
    }

    private Value[] all(Map<String, Value> around, Value... given) {
        int own = inputs.size() - captured;
        if (given.length != own) {
            throw new DataException(label(), "expects " + own + " inputs, got " + given.length);
        }
        Value[] all = new Value[inputs.size()];
        System.arraycopy(given, 0, all, 0, own);
        for (int i = own; i < all.length; i++) {
            Value value = around.get(inputs.get(i));
            if (value == null) {
                throw new DataException(label(), "expects a value '" + inputs.get(i) + "', got none");
            }
            all[i] = value;
        }
        return all;
    }

    /// The plan for inputs like these.
    /// @throws ResourceException if the heap is too small
    public Plan plan(Value... like) {
        return Heap.guard(label(), () -> planned(like));
    }

    private Plan planned(Value... like) {
        List<Signature> key = signatures(like);
        synchronized (plans) {
            Plan known = plans.get(key);
            if (known != null) return known;
        }
        Plan made = Plan.of(staged(like).getLast().graph(), facts(key), inputs, context);
        synchronized (plans) {
            plans.put(key, made);
        }
        return made;
    }

    /// The stages in which a plan for inputs like these is made.
    /// @throws ResourceException if the heap is too small
    public List<Stage> stages(Value... like) {
        return Heap.guard(label(), () -> staged(like));
    }

    private List<Stage> staged(Value... like) {
        return Stage.all(graph.get(), facts(signatures(like)), context);
    }

    /// The graph for inputs of these shapes: constants and arithmetic on shapes folded, activations, norms and
    /// attention recognized.
    /// @param shapes of the inputs, in their order
    /// @throws ResourceException if the heap is too small
    public OnnxGraph recognized(List<Shape> shapes) {
        OnnxGraph known = graph.get();
        List<Signature> key = new ArrayList<>();
        for (ValueInfo each : known.inputs()) key.add(new Signature(each.type(), shapes.get(key.size())));
        return Heap.guard(label(), () -> Stage.recognized(known, facts(key), context));
    }

    private static List<Signature> signatures(Value... values) {
        return Arrays.stream(values).map(Signature::of).toList();
    }

    private Map<String, Fact> facts(List<Signature> key) {
        Map<String, Fact> facts = new HashMap<>();
        for (int i = 0; i < key.size(); i++) {
            if (key.get(i).type.hasValues()) continue;
            facts.put(inputs.get(i), Fact.of(key.get(i).type, key.get(i).shape));
        }
        return facts;
    }

    /// Runs a stage by itself, as it is.
    /// @param watcher sees all values
    /// @throws ResourceException as [#run(Value...)]
    public Value[] run(Stage stage, Plan.Watcher watcher, Value... given) {
        return Heap.guard(
                label(),
                () -> Plan.of(stage.graph(), facts(signatures(given)), inputs, context)
                        .run(watcher, given));
    }
}
