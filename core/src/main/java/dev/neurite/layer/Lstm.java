package dev.neurite.layer;

import dev.neurite.kernel.PackedWeights;
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
        boolean reversed = settings.reversed();
        PackedWeights w = pass.weights("weight_hh");
        Tensor c = run.tensor(1);
        run.kernels.lstm(run.gates, w, run.lengths, reversed, run.h0, run.c0, run.before, c, run.y, run.hn, run.cn);
        return run.outputs((dy, dhn, dcn, dh0, dc0) -> {
            run.kernels.lstmGradient(run.gates, w, run.lengths, reversed, run.c0, c, dy, dhn, dcn, dh0, dc0);
            Linear.weightGradients(pass, run.before, run.gates, "weight_hh", "bias_hh");
        });
    }

    @Override
    public String toString() {
        return settings.text("lstm");
    }
}
