package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Standardizes features, or the channels of images and sequences, to mean 0 and standard deviation 1:
/// y = (x − mean)·factor, with constants fitted on the training data. As the first layer it is saved
/// with the model, which then predicts from raw rows.
/// @param means `[features]` for rows of one axis, `[channels]` for rows `[channels × …]`
/// @param factors 1 / standard deviation, one for each mean; 1 where a feature is constant
public record Standardize(Tensor means, Tensor factors) implements Layer {
    /// Copies the tensors.
    /// @throws ConfigException unless both have the same shape, of one axis, and all values are finite
    public Standardize {
        means = means.copy();
        factors = factors.copy();
        if (means.shape().rank() != 1 || !means.shape().equals(factors.shape())) {
            throw new ConfigException(
                    "standardize",
                    "expects as many factors as means, got " + factors.shape() + " and " + means.shape());
        }
        if (!means.isFinite() || !factors.isFinite()) {
            throw new ConfigException("standardize", "expects means and factors that are finite");
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() == 0 || in.extent(0) != means.size()) {
            String channels = in.rank() > 1 ? " or [" + means.size() + " × …]" : "";
            throw new ShapeException(
                    declare.path(), "standardize expects rows of " + means.shape() + channels + ", got " + in);
        }
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor y = pass.output();
        boolean channels = x.shape().rank() > 2;
        if (channels) kernels.standardizeChannels(x, means, factors, y);
        else kernels.standardize(x, means, factors, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (!pass.wants(x)) return; // dx = dy ∘ factors
            if (channels) kernels.scaleChannels(dy, factors, dx);
            else kernels.scaleColumns(dy, factors, dx);
        });
    }

    @Override
    public String toString() {
        return "standardize(" + means.size() + " features)";
    }
}
