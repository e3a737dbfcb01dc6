package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.kernel.RecurrentKernels;
import dev.neurite.kernel.RecurrentKernels.StateGradients;
import dev.neurite.kernel.RecurrentKernels.Steps;
import dev.neurite.model.Declarations;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What recurrent layers have in common: shapes, the products of all steps' inputs, and the gradients of the weights.
/// @param layer the layer
/// @param gates the number of gates
record RecurrentOp(RecurrentLayer<?> layer, int gates) {
    private static final List<String> STATES = List.of("h", "c"); // names in a session

    private RecurrentSettings settings() {
        return layer.settings();
    }

    /// Checks the inputs of a [Recurrent]: sequences, then a row for each state, or none.
    static void check(Recurrent node, List<Shape> in, Declarations declare) {
        if (in.isEmpty()) throw new ShapeException(declare.path(), node + " expects sequences, got no input");
        Shape x = in.getFirst();
        if (x.rank() != 2 || x.extent(1) == Shape.OPEN || x.extent(0) == 0) {
            throw new ShapeException(
                    declare.path(),
                    node + " expects sequences [time×features] of at least 1 step, got " + x,
                    x.rank() == 1 ? "For ids of tokens, begin with embedding(…)" : "");
        }
        List<Shape> states = in.subList(1, in.size());
        List<Shape> expected = node.states().stream().map(Shape::of).toList();
        if (states.isEmpty() || states.equals(expected)) return;
        throw new ShapeException(
                declare.path(), node + " expects initial states " + expected + " after x, or none, got " + states);
    }

    List<Shape> build(List<Shape> in, Declarations declare) {
        check(layer, in, declare);
        Shape x = in.getFirst();
        int units = settings().units();
        int all = gates * units;
        declare.parameter(
                "weight_ih", Shape.of(all, x.extent(1)), Role.WEIGHT, settings().weights());
        declare.parameter(
                "weight_hh", Shape.of(all, units), Role.WEIGHT, settings().recurrentWeights());
        declare.parameter("bias_ih", Shape.of(all), Role.BIAS, settings().biases());
        declare.parameter("bias_hh", Shape.of(all), Role.BIAS, settings().biases());
        if (!settings().reversed()) { // a session keeps them
            for (int i = 0; i < layer.states().size(); i++) declare.state(STATES.get(i), Shape.of(units));
        }
        long steps = x.extent(0) == Shape.OPEN ? 1 : x.extent(0);
        declare.multiplications(steps * all * (x.extent(1) + units));
        List<Shape> out = new ArrayList<>();
        out.add(settings().sequences() ? Shape.of(x.extent(0), units) : Shape.of(units));
        if (settings().states()) for (int state : layer.states()) out.add(Shape.of(state));
        return out;
    }

    /// The forward pass of a batch, and its backward pass.
    final class Run {
        final Pass pass;
        final RecurrentKernels kernels;

        /// What the kernels take, see [RecurrentKernels].
        final Steps steps;

        final Tensor gates;
        final Tensor before;
        final Tensor c0;
        final Tensor cn;
        private final Tensor y;
        private final Tensor hn;
        private final List<Tensor> in;
        private final Tensor x;
        private final int time;
        private final boolean inParts;
        private final int ofState;
        private final boolean keeps; // what the gradient needs

        /// Computes the gates' inputs: x·W_ihᵀ + b_ih + b_hh.
        /// @param ofState the gates that take their share of b_hh here
        Run(List<Tensor> in, Pass pass, int ofState) {
            this.pass = pass;
            this.in = in;
            this.ofState = ofState;
            x = in.getFirst();
            inParts = pass.past().size() != 0;
            boolean cells = layer.states().size() > 1;
            Tensor h0 = initial(0);
            c0 = cells ? initial(1) : Tensor.EMPTY;
            int units = settings().units();
            time = x.shape().extent(1);
            kernels = pass.kernels().recurrent();
            gates = tensor(RecurrentOp.this.gates);
            keeps = keeps();
            before = kept(1);
            boolean sequences = settings().sequences();
            y = sequences ? pass.output() : Tensor.EMPTY;
            hn = !sequences ? pass.output() : settings().states() ? pass.output(1) : forSession(units);
            cn = !cells ? Tensor.EMPTY : settings().states() ? pass.output(2) : forSession(units);
            Tensor b = pass.batchTensor(Shape.of(RecurrentOp.this.gates * units));
            Kernels all = pass.kernels();
            all.copy(pass.parameter("bias_ih"), b);
            Tensor shared = b.rows(0, ofState * units);
            all.add(shared, pass.parameter("bias_hh").rows(0, ofState * units), shared);
            Linear.forward(pass, x, "weight_ih", b, gates);
            PackedWeights w = pass.weights("weight_hh");
            steps = new Steps(gates, w, pass.lengths(x), settings().reversed(), h0, before, y, hn).withMask(mask());
        }

