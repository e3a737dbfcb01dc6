package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Layer normalization: y = x̂ ∘ w + b with x̂ = (x − mean) / √(variance + ε), over the last axes of
/// each row. Ba et al. 2016, arXiv:1607.06450.
///
/// | tensor | shape |
/// |---|---|
/// | x, y | rows of any shape |
/// | `weight` w, `bias` b | the last axes, of roles scale and bias |
///
/// PyTorch's `LayerNorm`; its `normalized_shape` is the extents of these axes. Keras's ε is 1e-3.
/// @param axes the number of last axes that are normalized together, 1 by default: in sequences `[time × features]`
/// each position for itself; 0 for all
/// @param epsilon ε, above 0; 1e-5 by default, as in PyTorch
/// @param affine whether there is a w
/// @param bias whether there is also a b
public record LayerNorm(int axes, double epsilon, boolean affine, boolean bias) implements Layer {
    /// @throws ConfigException for a setting out of range
    public LayerNorm {
        checkAxes("layer norm", axes);
        BatchNorm.checkEpsilon("layer norm", epsilon);
    }

    static void checkAxes(String what, int axes) {
        if (axes < 0) throw new ConfigException(what, "expects a number of axes, or 0 for all, got " + axes);
    }

    public LayerNorm withEpsilon(double other) {
        return new LayerNorm(axes, other, affine, bias);
    }

    /// A copy without w and b.
    public LayerNorm withoutWeights() {
        return new LayerNorm(axes, epsilon, false, bias);
    }

    /// A copy without b.
    public LayerNorm withoutBias() {
        return new LayerNorm(axes, epsilon, affine, false);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        Shape last = last(in, axes, this, declare);
        if (affine) declare.parameter("weight", last, Role.SCALE, Initializers.constant(1));
        if (affine && bias) declare.parameter("bias", last, Role.BIAS, Initializers.zeros());
        return in;
    }

    /// The last axes of a row, none of which may be open.
    static Shape last(Shape in, int axes, Layer layer, Declarations declare) {
        if (in.rank() < Math.max(1, axes)) {
            throw new ShapeException(
                    declare.path(), layer + " expects rows of at least " + Math.max(1, axes) + " axes, got " + in);
        }
        int first = axes == 0 ? 0 : in.rank() - axes;
        Shape last = Shape.of(in.extents().subList(first, in.rank()).stream()
                .mapToInt(Integer::intValue)
                .toArray());
        if (last.isKnown()) return last;
        throw new ShapeException(declare.path(), layer + " expects to normalize axes of known extents, got " + in);
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
        return spans(x, axes, true, epsilon, affine, affine && bias).forward(x, pass);
    }

    /// The normalization of spans over a row's last axes.
    static SpanNorm spans(Tensor x, int axes, boolean centered, double epsilon, boolean weighted, boolean biased) {
        Shape row = x.shape().row();
        int count = 1;
        int span = 1;
        for (int i = 0; i < row.rank(); i++) {
            if (axes == 0 || i >= row.rank() - axes) span *= row.extent(i);
            else count *= row.extent(i);
        }
        return new SpanNorm(count, span, 1, centered, epsilon, weighted, biased);
    }

    @Override
    public String toString() {
        return "layerNorm(" + (axes == 0 ? "all" : "last " + axes) + " axes, epsilon " + epsilon
                + (affine ? bias ? "" : ", no bias" : ", no weights") + ")";
    }
}
