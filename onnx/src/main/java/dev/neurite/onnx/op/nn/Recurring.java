package dev.neurite.onnx.op.nn;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.RecurrentKernels;
import dev.neurite.kernel.RecurrentKernels.Cells;
import dev.neurite.kernel.RecurrentKernels.Steps;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.onnx.op.Fact;
import dev.neurite.onnx.op.NodeCall;
import dev.neurite.onnx.op.Operators;
import dev.neurite.onnx.op.ReadyNode;
import dev.neurite.onnx.op.Scratch;
import dev.neurite.onnx.op.Work;
import dev.neurite.onnx.op.nn.Recurrence.Kind;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// RNN, GRU and LSTM: by kernels if all is floats and the settings are the usual ones, else by [ExactRecurrence].
public final class Recurring {
    /// The attribute of an operator of Neurite's own, which else is that of ONNX, that says that x is
    /// `[batch × time × features]`, as kernels have it. States keep their order.
    public static final String X_BATCH_FIRST = "x_batch_first";

    /// As [#X_BATCH_FIRST]: y is `[batch × time × directions × units]`.
    public static final String Y_BATCH_FIRST = "y_batch_first";

    private static final Map<String, Elementwise> KERNELS =
            Map.of("tanh", Activation.TANH, "relu", Activation.RELU, "sigmoid", Activation.SIGMOID);

    private final Recurrence of;
    private final Kernels kernels;
    private final List<Direction> directions = new ArrayList<>();
    private final Scratch<Tensor> ofGates;
    private final Scratch<Tensor> ofRows; // of x, one sequence after the other
    private final Scratch<Tensor> ofSteps; // the results of a direction, one sequence after the other

    /// What does not change between runs of a direction; null where an input is no constant.
    private record Direction(
            @Nullable PackedWeights w,
            @Nullable PackedWeights r,
            @Nullable Biases biases) {}

    /// The biases in the order of kernels.
    /// @param ofGates those that are added to x·Wᵀ; empty for none
    /// @param ofCandidates those of the candidates' products with the state, of a GRU that resets after; empty for
    /// none
    private record Biases(Tensor ofGates, Tensor ofCandidates) {}

    public static void register(Operators all) {
        for (Kind kind : Kind.values()) {
            all.add(kind.name(), call -> prepare(call, kind));
            all.add(OnnxNode.OWN, kind.name(), call -> prepare(call, kind));
        }
    }

    /// Whether a node is one of these operators.
    public static boolean isRecurrent(OnnxNode node) {
        return Arrays.stream(Kind.values()).anyMatch(kind -> node.is(kind.name()) || node.isOwn(kind.name()));
    }

