package dev.neurite.layer;

import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// A gated recurrent unit: h = n + z·(h − n), with gates r, z = sigmoid(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) and n =
/// tanh(x·W_ihᵀ + b_ih + r·(h·W_hhᵀ + b_hh)). Cho et al. 2014, arXiv:1406.1078, with the reset after the product,
/// as in PyTorch and, by default, in Keras; with the reset before it, n = tanh(x·W_ihᵀ + b_ih + (r·h)·W_hhᵀ + b_hh),
/// as in the paper and in Keras with `reset_after=False`, which has only the sum of both biases. The parameters have
/// the gates in the order r, z, n, as PyTorch's do; Keras has z, r, n. Shapes: [Recurrent], parameters:
/// [RecurrentLayer].
/// @param resetAfter whether r multiplies h·W_hhᵀ + b_hh, the default; else h
/// @param settings what all recurrent layers have
public record Gru(boolean resetAfter, RecurrentSettings settings) implements RecurrentLayer<Gru> {
    @Override
    public Gru with(RecurrentSettings other) {
        return new Gru(resetAfter, other);
    }

    /// A copy with the reset before the product.
    public Gru withResetBefore() {
        return new Gru(false, settings);
    }

    private RecurrentOp op() {
        return new RecurrentOp(this, 3);
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
        return resetAfter ? resetAfter(in, pass) : resetBefore(in, pass);
    }

    private List<Tensor> resetAfter(List<Tensor> in, Pass pass) {
        var run = op().new Run(in, pass, 2);
        int units = settings.units();
        Tensor b = pass.parameter("bias_hh").rows(2 * units, 3 * units);
        Tensor candidates = run.kept(1); // h·W_hhᵀ + b_hh, then its gradient
        run.kernels.gru(run.steps, b, candidates);
        return run.outputs((d, dcn, dc0) -> {
            run.kernels.gruGradient(run.steps, candidates, d);
            Matrix delta = candidates.positions().matrix();
            ofState(pass, run, delta, run.before.positions().matrix());
            run.biasGradients();
            if (!pass.wants("bias_hh")) return;
            Tensor db = pass.gradient("bias_hh").rows(2 * units, 3 * units);
            pass.kernels().columnSums(candidates.positions(), db);
        });
    }

    private List<Tensor> resetBefore(List<Tensor> in, Pass pass) {
        var run = op().new Run(in, pass, 3);
        int units = settings.units();
        Tensor reset = run.kept(1); // r·h
        run.kernels.gruResetBefore(run.steps, reset);
        return run.outputs((d, dcn, dc0) -> {
            run.kernels.gruResetBeforeGradient(run.steps, d);
            Matrix delta = run.gates.positions().matrix().columns(2 * units, 3 * units);
            ofState(pass, run, delta, reset.positions().matrix());
            run.biasGradients();
        });
    }

    /// The gradient of W_hh: of r and z δᵀ·before, of the candidates from other factors.
    private void ofState(Pass pass, RecurrentOp.Run run, Matrix delta, Matrix before) {
        if (!pass.wants("weight_hh")) return;
        Kernels kernels = pass.kernels();
        int units = settings.units();
        Tensor dw = pass.gradient("weight_hh");
        Matrix gates = run.gates.positions().matrix().columns(0, 2 * units);
        kernels.product(
                gates.transpose(),
                run.before.positions().matrix(),
                dw.rows(0, 2 * units).matrix());
        kernels.product(delta.transpose(), before, dw.rows(2 * units, 3 * units).matrix());
    }

    @Override
    public String toString() {
        return settings.text(resetAfter ? "gru" : "gruResetBefore");
    }
}
