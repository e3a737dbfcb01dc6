package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.RecurrentKernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Node;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// What recurrent layers have in common: shapes, the products of all steps' inputs, and the gradients of the weights.
/// @param node the layer, which messages name
/// @param settings its settings
/// @param gates the number of gates
record RecurrentOp(Node node, RecurrentSettings settings, int gates) {
    Shape build(Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(1) == Shape.OPEN || in.extent(0) == 0) {
            throw new ShapeException(
                    declare.path(),
                    node + " expects sequences [time×features] of at least 1 step, got " + in,
                    in.rank() == 1 ? "For ids of tokens, begin with embedding(…)" : "");
        }
        int units = settings.units();
        int all = Math.multiplyExact(gates, units);
        declare.parameter("weight_ih", Shape.of(all, in.extent(1)), Role.WEIGHT, settings.weights());
        declare.parameter("weight_hh", Shape.of(all, units), Role.WEIGHT, settings.recurrentWeights());
        declare.parameter("bias_ih", Shape.of(all), Role.BIAS, settings.biases());
        declare.parameter("bias_hh", Shape.of(all), Role.BIAS, settings.biases());
        long steps = in.extent(0) == Shape.OPEN ? 1 : in.extent(0);
        declare.multiplications(steps * all * (in.extent(1) + units));
        return settings.sequences() ? Shape.of(in.extent(0), units) : Shape.of(units);
    }

    /// The forward pass of a batch, and its backward pass.
    final class Run {
        final Pass pass;
        final Tensor x;
        final RecurrentKernels kernels;

        /// What the kernels take, see [RecurrentKernels].
        final Tensor gates;

        final Tensor before;
        final Tensor lengths;
        final Tensor y;
        final Tensor h;
        final Tensor output;
        private final int time;

        /// Computes the gates' inputs: x·W_ihᵀ + b_ih + b_hh.
        /// @param ofState the gates that take their share of b_hh here
        Run(Tensor x, Pass pass, int ofState) {
            this.pass = pass;
            this.x = x;
            int units = settings.units();
            time = x.shape().extent(1);
            kernels = pass.kernels().recurrent();
            lengths = pass.lengths(x);
            gates = tensor(RecurrentOp.this.gates);
            before = tensor(1);
            output = pass.output();
            y = settings.sequences() ? output : Tensor.EMPTY;
            h = settings.sequences() ? Tensor.EMPTY : output;
            Tensor b = pass.batchTensor(Shape.of(RecurrentOp.this.gates * units));
            Kernels all = pass.kernels();
            all.copy(pass.parameter("bias_ih"), b);
            Tensor shared = b.rows(0, ofState * units);
            all.add(shared, pass.parameter("bias_hh").rows(0, ofState * units), shared);
            Linear.forward(pass, x, "weight_ih", b, gates);
        }

        /// A tensor with some numbers for each unit and step.
        Tensor tensor(int count) {
            return pass.tensor(Shape.of(time, count * settings.units()));
        }

        /// The gradient of y; empty if only the last state is the output.
        Tensor dy(Tensor dOutput) {
            return settings.sequences() ? dOutput : Tensor.EMPTY;
        }

        /// The gradient of the last state; empty if y is the output.
        Tensor dh(Tensor dOutput) {
            return settings.sequences() ? Tensor.EMPTY : dOutput;
        }

        /// Computes the gradients from δ, which is in [#gates]: dW_ih = δᵀ·x, dW_hh = δᵀ·before, db = Σ δ, dx =
        /// δ·W_ih.
        void backward(Tensor dx) {
            Linear.weightGradients(pass, before, gates, "weight_hh", "bias_hh");
            backwardOfInput(dx);
        }

        /// The part of [#backward] that does not concern the weights of the state.
        void backwardOfInput(Tensor dx) {
            Linear.weightGradients(pass, x, gates, "weight_ih", "bias_ih");
            if (pass.wants(x)) Linear.inputGradient(pass, gates, "weight_ih", dx);
        }
    }
}
