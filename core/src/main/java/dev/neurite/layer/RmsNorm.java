package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Root mean square normalization: y = w ∘ x / √(Σ x²/n + ε), over the last axes of each row: a layer
/// norm without means. Zhang and Sennrich 2019, arXiv:1910.07467.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | rows of any shape |
/// | `weight` w | the last axes, of role scale |
/// @param axes the number of last axes that are normalized together, 1 by default: in sequences `[time × features]`
/// each position for itself; 0 for all
/// @param epsilon ε, above 0; 2⁻²³ by default, as in PyTorch; language models often use 1e-5 or 1e-6
/// @param affine whether there is a w
public record RmsNorm(int axes, double epsilon, boolean affine) implements Layer {
    /// @throws ConfigException for a setting out of range
    public RmsNorm {
        LayerNorm.checkAxes("RMS norm", axes);
        BatchNorm.checkEpsilon("RMS norm", epsilon);
    }

    public RmsNorm withEpsilon(double other) {
        return new RmsNorm(axes, other, affine);
    }

    /// A copy without w.
    public RmsNorm withoutWeights() {
        return new RmsNorm(axes, epsilon, false);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        Shape last = LayerNorm.last(in, axes, this, declare);
        if (affine) declare.parameter("weight", last, Role.SCALE, Initializers.constant(1));
        return in;
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return LayerNorm.spans(x, axes, false, epsilon, affine, false).forward(x, pass);
    }

    @Override
    public String toString() {
        return "rmsNorm(" + (axes == 0 ? "all" : "last " + axes) + " axes, epsilon " + epsilon
                + (affine ? "" : ", no weights") + ")";
    }
}
