package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A simple recurrent layer: h = g(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh). Elman 1990; PyTorch's `RNN`, Keras's
/// `SimpleRNN`. Shapes: [Recurrent], parameters: [RecurrentLayer].
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

    public SimpleRnn withActivation(Elementwise other) {
        return new SimpleRnn(other, settings);
    }

    @Override
    public SimpleRnn with(RecurrentSettings other) {
        return new SimpleRnn(activation, other);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, 1);
    }

    @Override
    public List<Integer> states() {
        return List.of(settings.units());
    }

    @Override
    public List<Shape> build(List<Shape> in, Declarations declare) {
        return op().build(in, declare);
    }

    @Override
    public List<Tensor> forward(List<Tensor> in, Pass pass) {
        var run = op().new Run(in, pass, 1);
        run.kernels.rnn(activation, run.steps);
        return run.outputs((d, dcn, dc0) -> {
            run.kernels.rnnGradient(activation, run.steps, d);
            run.stateGradients();
        });
    }

    @Override
    public String toString() {
        return settings.text("simpleRnn");
    }
}