    private static ReadyNode prepare(NodeCall call, Kind kind) {
        Recurrence of = Recurrence.of(call, kind);
        int most = kind == Kind.LSTM ? 3 : 2;
        if (call.outputs() > most) throw call.wrong("expects up to " + most + " outputs, got " + call.outputs());
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < Math.max(1, call.outputs()); i++) {
            facts.add(Fact.of(call.type(0), i == 0 ? of.ofOutputs() : of.ofStates()));
        }
        if (!hasKernels(call, of)) return ReadyNode.of(facts, (in, out) -> ExactRecurrence.run(of, in, out));
        var fast = new Recurring(call, of);
        return ReadyNode.of(facts, (in, out) -> {
            int[] lengths = of.lengths(in);
            if (Arrays.stream(lengths).anyMatch(each -> each == 0)) ExactRecurrence.run(of, in, out);
            else fast.run(in, out, lengths);
        });
    }

    private static boolean hasKernels(NodeCall call, Recurrence of) {
        boolean peepholes = of.kind() == Kind.LSTM && call.has(Recurrence.P);
        boolean plain = !of.coupled() && Double.isInfinite(of.clip()) && !peepholes;
        boolean activations =
                of.kind() == Kind.RNN ? KERNELS.keySet().containsAll(of.activations()) : of.hasUsualActivations();
        return call.type(0) == ElementType.FLOAT && plain && activations && !of.isEmpty();
    }

    private Recurring(NodeCall call, Recurrence of) {
        this.of = of;
        kernels = call.kernels();
        Shape gates = Shape.of(of.batch(), of.time(), of.kind().gates() * of.units());
        ofGates = new Scratch<>(() -> Tensor.zeros(gates));
        ofRows = new Scratch<>(() -> Tensor.zeros(Shape.of(of.batch() * of.time(), of.inputs())));
        ofSteps = new Scratch<>(() -> Tensor.zeros(Shape.of(of.batch(), of.time(), of.units())));
        for (int i = 0; i < of.directions(); i++) {
            int direction = i;
            String purpose = of.kind() + " " + direction;
            Biases biases = !call.has(Recurrence.B)
                    ? new Biases(Tensor.EMPTY, Tensor.EMPTY)
                    : call.isConstant(Recurrence.B) ? biases(call.value(Recurrence.B), direction) : null;
            directions.add(new Direction(
                    call.packed(Recurrence.W, purpose, w -> reordered(w, direction)),
                    call.packed(Recurrence.R, purpose, w -> reordered(w, direction)),
                    biases));
        }
    }

    // ------------------------------------------------------------------------------------------------------- weights

    /// The weights of a direction, `[gates·units × columns]`, with the gates in the order of kernels.
    private Tensor reordered(Tensor w, int direction) {
        int columns = w.shape().extent(2);
        int block = of.units() * columns;
        int gates = of.kind().gates();
        float[] to = new float[gates * block];
        for (int i = 0; i < gates; i++) {
            int from = w.offset() + (direction * gates + of.kind().order[i]) * block;
            System.arraycopy(w.array(), from, to, i * block, block);
        }
        return Tensor.view(Shape.of(gates * of.units(), columns), to, 0);
    }

    private Biases biases(Value b, int direction) {
        int units = of.units();
        int all = of.kind().gates() * units;
        float[] from = (float[]) b.array();
        int ofW = b.offset() + direction * 2 * all;
        int ofR = ofW + all;
        boolean apart = of.kind() == Kind.GRU && of.resetsAfter(); // the candidates' biases
        float[] sums = new float[all];
        for (int i = 0; i < all; i++) {
            int at = of.kind().order[i / units] * units + i % units;
            sums[i] = from[ofW + at] + (apart && i >= 2 * units ? 0 : from[ofR + at]);
        }
        Tensor ofCandidates = apart
                ? Tensor.of(Shape.of(units), Arrays.copyOfRange(from, ofR + 2 * units, ofR + 3 * units))
                : Tensor.EMPTY;
        return new Biases(Tensor.view(Shape.of(all), sums, 0), ofCandidates);
    }

    // ------------------------------------------------------------------------------------------------------- running

    private void run(Value[] in, Value[] out, int[] lengths) {
        Tensor given = Tensor.EMPTY;
        if (Arrays.stream(lengths).anyMatch(each -> each < of.time())) {
            given = Tensor.zeros(Shape.of(of.batch()));
            for (int row = 0; row < lengths.length; row++) given.array()[row] = lengths[row];
        }
        boolean asTheyAre = of.xBatchFirst() || of.batch() == 1 || of.time() == 1;
        Tensor x = asTheyAre ? in[0].tensor().reshape(Shape.of(of.batch() * of.time(), of.inputs())) : rows(in[0]);
        for (int direction = 0; direction < of.directions(); direction++) run(x, given, direction, in, out);
        if (!asTheyAre) ofRows.release(x);
    }

    /// The steps of all sequences, one sequence after the other.
    private Tensor rows(Value x) {
        Tensor rows = ofRows.take();
        for (int row = 0, to = 0; row < of.batch(); row++) {
            for (int step = 0; step < of.time(); step++, to += of.inputs()) {
                System.arraycopy(x.array(), x.offset() + of.input(row, step), rows.array(), to, of.inputs());
            }
        }
        return rows;
    }

    private void run(Tensor x, Tensor lengths, int direction, Value[] in, Value[] out) {
        Direction with = directions.get(direction);
        PackedWeights w = with.w != null ? with.w : changing(in[Recurrence.W], direction);
        PackedWeights r = with.r != null ? with.r : changing(in[Recurrence.R], direction);
        Biases b = with.biases != null ? with.biases : biases(in[Recurrence.B], direction);
        int width = of.kind().gates() * of.units();
        Tensor gates = ofGates.take();
        kernels.dense(x, w, b.ofGates, Activation.IDENTITY, gates.reshape(Shape.of(x.rows(), width)));
        Tensor y = sequence(out[0]);
        Tensor hn = state(Work.optional(out, 1), direction);
        Tensor h0 = initial(in, Recurrence.INITIAL_H, direction);
        var steps = new Steps(gates, r, lengths, of.isBackward(direction), h0, Tensor.EMPTY, y, hn);
        RecurrentKernels recurrent = kernels.recurrent();
        Tensor cn = Tensor.EMPTY;
        switch (of.kind()) {
            case RNN ->
                recurrent.rnn(
                        Objects.requireNonNull(KERNELS.get(of.activations().get(direction))), steps);
            case GRU -> {
                if (of.resetsAfter()) recurrent.gru(steps, b.ofCandidates, Tensor.EMPTY);
                else recurrent.gruResetBefore(steps, Tensor.EMPTY);
            }
            case LSTM -> {
                cn = state(Work.optional(out, 2), direction);
                recurrent.lstm(steps, new Cells(initial(in, Recurrence.INITIAL_C, direction), Tensor.EMPTY, cn));
            }
        }
        ofGates.release(gates);
        finishSequence(y, out[0], direction);
        finishState(hn, Work.optional(out, 1), direction);
        finishState(cn, Work.optional(out, 2), direction);
    }

    private PackedWeights changing(Value w, int direction) {
        return PackedWeights.changing(reordered(w.tensor(), direction));
    }

    // -------------------------------------------------------------------------------- outputs, in place if they can be

    private boolean sequencesAreRows() {
        return of.directions() == 1 && (of.yBatchFirst() || of.batch() == 1 || of.time() == 1);
    }

    private boolean statesAreRows() {
        return !of.statesBatchFirst() || of.directions() == 1 || of.batch() == 1;
    }

    private Tensor sequence(@Nullable Value y) {
        if (y == null) return Tensor.EMPTY;
        if (!sequencesAreRows()) return ofSteps.take();
        return y.tensor().reshape(Shape.of(of.batch(), of.time(), of.units()));
    }

    private void finishSequence(Tensor from, @Nullable Value y, int direction) {
        if (y == null || sequencesAreRows()) return;
        int units = of.units();
        for (int row = 0, at = 0; row < of.batch(); row++) {
            for (int step = 0; step < of.time(); step++, at += units) {
                System.arraycopy(from.array(), at, y.array(), y.offset() + of.output(direction, row, step), units);
            }
        }
        ofSteps.release(from);
    }

    private Tensor state(@Nullable Value states, int direction) {
        if (states == null) return Tensor.EMPTY;
        Shape shape = Shape.of(of.batch(), of.units());
        if (!statesAreRows()) return Tensor.zeros(shape);
        return Tensor.view(shape, (float[]) states.array(), states.offset() + of.state(direction, 0));
    }

    private void finishState(Tensor from, @Nullable Value states, int direction) {
        if (states != null && !statesAreRows()) copyStates(direction, from, states, true);
    }

    /// The states before the first steps; empty if they are not given.
    private Tensor initial(Value[] in, int input, int direction) {
        Value given = Work.optional(in, input);
        Tensor states = state(given, direction);
        if (given != null && !statesAreRows()) copyStates(direction, states, given, false);
        return states;
    }

    /// Copies the states of a direction into those of all, or out of them.
    private void copyStates(int direction, Tensor one, Value all, boolean into) {
        int units = of.units();
        for (int row = 0; row < of.batch(); row++) {
            int at = all.offset() + of.state(direction, row);
            if (into) System.arraycopy(one.array(), row * units, all.array(), at, units);
            else System.arraycopy(all.array(), at, one.array(), row * units, units);
        }
    }
}
