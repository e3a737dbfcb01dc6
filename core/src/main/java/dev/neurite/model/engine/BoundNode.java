package dev.neurite.model.engine;

import dev.neurite.error.ConfigException;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Named;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A built node bound to the arrays of one executor: its parameters, running statistics and timers.
final class BoundNode {
    final BuiltNode built;
    final ParameterSlot[] allSlots;
    final List<BoundNode> children;
    final OpTimer forward;
    final OpTimer backward;
    final boolean acceptsBlocks;
    private final Map<String, ParameterSlot> slots;
    private final Map<String, RunningStatistic> statistics;
    private boolean fixed; // whether it has running statistics of which none is updated

    BoundNode(
            BuiltNode built,
            Map<String, ParameterSlot> slots,
            Map<String, RunningStatistic> statistics,
            List<BoundNode> children) {
        this.built = built;
        this.slots = slots;
        this.allSlots = slots.values().toArray(ParameterSlot[]::new);
        this.statistics = statistics;
        this.children = children;
        this.forward = new OpTimer(built.name(), Phase.FORWARD);
        this.backward = new OpTimer(built.name(), Phase.BACKWARD);
        this.acceptsBlocks = built.node().acceptsBlocks();
    }

    /// A parameter, by its name in the node.
    ParameterSlot slot(String name) {
        ParameterSlot slot = slots.get(name);
        if (slot == null) throw undeclared("a parameter", slots.keySet(), name);
        return slot;
    }

    /// A running statistic, by its name in the node.
    RunningStatistic statistic(String name) {
        RunningStatistic statistic = statistics.get(name);
        if (statistic == null) throw undeclared("a running statistic", statistics.keySet(), name);
        return statistic;
    }

    private ConfigException undeclared(String what, Iterable<String> declared, String name) {
        return new ConfigException(
                path(),
                "expects " + what + " that it declared, [" + String.join(", ", declared) + "], got '" + name + "'");
    }

    /// The path in the network, for messages.
    String path() {
        return built.name().isEmpty() ? "network" : built.name();
    }

    /// Whether one of its parameters is trained.
    boolean isTrained() {
        if (built.frozen()) return false;
        for (ParameterSlot slot : allSlots) {
            if (slot.trained) return true;
        }
        return false;
    }

    /// Updates which nodes have running statistics of which none is updated.
    void findFixed() {
        fixed = !statistics.isEmpty() && statistics.values().stream().noneMatch(each -> each.updated);
        for (BoundNode child : children) child.findFixed();
    }

    /// Whether it always runs in [dev.neurite.model.Mode#PREDICT].
    boolean predicts() {
        return built.frozen() || fixed;
    }

    /// Whether it only runs its children.
    boolean isOnlyContainer() {
        return built.node() instanceof Graph || built.node() instanceof Named || built.node() instanceof Wrapper;
    }

    /// Whether it takes these tensors in their layouts: in blocks only if it accepts them, and unless it only
    /// runs children, all or none.
    boolean takes(List<Tensor> in) {
        int blocked = 0;
        for (int i = 0; i < in.size(); i++) if (in.get(i).layout() == Layout.BLOCKED) blocked++;
        return blocked == 0 || (acceptsBlocks && (blocked == in.size() || isOnlyContainer()));
    }

    boolean isLeaf() {
        return built.children().isEmpty();
    }

    /// The number of values in its parameters.
    long parameterCount() {
        return built.parameterCount();
    }

    /// Adds the timers of this node, and of all inside it, to a profiler.
    void addTo(LayerProfiler profiler) {
        profiler.add(forward);
        profiler.add(backward);
        for (BoundNode child : children) child.addTo(profiler);
    }
}
