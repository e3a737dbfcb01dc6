package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Group normalization: y = x̂·w + b with x̂ = (x − mean) / √(variance + ε), over each group of
/// channels of each row. It does not depend on the other rows of the batch. Wu and He 2018,
/// arXiv:1803.08494.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | rows `[C×…]` |
/// | `weight` w, `bias` b | `[C]`, of roles scale and bias |
/// @param groups the number of groups, a divisor of C; a group consists of neighboring channels
/// @param epsilon ε, above 0; 1e-5 by default, as in PyTorch (Keras: 1e-3)
/// @param affine whether there are w and b
public record GroupNorm(int groups, double epsilon, boolean affine) implements Layer {
    /// @throws ConfigException for a setting out of range
    public GroupNorm {
        if (groups < 1) throw new ConfigException("group norm", "expects at least 1 group, got " + groups);
        BatchNorm.checkEpsilon("group norm", epsilon);
    }

    public GroupNorm withEpsilon(double other) {
        return new GroupNorm(groups, other, affine);
    }

    /// A copy without w and b.
    public GroupNorm withoutWeights() {
        return new GroupNorm(groups, epsilon, false);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (affine || groups > 1) BatchNorm.refuseSteps(this, in, declare);
        if (in.rank() < 1 || in.extent(0) % groups != 0) {
            throw new ShapeException(
                    declare.path(), this + " expects rows [channels × …] of groups of equal size, got " + in);
        }
        declareChannels(in, affine, declare);
        return in;
    }

    static void declareChannels(Shape in, boolean affine, Declarations declare) {
        if (!affine) return;
        declare.parameter("weight", Shape.of(in.extent(0)), Role.SCALE, Initializers.constant(1));
        declare.parameter("bias", Shape.of(in.extent(0)), Role.BIAS, Initializers.zeros());
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        return spans(x, groups, epsilon, affine).forward(x, pass);
    }

    /// The normalization of spans of whole channels.
    static SpanNorm spans(Tensor x, int count, double epsilon, boolean affine) {
        Shape row = x.shape().row();
        int plane = 1;
        for (int i = 1; i < row.rank(); i++) plane *= row.extent(i);
        return new SpanNorm(count, row.extent(0), plane, true, epsilon, affine, affine);
    }

    @Override
    public String toString() {
        return "groupNorm(" + groups + " groups, epsilon " + epsilon + (affine ? "" : ", no weights") + ")";
    }
}
