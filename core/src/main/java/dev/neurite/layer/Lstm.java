package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// An LSTM: c = i·g + f·c and h = o·tanh c, with gates i, f, o = sigmoid(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) and g =
/// tanh(…). Hochreiter and Schmidhuber 1997. The parameters have the gates in the order i, f, g, o, as PyTorch's
/// and Keras's do; Keras has one bias, which begins with 1 for f. Shapes and parameters: [RecurrentLayer].
/// @param units the number of elements of the state, at least 1
/// @param sequences whether the output is the state after each step, not only after the last, the default
/// @param reversed whether the steps run from the last to the first; not by default
/// @param weights the initializer of the weights of the input
/// @param recurrentWeights the initializer of the weights of the state
/// @param biases the initializer of both biases
public record Lstm(
        int units,
        boolean sequences,
        boolean reversed,
        Initializer weights,
        Initializer recurrentWeights,
        Initializer biases)
        implements RecurrentLayer<Lstm> {
    /// @throws ConfigException for less than 1 unit
    public Lstm {
        RecurrentOp.check("lstm", units);
    }

    @Override
    public Lstm withSequences() {
        return new Lstm(units, true, reversed, weights, recurrentWeights, biases);
    }

    @Override
    public Lstm withReversed() {
        return new Lstm(units, sequences, true, weights, recurrentWeights, biases);
    }

    @Override
    public Lstm withWeights(Initializer initializer) {
        return new Lstm(units, sequences, reversed, initializer, recurrentWeights, biases);
    }

    @Override
    public Lstm withRecurrentWeights(Initializer initializer) {
        return new Lstm(units, sequences, reversed, weights, initializer, biases);
    }

    @Override
    public Lstm withBiases(Initializer initializer) {
        return new Lstm(units, sequences, reversed, weights, recurrentWeights, initializer);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, 4);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return op().build(in, declare);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        var run = op().new Run(x, pass, 4);
        Tensor c = run.tensor(1);
        Tensor none = Tensor.EMPTY;
        run.kernels.lstm(
                run.gates,
                pass.weights("weight_hh"),
                run.lengths,
                reversed,
                none,
                none,
                run.before,
                c,
                run.y,
                run.h,
                none);
        return pass.backward(x, run.output, (dy, dx) -> {
            run.kernels.lstmGradient(
                    run.gates,
                    pass.weights("weight_hh"),
                    run.lengths,
                    reversed,
                    none,
                    c,
                    run.dy(dy),
                    run.dh(dy),
                    none,
                    none,
                    none);
            run.backward(dx);
        });
    }

    @Override
    public String toString() {
        return op().text("lstm");
    }
}
