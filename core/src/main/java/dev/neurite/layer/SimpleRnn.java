package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A simple recurrent layer: h = g(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh). Elman 1990; PyTorch's `RNN`, Keras's
/// `SimpleRNN`. Shapes and parameters: [RecurrentLayer].
/// @param activation g, tanh by default; one whose derivative follows from its result, such as ReLU
/// @param settings what all recurrent layers have
public record SimpleRnn(Elementwise activation, RecurrentSettings settings) implements RecurrentLayer<SimpleRnn> {
    /// @throws ConfigException for an activation whose derivative needs its input
    public SimpleRnn {
        if (activation.derivativeNeedsInput()) {
            throw new ConfigException(
                    "simpleRnn", "expects an activation whose derivative follows from its result, got " + activation);
        }
    }

    /// A copy with this activation.
    public SimpleRnn withActivation(Elementwise other) {
        return new SimpleRnn(other, settings);
    }

    @Override
    public SimpleRnn with(RecurrentSettings other) {
        return new SimpleRnn(activation, other);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, settings, 1);
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
                settings.reversed(),
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
                    settings.reversed(),
                    run.dy(dy),
                    run.dh(dy),
                    Tensor.EMPTY);
            run.backward(dx);
        });
    }

    @Override
    public String toString() {
        return settings.text("simpleRnn");
    }
}
