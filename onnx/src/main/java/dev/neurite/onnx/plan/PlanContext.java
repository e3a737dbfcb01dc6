package dev.neurite.onnx.plan;

import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.onnx.graph.Attributes;
import dev.neurite.onnx.graph.Constant;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.value.Value;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What all plans of a model share: kernels, packed weights, and the plans of bodies. Thread-safe.
public final class PlanContext implements NodeCall.Surroundings {
    private final Kernels kernels;
    private final IdentityHashMap<Constant, Map<String, PackedWeights>> weights = new IdentityHashMap<>();
    private final IdentityHashMap<Constant, Map<String, Constant>> derived = new IdentityHashMap<>();
    private final IdentityHashMap<Constant, Origin> origins = new IdentityHashMap<>();
    private final IdentityHashMap<Attributes, Object> made = new IdentityHashMap<>();
    private final IdentityHashMap<OnnxGraph, Runner> bodies = new IdentityHashMap<>();

    /// @param kernels what steps compute with
    public PlanContext(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public synchronized PackedWeights packed(Constant of, String purpose, Supplier<PackedWeights> make) {
        if (!of.isShared()) return make.get();
        return weights.computeIfAbsent(of, _ -> new HashMap<>()).computeIfAbsent(purpose, _ -> make.get());
    }

    @Override
    public synchronized <T> T made(Attributes of, Class<T> kind, Supplier<T> make) {
        return kind.cast(made.computeIfAbsent(of, _ -> make.get()));
    }

    /// The node that has computed a constant, and its inputs.
    record Origin(OnnxNode node, List<Constant> inputs) {}

    /// Notes of what DequantizeLinear has computed a constant.
    synchronized void note(Constant computed, Origin origin) {
        origins.put(computed, origin);
    }

    /// What was noted of a constant; null for nothing.
    synchronized @Nullable Origin origin(Constant of) {
        return origins.get(of);
    }

    /// A constant that is made of others: once, if all of them are shared.
    /// @param purpose what is made, with the names of all
    synchronized Constant derived(List<Constant> of, String purpose, Supplier<Value> make) {
        if (!of.stream().allMatch(Constant::isShared)) return Constant.of(make.get(), false);
        return derived.computeIfAbsent(of.getFirst(), _ -> new HashMap<>())
                .computeIfAbsent(purpose, _ -> Constant.of(make.get(), true));
    }

    @Override
    public Value[] run(OnnxGraph body, Map<String, Value> captured, Value... given) {
        return body(body).run(captured, given);
    }

    private synchronized Runner body(OnnxGraph body) {
        return bodies.computeIfAbsent(body, graph -> new Runner(graph, this));
    }
}