        /// A state before the first step: that of the session, which begins with the given one; empty for zeros.
        private Tensor initial(int state) {
            Tensor given = in.size() > 1 ? in.get(1 + state) : Tensor.EMPTY;
            if (!inParts) return given;
            Tensor kept = pass.state(STATES.get(state));
            boolean begins = pass.past().get(0) == 0; // of all rows
            if (begins && given.size() != 0) pass.kernels().copy(given, kept);
            return kept;
        }

        /// One mask for all steps of a row; empty without dropout of states.
        private Tensor mask() {
            double rate = settings().recurrentDropout();
            if (rate == 0 || pass.mode() == Mode.PREDICT) return Tensor.EMPTY;
            Tensor mask = pass.tensor(Shape.of(settings().units()));
            pass.kernels().fill(1, mask);
            pass.kernels().noise().dropout(pass.noise(), rate, mask, mask);
            return mask;
        }

        /// A last state that is no output: only a session reads it.
        private Tensor forSession(int units) {
            return inParts ? pass.tensor(Shape.of(units)) : Tensor.EMPTY;
        }

        private boolean keeps() {
            return in.stream().anyMatch(pass::wants)
                    || Stream.of("weight_ih", "weight_hh", "bias_ih", "bias_hh").anyMatch(pass::wants);
        }

        /// Computes the gradients of W_hh and the biases from δ: δᵀ·before and Σ δ.
        void stateGradients() {
            Linear.weightGradients(pass, before, gates, "weight_hh", "");
            biasGradients();
        }

        /// Computes the gradients of the biases: Σ δ, that of b_hh only for the gates that take their share of it
        /// here.
        void biasGradients() {
            boolean ofInput = pass.wants("bias_ih");
            boolean both = ofInput && pass.wants("bias_hh");
            if (!ofInput && !pass.wants("bias_hh")) return;
            Tensor db = pass.gradient(ofInput ? "bias_ih" : "bias_hh");
            pass.kernels().columnSums(gates.positions(), db);
            int n = ofState * settings().units();
            if (both)
                pass.kernels().copy(db.rows(0, n), pass.gradient("bias_hh").rows(0, n));
        }

        /// A tensor with some numbers for each unit and step.
        Tensor tensor(int count) {
            return pass.tensor(Shape.of(time, count * settings().units()));
        }

        /// A tensor with some numbers for each unit and step, for the gradient; empty if there will be none.
        Tensor kept(int count) {
            return keeps ? tensor(count) : Tensor.EMPTY;
        }

        /// What is different in a layer's backward pass.
        interface Backward {
            /// Turns the gates into δ, and computes the gradients of the weights of the state.
            /// @param dcn see [RecurrentKernels]; of what is no output or input, empty
            void run(StateGradients d, Tensor dcn, Tensor dc0);
        }

        /// Records the backward pass.
        /// @return the outputs
        List<Tensor> outputs(Backward backward) {
            if (inParts) {
                pass.kernels().copy(hn, steps.h0());
                if (cn.size() != 0) pass.kernels().copy(cn, c0);
            }
            boolean sequences = settings().sequences();
            boolean states = settings().states();
            List<Tensor> last = layer.states().size() > 1 ? List.of(hn, cn) : List.of(hn);
            List<Tensor> written = new ArrayList<>();
            if (sequences) written.add(y);
            if (states) written.addAll(last);
            else if (!sequences) written.add(hn);
            pass.backward(in, written, (dys, dxs) -> {
                int first = sequences ? 1 : 0; // the place of the state's gradient
                var d = new StateGradients(
                        sequences ? dys.getFirst() : Tensor.EMPTY,
                        dys.size() > first ? dys.get(first) : Tensor.EMPTY,
                        dxs.size() > 1 ? dxs.get(1) : Tensor.EMPTY);
                Tensor dcn = dys.size() > first + 1 ? dys.get(first + 1) : Tensor.EMPTY;
                backward.run(d, dcn, dxs.size() > 2 ? dxs.get(2) : Tensor.EMPTY);
                Linear.backward(pass, x, gates, "weight_ih", "", null, dxs.getFirst());
            });
            if (sequences || !states) return written;
            List<Tensor> outputs = new ArrayList<>(List.of(hn)); // y is hn
            outputs.addAll(last);
            return outputs;
        }
    }
}
