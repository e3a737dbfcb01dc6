package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// Brings features to mean 0 and deviation 1: y = (x − mean) · factor, with fixed numbers that were fitted on training
/// data. As the first layer it travels with the model, so that predicting takes raw rows.
/// @param means one a feature
/// @param factors 1 / deviation, one a feature; 1 where a feature is constant
public record Standardize(List<Float> means, List<Float> factors) implements Layer {
    /// @throws ConfigException if the lists differ in length or hold a number that is not finite
    public Standardize {
        means = List.copyOf(means);
        factors = List.copyOf(factors);
        if (means.size() != factors.size()) {
            throw new ConfigException(
                    "standardize", "expects a factor for each of " + means.size() + " means, got " + factors.size());
        }
        for (int i = 0; i < means.size(); i++) {
            if (!Float.isFinite(means.get(i)) || !Float.isFinite(factors.get(i))) {
                throw new ConfigException("standardize, feature " + i, "expects finite numbers");
            }
        }
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (!in.equals(Shape.of(means.size()))) {
            throw new ShapeException(declare.path(), "standardize expects rows of [" + means.size() + "], got " + in);
        }
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor mean = Tensor.of(Shape.of(means.size()), floats(means));
        Tensor factor = Tensor.of(Shape.of(factors.size()), floats(factors));
        Tensor y = pass.output();
        kernels.standardize(x, mean, factor, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) kernels.scaleColumns(dy, factor, dx); // dx = dy ∘ factor
        });
    }

    private static float[] floats(List<Float> list) {
        float[] array = new float[list.size()];
        for (int i = 0; i < array.length; i++) array[i] = list.get(i);
        return array;
    }

    @Override
    public String toString() {
        return "standardize(" + means.size() + " features)";
    }
}
