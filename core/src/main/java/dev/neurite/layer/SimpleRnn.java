package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A simple recurrent layer: h = g(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh). Elman 1990; PyTorch's `RNN`, Keras's
/// `SimpleRNN`. Shapes and parameters: [RecurrentLayer].
/// @param units the number of elements of the state, at least 1
/// @param activation g, tanh by default; one whose derivative follows from its result, such as ReLU
/// @param sequences whether the output is the state after each step, not only after the last, the default
/// @param reversed whether the steps run from the last to the first; not by default
/// @param weights the initializer of the weights of the input
/// @param recurrentWeights the initializer of the weights of the state
/// @param biases the initializer of both biases
public record SimpleRnn(
        int units,
        Elementwise activation,
        boolean sequences,
        boolean reversed,
        Initializer weights,
        Initializer recurrentWeights,
        Initializer biases)
        implements RecurrentLayer<SimpleRnn> {
    /// @throws ConfigException for less than 1 unit, or an activation whose derivative needs its input
    public SimpleRnn {
        RecurrentOp.check("simpleRnn", units);
        if (activation.derivativeNeedsInput()) {
            throw new ConfigException(
                    "simpleRnn", "expects an activation whose derivative follows from its result, got " + activation);
        }
    }

    /// A copy with this activation.
    public SimpleRnn withActivation(Elementwise other) {
        return new SimpleRnn(units, other, sequences, reversed, weights, recurrentWeights, biases);
    }

    @Override
    public SimpleRnn withSequences() {
        return new SimpleRnn(units, activation, true, reversed, weights, recurrentWeights, biases);
    }

    @Override
    public SimpleRnn withReversed() {
        return new SimpleRnn(units, activation, sequences, true, weights, recurrentWeights, biases);
    }

    @Override
    public SimpleRnn withWeights(Initializer initializer) {
        return new SimpleRnn(units, activation, sequences, reversed, initializer, recurrentWeights, biases);
    }

    @Override
    public SimpleRnn withRecurrentWeights(Initializer initializer) {
        return new SimpleRnn(units, activation, sequences, reversed, weights, initializer, biases);
    }

    @Override
    public SimpleRnn withBiases(Initializer initializer) {
        return new SimpleRnn(units, activation, sequences, reversed, weights, recurrentWeights, initializer);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, 1);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return op().build(in, declare);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        var run = op().new Run(x, pass, 1);
        run.kernels.rnn(
                activation,
                run.gates,
                pass.weights("weight_hh"),
                run.lengths,
                reversed,
                Tensor.EMPTY,
                run.before,
                run.y,
                run.h);
        return pass.backward(x, run.output, (dy, dx) -> {
            run.kernels.rnnGradient(
                    activation,
                    run.gates,
                    pass.weights("weight_hh"),
                    run.lengths,
                    reversed,
                    run.dy(dy),
                    run.dh(dy),
                    Tensor.EMPTY);
            run.backward(dx);
        });
    }

    @Override
    public String toString() {
        return op().text("simpleRnn");
    }
}
