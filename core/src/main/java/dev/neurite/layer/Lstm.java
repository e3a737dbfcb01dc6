package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// An LSTM: c = i·g + f·c and h = o·tanh c, with gates i, f, o = sigmoid(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) and g =
/// tanh(…). Hochreiter and Schmidhuber 1997. The parameters have the gates in the order i, f, g, o, as PyTorch's
/// and Keras's do; Keras has one bias, which begins with 1 for f. Shapes and parameters: [RecurrentLayer].
/// @param settings what all recurrent layers have
public record Lstm(RecurrentSettings settings) implements RecurrentLayer<Lstm> {
    @Override
    public Lstm with(RecurrentSettings other) {
        return new Lstm(other);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, settings, 4);
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
                settings.reversed(),
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
                    settings.reversed(),
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
        return settings.text("lstm");
    }
}
