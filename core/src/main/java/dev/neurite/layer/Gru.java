package dev.neurite.layer;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A gated recurrent unit: h = n + z·(h − n), with gates r, z = sigmoid(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) and n =
/// tanh(x·W_ihᵀ + b_ih + r·(h·W_hhᵀ + b_hh)). Cho et al. 2014, arXiv:1406.1078, with the reset after the product,
/// as in PyTorch and, by default, in Keras. The parameters have the gates in the order r, z, n, as PyTorch's do;
/// Keras has z, r, n. Shapes and parameters: [RecurrentLayer].
/// @param settings what all recurrent layers have
public record Gru(RecurrentSettings settings) implements RecurrentLayer<Gru> {
    @Override
    public Gru with(RecurrentSettings other) {
        return new Gru(other);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, settings, 3);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        return op().build(in, declare);
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        int units = settings.units();
        var run = op().new Run(x, pass, 2);
        Tensor candidates = run.tensor(1);
        run.kernels.gru(
                run.gates,
                pass.weights("weight_hh"),
                pass.parameter("bias_hh").rows(2 * units, 3 * units),
                run.lengths,
                settings.reversed(),
                Tensor.EMPTY,
                run.before,
                candidates,
                run.y,
                run.h);
        return pass.backward(x, run.output, (dy, dx) -> {
            run.kernels.gruGradient(
                    run.gates,
                    pass.weights("weight_hh"),
                    run.lengths,
                    settings.reversed(),
                    run.before,
                    candidates,
                    run.dy(dy),
                    run.dh(dy),
                    Tensor.EMPTY);
            ofState(pass, run, candidates);
            run.backwardOfInput(dx);
        });
    }

    /// The gradients of W_hh and b_hh: of r and z from δ, of the candidates from the gradient of h·W_hhᵀ + b_hh.
    private void ofState(Pass pass, RecurrentOp.Run run, Tensor candidates) {
        Kernels kernels = pass.kernels();
        int units = settings.units();
        Matrix before = run.before.positions().matrix();
        Matrix delta = run.gates.positions().matrix();
        if (pass.wants("weight_hh")) {
            Tensor dw = pass.gradient("weight_hh");
            kernels.product(
                    delta.columns(0, 2 * units).transpose(),
                    before,
                    dw.rows(0, 2 * units).matrix());
            Matrix ofCandidates = candidates.positions().matrix();
            kernels.product(
                    ofCandidates.transpose(),
                    before,
                    dw.rows(2 * units, 3 * units).matrix());
        }
        if (pass.wants("bias_hh")) {
            Tensor db = pass.gradient("bias_hh");
            kernels.columnSums(run.gates.positions(), db);
            kernels.columnSums(candidates.positions(), db.rows(2 * units, 3 * units));
        }
    }

    @Override
    public String toString() {
        return settings.text("gru");
    }
}
