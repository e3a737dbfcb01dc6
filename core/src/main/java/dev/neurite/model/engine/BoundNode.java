package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ConfigException;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Graph;
import dev.neurite.model.Named;
import dev.neurite.model.Profile.Phase;
import dev.neurite.model.Wrapper;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A built node bound to the arrays of one executor: its parameters, running statistics and timers.
final class BoundNode {
    private static final int MOST_KNOWN = 256;

    final BuiltNode built;
    final ParameterSlot[] allSlots;
    private final ParameterSlot[] trainable; // those that are not frozen here
    final List<BoundNode> children;
    final OpTimer forward;
    final OpTimer backward;
    final boolean acceptsBlocks;
    private final Map<String, ParameterSlot> slots;
    private final Map<String, RunningStatistic> statistics;
    private final boolean open; // the shape of an output depends on the data
    private final boolean readsSequence; // of which it gets parts in a session
    private final List<Shape> inputs = new ArrayList<>(); // of a row in this pass; only if open
    private final Map<List<Shape>, List<Shape>> knownOutputs = new HashMap<>(); // by inputs
    private final Map<String, Tensor> states = new HashMap<>(); // of a session
    private boolean whole; // in a session, it depends on no input that comes in parts
    private List<Tensor> kept = List.of(); // its outputs in a session, if it is whole
    private boolean fixed; // whether it has running statistics of which none is updated

    BoundNode(
            BuiltNode built,
            Map<String, ParameterSlot> slots,
            Map<String, RunningStatistic> statistics,
            List<BoundNode> children) {
        this.built = built;
        this.slots = slots;
        this.allSlots = slots.values().toArray(ParameterSlot[]::new);
        this.trainable = slots.entrySet().stream()
                .filter(each -> built.trains(each.getKey()))
                .map(Map.Entry::getValue)
                .toArray(ParameterSlot[]::new);
        this.statistics = statistics;
        this.children = children;
        this.forward = new OpTimer(built.name(), Phase.FORWARD);
        this.backward = new OpTimer(built.name(), Phase.BACKWARD);
        this.acceptsBlocks = built.node().acceptsBlocks();
        this.open = built.isOpen();
        this.readsSequence = built.readsSequence();
    }

    /// The node runs with these inputs.
    void begin(List<Tensor> in) {
        if (!open) return;
        inputs.clear();
        for (Tensor x : in) inputs.add(x.shape().row());
    }

    /// [#begin(List)] without a list.
    void begin(Tensor x) {
        if (!open) return;
        inputs.clear();
        inputs.add(x.shape().row());
    }

    /// The shape of a row of an output, for the inputs with which the node ran last.
    Shape output(int index) {
        Shape declared = built.outputs().get(index);
        if (declared.isKnown()) return declared;
        List<Shape> known = knownOutputs.get(inputs);
        if (known == null) {
            if (knownOutputs.size() == MOST_KNOWN) knownOutputs.clear(); // lengths without end
            known = built.outputs(inputs);
            knownOutputs.put(List.copyOf(inputs), known);
        }
        return known.get(index);
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

    /// Gives this node and those inside it the states of a session.
    /// @param ofSession this node, built for the most steps of the session
    /// @param wholes the nodes, by identity, that depend on no input that comes in parts
    /// @return the floats of all states, and of the outputs that are kept
    long begin(BuiltNode ofSession, int rows, Set<BuiltNode> wholes) {
        long floats = 0;
        whole = wholes.contains(built);
        if (whole) {
            for (Shape output : ofSession.outputs()) floats += (long) rows * output.size();
            return floats;
        }
        if (readsSequence) {
            for (Map.Entry<String, Shape> each : ofSession.states().entrySet()) {
                Tensor state = Tensor.zeros(each.getValue().forRows(rows));
                states.put(each.getKey(), state);
                floats += state.size();
            }
        }
        for (int i = 0; i < children.size(); i++) {
            floats += children.get(i).begin(ofSession.children().get(i), rows, wholes);
        }
        return floats;
    }

    /// Whether it gets parts of a sequence in a session; if not, all of its inputs are whole.
    boolean readsSequence() {
        return readsSequence;
    }

    /// Whether its outputs are kept in a session, as it depends on no input that comes in parts.
    boolean isWhole() {
        return whole;
    }

    /// The outputs that were kept; none before the first part.
    List<Tensor> kept() {
        return kept;
    }

    void keep(List<Tensor> outputs) {
        kept = outputs;
    }

    /// Sets all states to zeros, and drops what is kept.
    void clearStates() {
        kept = List.of();
        for (Tensor state : states.values()) {
            Arrays.fill(state.array(), state.offset(), state.offset() + state.size(), 0);
        }
        for (BoundNode child : children) child.clearStates();
    }

    /// Copies states from rows of another session; of one for more or fewer steps, those steps that both have.
    /// @param at the row that gets the first of them
    void copyStates(BoundNode from, int[] rows, int at) {
        states.forEach((name, state) -> {
            Tensor other = requireNonNull(from.states.get(name));
            int n = state.shape().row().size();
            int ofOther = other.shape().row().size();
            for (int i = 0; i < rows.length; i++) {
                int begin = other.offset() + rows[i] * ofOther;
                System.arraycopy(other.array(), begin, state.array(), (at + i) * n, Math.min(n, ofOther));
            }
        });
        for (int i = 0; i < children.size(); i++) children.get(i).copyStates(from.children.get(i), rows, at);
    }

    /// Takes over the outputs that are kept, of rows of another session.
    void copyKept(BoundNode from, int[] rows) {
        kept = from.kept.stream().map(each -> each.rowsAt(rows)).toList();
        for (int i = 0; i < children.size(); i++) children.get(i).copyKept(from.children.get(i), rows);
    }

    /// A state, by its name in the node; empty outside of a session.
    Tensor state(String name) {
        if (!built.states().containsKey(name)) {
            throw undeclared("a state", built.states().keySet(), name);
        }
        return states.getOrDefault(name, Tensor.EMPTY);
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

    boolean isTrained() {
        for (ParameterSlot slot : trainable) {
            if (slot.trained) return true;
        }
        return false;
    }

    /// Updates which nodes have running statistics of which none is updated.
    void findFixed() {
        fixed = !statistics.isEmpty() && statistics.values().stream().noneMatch(each -> each.updated);
        for (BoundNode child : children) child.findFixed();
    }

    /// Whether it or a node inside it has running statistics.
    boolean hasStatistics() {
        return !statistics.isEmpty() || children.stream().anyMatch(BoundNode::hasStatistics);
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
