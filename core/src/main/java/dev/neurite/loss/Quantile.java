package dev.neurite.loss;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Quantile or pinball loss (Koenker and Bassett 1978), which is minimal at the q-quantile of the
/// targets: max(q·(t − y), (q − 1)·(t − y)), as the mean over outputs. For q = ½ it is half the
/// absolute error.
///
/// With k quantiles, each target value has k consecutive outputs.
/// @param quantiles each above 0 and below 1
public record Quantile(List<Double> quantiles) implements RowLoss {
    /// Keeps a copy.
    /// @throws dev.neurite.error.ConfigException if there are none, or one is not above 0 and below 1
    public Quantile {
        quantiles = List.copyOf(quantiles);
        LossChecks.setting(!quantiles.isEmpty(), "quantiles", "at least one", "none");
        for (double q : quantiles) LossChecks.setting(q > 0 && q < 1, "quantile", "a number above 0 and below 1", q);
    }

    @Override
    public void check(Activation outputActivation, Shape output, int classes, Shape target) {
        if (quantiles.size() == 1) {
            LossChecks.sameShape(this, output, classes, target);
        } else if (classes > 0) {
            throw new ShapeException(toString(), "expects target values, got class labels");
        } else if (output.size() != quantiles.size() * target.size()) {
            throw new ShapeException(
                    toString(),
                    "expects " + quantiles.size() + " outputs for each target value of " + target + ", got " + output);
        }
    }

    @Override
    public void compute(
            Activation outputActivation, Tensor output, Targets targets, Tensor losses, Tensor delta, Pass pass) {
        Tensor values = targets.asValues(pass.kernels(), pass.like(output));
        pass.kernels().losses().rowLoss(this, output, values, losses, delta);
    }

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        int each = quantiles.size();
        double loss = 0;
        for (int j = 0; j < n; j++) {
            double q = quantiles.get(j % each);
            double d = (double) t[to + j / each] - y[yo + j];
            loss += Math.max(q * d, (q - 1) * d);
            delta[at + j] = (float) ((d > 0 ? -q : d < 0 ? 1 - q : 0) / n);
        }
        return (float) (loss / n);
    }

    @Override
    public int terms(Activation outputActivation, Shape output) {
        return output.size();
    }

    @Override
    public String toString() {
        return "quantile loss " + quantiles;
    }
}
