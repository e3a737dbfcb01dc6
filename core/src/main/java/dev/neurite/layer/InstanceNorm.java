package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Instance normalization: y = (x − mean) / √(variance + ε), over each channel of each row, also when
/// predicting. Ulyanov et al. 2016, arXiv:1607.08022.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | rows `[C×L]`, `[C×H×W]`: PyTorch's InstanceNorm1d and InstanceNorm2d |
/// | `weight` w, `bias` b | `[C]`, of roles scale and bias, if affine: y = x̂·w + b |
/// @param epsilon ε, above 0; 1e-5 by default, as in PyTorch
/// @param affine whether there are w and b; false by default, as in PyTorch
public record InstanceNorm(double epsilon, boolean affine) implements Layer {
    /// @throws ConfigException for an ε out of range
    public InstanceNorm {
        BatchNorm.checkEpsilon("instance norm", epsilon);
    }

    public InstanceNorm withEpsilon(double other) {
        return new InstanceNorm(other, affine);
    }

    /// A copy with w and b.
    public InstanceNorm withWeights() {
        return new InstanceNorm(epsilon, true);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() < 2 || (in.isKnown() && in.size() == in.extent(0))) {
            throw new ShapeException(
                    declare.path(),
                    this + " expects rows [channels × …] of more than 1 element per channel, got " + in);
        }
        if (affine) BatchNorm.refuseSteps(this, in, declare);
        GroupNorm.declareChannels(in, affine, declare);
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return GroupNorm.spans(x, x.shape().row().extent(0), epsilon, affine).forward(x, pass);
    }

    @Override
    public String toString() {
        return "instanceNorm(epsilon " + epsilon + (affine ? ", weights" : "") + ")";
    }
}
