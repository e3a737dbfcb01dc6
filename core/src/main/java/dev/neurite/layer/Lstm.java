package dev.neurite.layer;

import dev.neurite.kernel.RecurrentKernels.Cells;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// An LSTM: c = i·g + f·c and h = o·tanh c, with gates i, f, o = sigmoid(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) and g =
/// tanh(…). Hochreiter and Schmidhuber 1997. The parameters have the gates in the order i, f, g, o, as PyTorch's
/// and Keras's do; Keras has one bias, which begins with 1 for f. Shapes: [Recurrent], parameters:
/// [RecurrentLayer].
/// @param settings what all recurrent layers have
public record Lstm(RecurrentSettings settings) implements RecurrentLayer<Lstm> {
    @Override
    public Lstm with(RecurrentSettings other) {
        return new Lstm(other);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, 4);
    }

    @Override
    public List<Integer> states() {
        return List.of(settings.units(), settings.units());
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        return op().build(in, declare);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        var run = op().new Run(in, pass, 4);
        var cells = new Cells(run.c0, run.kept(1), run.cn);
        run.kernels.lstm(run.steps, cells);
        return run.outputs((d, dcn, dc0) -> {
            run.kernels.lstmGradient(run.steps, cells, d, dcn, dc0);
            run.stateGradients();
        });
    }

    @Override
    public String toString() {
        return settings.text("lstm");
    }
}
