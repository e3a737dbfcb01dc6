package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Brings features, or the channels of images and sequences, to mean 0 and deviation 1: y = (x − mean)
/// · factor, with fixed numbers that were fitted on training data. As the first layer it travels with
/// the model, so that predicting takes raw rows.
/// @param means `[features]` for rows of one axis, `[channels]` for rows `[channels × …]`
/// @param factors 1 / deviation, as many; 1 where a feature is constant
public record Standardize(Tensor means, Tensor factors) implements Layer {
    /// Keeps copies.
    /// @throws ConfigException if the two differ in shape, have not one axis, or hold a number that is not
    /// finite
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
