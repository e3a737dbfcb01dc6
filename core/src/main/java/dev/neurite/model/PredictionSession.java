package dev.neurite.model;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.engine.NetworkExecutor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Predictions of sequences that come in parts: each part continues the parts before. [Model#session] begins
/// one.
/// ```java
/// PredictionSession session = model.session(1, 256);
/// Tensor ofPrompt = session.predict(prompt); //   [1 × steps] ids, [1 × steps × vocabulary] probabilities
/// Tensor ofNext = session.predict(token); //      [1 × 1] ids; sees the prompt, without computing it again
/// ```
/// The results have the bits of [Model#predict] for the whole sequences, however they are cut into parts.
///
/// Of several inputs the first comes in parts. The others, such as the source of a translation, are whole, and
/// given with the first part: what follows from them alone, as an encoder, is computed once and kept, and so
/// are the keys and values that attention makes of it. A decoder may also begin with states that the encoder
/// ends with.
///
/// A network is refused if it might need later steps: attention without `withCausal()`, layers that run
/// backwards, a memory or initial states that depend on the parts. Attention with a mask takes whole sequences
/// only.
///
/// What the layers keep between parts is here, in memory that is allocated at the beginning, [#bytes()]: of
/// attention the keys and values of all steps, of recurrent layers the state after the last one. So the time
/// of a step grows only with what attention reads. The model does not change, and may have many sessions.
///
/// One thread at a time may use a session. A part that fails in a layer, as for an id that is not in the
/// vocabulary, leaves states undefined: then the session takes no more parts until [#reset()].
public final class PredictionSession {
    /// The most steps of a row: 2²⁴, up to which float32 counts.
    public static final int MOST_STEPS = 1 << 24;

    private final Network network;
    private final Activation outputActivation;
    private final List<Shape> most;
    private final int steps;
    private final Supplier<NetworkExecutor> maker;
    private final NetworkExecutor executor;
    private final Tensor past;
    private final long stateFloats;
    private List<Tensor> others = List.of(); // the inputs that are whole, from the first part on
    private boolean failed;

    /// @param network without its output activation
    PredictionSession(
            Network network, Activation outputActivation, List<Shape> most, int rows, Supplier<NetworkExecutor> maker) {
        if (rows < 1) throw new ConfigException("session", "expects at least 1 row, got " + rows);
        this.network = network;
        this.outputActivation = outputActivation;
        this.most = List.copyOf(most);
        this.steps = stepsOf(network, this.most);
        network.outputs(this.most); // checks the inputs
        Set<BuiltNode> wholes = wholes(network.root());
        BuiltNode built = network.root().built(this.most);
        long ofInputs = this.most.stream().skip(1).mapToLong(Shape::size).sum();
        requireRoom((double) Float.BYTES * (floats(built) + ofInputs) * rows);
        this.maker = maker;
        this.executor = maker.get();
        this.past = Tensor.zeros(Shape.of(rows));
        this.stateFloats = rows * ofInputs + executor.beginSession(built, past, wholes);
    }

    /// Finds the nodes that depend on no part, and refuses those that read sequences, but not in parts.
    /// @return the nodes that depend on no part, by identity; without those inside them
    private static Set<BuiltNode> wholes(BuiltNode root) {
        Set<BuiltNode> wholes = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Boolean> ofInputs =
                new ArrayList<>(Collections.nCopies(root.inputs().size(), false));
        ofInputs.set(0, true);
        walk(root, ofInputs, wholes);
        return wholes;
    }

    /// @param parts whether each input depends on the parts
    /// @return whether each output does
    private static List<Boolean> walk(BuiltNode built, List<Boolean> parts, Set<BuiltNode> wholes) {
        if (!parts.contains(true)) {
            wholes.add(built);
            return Collections.nCopies(built.outputs().size(), false);
        }
        requireParts(built);
        if (built.node() instanceof Graph graph) {
            List<List<Boolean>> found = new ArrayList<>();
            for (int i = 0; i < graph.applications().size(); i++) {
                List<Graph.Port> from = graph.applications().get(i).from();
                found.add(walk(built.children().get(i), of(from, parts, found), wholes));
            }
            return of(graph.outputs(), parts, found);
        }
        if (built.node() instanceof Named || built.node() instanceof Wrapper) {
            return walk(built.children().getFirst(), parts, wholes);
        }
        requireInputs(built, parts);
        for (BuiltNode child : built.children()) {
            if (parts.contains(false)) requirePartsInside(child); // it knows which inputs of its children are whole
            else walk(child, Collections.nCopies(child.inputs().size(), true), wholes);
        }
        return Collections.nCopies(built.outputs().size(), true);
    }

    private static List<Boolean> of(List<Graph.Port> ports, List<Boolean> ofInputs, List<List<Boolean>> found) {
        return ports.stream()
                .map(port -> (port.application() < 0 ? ofInputs : found.get(port.application())).get(port.index()))
                .toList();
    }

    private static void requireParts(BuiltNode built) {
        if (Shape.areKnown(built.inputs()) || built.node().acceptsParts()) return;
        throw new ConfigException(
                where(built),
                "expects to get whole sequences, as it may read later steps, got a session: " + built.node(),
                "Use layers that look back only, such as attention with withCausal(), or Model.predict");
    }

    private static void requirePartsInside(BuiltNode built) {
        requireParts(built);
        built.children().forEach(PredictionSession::requirePartsInside);
    }

    /// Requires that sequences along the time axis of a node come in parts, and that all else is whole, such as
    /// the memory of attention and the states with which a recurrent layer begins. A node without such
    /// sequences is computed anew in each part, from what it gets.
    private static void requireInputs(BuiltNode built, List<Boolean> parts) {
        boolean inParts = built.readsSequence();
        for (int i = 0; i < parts.size(); i++) {
            boolean sequence = built.isSequence(i);
            boolean any = !inParts && built.inputs().get(i).isKnown();
            if (any || parts.get(i) == sequence) continue;
            throw new ConfigException(
                    where(built),
                    "expects input " + (i + 1) + (sequence ? " in parts" : " whole") + ", got it "
                            + (sequence ? "whole" : "in parts") + ": " + built.node(),
                    "In a session only the first input of the network comes in parts, such as the target of a"
                            + " translation; Model.predict takes whole sequences");
        }
    }

    private static String where(BuiltNode built) {
        return built.name().isEmpty() ? "network" : built.name();
    }

    static Shape most(Shape input, int steps) {
        if (steps < 1) throw new ConfigException("session", "expects at least 1 step, got " + steps);
        return input.withOpen(steps);
    }

    private static int stepsOf(Network network, List<Shape> most) {
        Shape input = network.inputs().getFirst();
        if (most.isEmpty()
                || input.rank() == 0
                || input.extent(0) != Shape.OPEN
                || !most.getFirst().isKnown()) {
            throw new ShapeException(
                    "session",
                    "expects sequences, whose first axis is open, and their most steps, got " + most + " for " + input);
        }
        int steps = most.getFirst().extent(0);
        if (steps > MOST_STEPS) {
            throw new ConfigException("session", "expects at most " + MOST_STEPS + " steps, got " + steps);
        }
        return steps;
    }

    /// The floats of all states of a row.
    private static long floats(BuiltNode built) {
        long floats = built.states().values().stream().mapToLong(Shape::size).sum();
        for (BuiltNode child : built.children()) floats += floats(child);
        return floats;
    }

    private void requireRoom(double bytes) {
        Runtime heap = Runtime.getRuntime();
        if (bytes <= heap.maxMemory() - (heap.totalMemory() - heap.freeMemory())) return;
        System.gc(); // much of the used heap may be garbage
        long free = heap.maxMemory() - (heap.totalMemory() - heap.freeMemory());
        if (bytes <= free) return;
        throw new ResourceException(
                "session",
                "expects " + (long) (bytes / (1 << 20)) + " MB for what layers keep of " + steps
                        + " steps, the heap has " + (free >> 20) + " MB left",
                "Take fewer steps or rows, or give Java more, as in -Xmx8g");
    }

    /// The number of rows of each part.
    public int rows() {
        return past.rows();
    }

    /// The most steps that a row may get in all.
    public int most() {
        return steps;
    }

    /// How many steps a row has had.
    /// @param row from 0
    public int past(int row) {
        return (int) past.get(row);
    }

    /// Predicts the next part of each row.
    /// @param part the next steps, `[rows × steps × …]`. Rows may get different numbers of them, with
    /// [Tensor#withLengths]: the others are padding, and do not count
    /// @return the output, as from [Model#predict(Tensor)] for these steps. With several inputs this is the
    /// first, and only for later parts
    /// @throws DataException if a row would have more steps than [#most()]; then nothing has changed
    /// @throws ShapeException for other inputs or several outputs
    public Tensor predict(Tensor part) {
        return activated(logits(part));
    }

    /// [#predict(Tensor)] for several inputs or outputs.
    /// @param inputs the next part of the first input, and with the first part all others whole. Later parts
    /// may leave them out; they are not read again
    public List<Tensor> predict(List<Tensor> inputs) {
        return logits(inputs).stream().map(this::activated).toList();
    }

    /// [#predict(Tensor)] without the output activation of the model.
    public Tensor logits(Tensor part) {
        if (network.outputs().size() != 1) {
            throw new ShapeException(
                    "network",
                    "expects one output here, has " + network.outputs().size());
        }
        return logits(List.of(part)).getFirst();
    }

    /// [#predict(List)] without the output activation of the model.
    public List<Tensor> logits(List<Tensor> inputs) {
        if (failed) {
            throw new ConfigException("session", "expects no part after one that failed", "Call reset() to begin anew");
        }
        if (inputs.isEmpty()) throw new ShapeException("session", "expects a part, got no input");
        Tensor part = inputs.getFirst();
        List<Tensor> all = new ArrayList<>(List.of(part));
        all.addAll(others.isEmpty() ? inputs.subList(1, inputs.size()) : others);
        check(all);
        if (others.isEmpty()) others = all.stream().skip(1).map(Tensor::copy).toList();
        failed = true;
        List<Tensor> results = new ArrayList<>();
        for (Tensor each : executor.forward(Mode.PREDICT, all)) results.add(each.copy());
        executor.reset();
        for (int row = 0; row < rows(); row++) past.array()[row] += stepsOf(part, row);
        failed = false;
        return results;
    }

    private Tensor activated(Tensor z) {
        Tensor y = Tensor.zeros(z.shape());
        Model.activate(executor.kernels(), outputActivation, z, y);
        return y;
    }

    private static int stepsOf(Tensor part, int row) {
        return part.lengths().size() == 0
                ? part.shape().extent(1)
                : (int) part.lengths().get(row);
    }

    private void check(List<Tensor> inputs) {
        boolean fits = inputs.size() == most.size();
        for (int i = 0; i < inputs.size() && fits; i++) {
            Tensor x = inputs.get(i);
            fits = x.shape().rank() > 0
                    && x.rows() == rows()
                    && network.inputs().get(i).accepts(x.shape().row());
        }
        if (!fits) {
            throw new ShapeException(
                    "session",
                    "expects parts of " + rows() + " rows of " + network.inputs() + ", got "
                            + inputs.stream().map(Tensor::shape).toList());
        }
        for (int row = 0; row < rows(); row++) {
            int end = past(row) + stepsOf(inputs.getFirst(), row);
            if (end <= steps) continue;
            throw new DataException(
                    "session, row " + row,
                    "expects at most " + steps + " steps in all, got " + end,
                    "Begin the session with more, if the model has as many positions");
        }
    }

    /// Another session, with the rows of this one at these indices: fewer, when some texts have ended, or one
    /// several times, to go on in several ways.
    /// @param indices from 0, at least one
    /// @throws IndexOutOfBoundsException for an index outside the rows
    public PredictionSession select(int... indices) {
        for (int index : indices) Objects.checkIndex(index, rows());
        var other = new PredictionSession(network, outputActivation, most, indices.length, maker);
        other.executor.copyStates(executor, indices, 0);
        other.executor.copyKept(executor, indices);
        for (int i = 0; i < indices.length; i++) other.past.array()[i] = past.get(indices[i]);
        other.others = others.stream().map(each -> each.rowsAt(indices)).toList();
        other.failed = failed;
        return other;
    }

    /// A session with the rows of others, one after the other: rows that began apart go on side by side.
    /// @param sessions of one model, for as many steps each
    /// @throws ConfigException for none, or sessions of other models or other steps, of a network with several
    /// inputs, or with a part that failed
    @SuppressWarnings("ReferenceEquality") // one network is meant
    public static PredictionSession joined(List<PredictionSession> sessions) {
        if (sessions.isEmpty()) throw new ConfigException("sessions", "expects at least 1, got none");
        PredictionSession first = sessions.getFirst();
        boolean fit = first.most.size() == 1;
        for (PredictionSession each : sessions) {
            fit &= each.network == first.network && each.most.equals(first.most) && !each.failed;
        }
        if (!fit) {
            throw new ConfigException(
                    "sessions",
                    "expects those of one model with one input, for as many steps each and without a part that failed,"
                            + " got " + sessions);
        }
        int rows = sessions.stream().mapToInt(PredictionSession::rows).sum();
        var all = new PredictionSession(first.network, first.outputActivation, first.most, rows, first.maker);
        int at = 0;
        for (PredictionSession each : sessions) {
            all.executor.copyStates(
                    each.executor, IntStream.range(0, each.rows()).toArray(), at);
            for (int row = 0; row < each.rows(); row++) all.past.array()[at + row] = each.past.get(row);
            at += each.rows();
        }
        return all;
    }

    /// Another session with the rows of this one, for another number of steps.
    /// @param steps at least as many as each row has had, up to [#MOST_STEPS]
    /// @throws ConfigException for fewer or more, or a network with several inputs
    public PredictionSession withMost(int steps) {
        if (most.size() != 1) throw new ConfigException("session", "expects a network with one input, got " + most);
        for (int row = 0; row < rows(); row++) {
            if (past(row) > steps) {
                throw new ConfigException(
                        "session", "expects at least the " + past(row) + " steps that row " + row + " has had");
            }
        }
        List<Shape> other = List.of(most(network.inputs().getFirst(), steps));
        var session = new PredictionSession(network, outputActivation, other, rows(), maker);
        session.executor.copyStates(executor, IntStream.range(0, rows()).toArray(), 0);
        System.arraycopy(past.array(), past.offset(), session.past.array(), 0, rows());
        session.failed = failed;
        return session;
    }

    /// Takes steps back: each row goes on as after its first steps. Also after a part that failed.
    /// @param steps from 0, at most as many as each row has had
    /// @throws ConfigException for more, or a network with layers that keep no step by itself, such as
    /// recurrent ones
    public void rewind(int steps) {
        for (int row = 0; row < rows(); row++) {
            if (steps >= 0 && steps <= past(row)) continue;
            throw new ConfigException(
                    "session", "expects 0 to " + past(row) + " steps for row " + row + ", got " + steps);
        }
        requireSteps(network.root());
        Arrays.fill(past.array(), past.offset(), past.offset() + rows(), steps);
        failed = false;
    }

    /// Requires that what layers keep has a time axis, so that later steps write over earlier ones.
    private static void requireSteps(BuiltNode built) {
        for (Shape state : built.states().values()) {
            if (state.rank() > 0 && state.extent(0) == Shape.OPEN) continue;
            throw new ConfigException(
                    where(built),
                    "expects to go on after earlier steps, but keeps only what follows from the last one: "
                            + built.node(),
                    "Keep a copy of the session: select(0)");
        }
        built.children().forEach(PredictionSession::requireSteps);
    }

    /// Begins anew: forgets all parts.
    public void reset() {
        executor.reset();
        executor.clearStates();
        others = List.of();
        Arrays.fill(past.array(), 0);
        failed = false;
    }

    /// The memory of what the layers keep between parts, in bytes: fixed from the beginning. Buffers for a
    /// part come on top, as in [Model#predict].
    public long bytes() {
        return Float.BYTES * stateFloats;
    }

    /// Rows, steps and memory.
    @Override
    public String toString() {
        return "session of " + rows() + " rows, " + steps + " steps, " + bytes() + " bytes";
    }
}
