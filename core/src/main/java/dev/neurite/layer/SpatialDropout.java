package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Dropout of whole channels: in rows `[C×…]`, as of images `[C×H×W]`, all of a channel becomes 0 or is scaled
/// by 1 / (1 − rate). Neighboring pixels are alike, so that dropping single ones would drop little. Hands x on
/// when predicting.
///
/// Tompson et al. 2015, arXiv:1411.4280; PyTorch's `Dropout1d` to `Dropout3d`. A rate of 1 is refused.
/// @param rate the probability that a row's channel becomes 0, from 0 to below 1; PyTorch's default is 0.5
public record SpatialDropout(double rate) implements Layer {
    /// @throws ConfigException unless 0 ≤ rate < 1
    public SpatialDropout {
        Dropout.checkRate("spatial dropout", rate);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        if (in.rank() < 2) {
            throw new ShapeException(
                    declare.path(), "spatial dropout expects rows [channels × …] of 2 axes or more, got " + in);
        }
        return in;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        if (rate == 0) return x;
        return Dropout.random(x, pass, (kernels, noise, from, to) -> kernels.channelDropout(noise, rate, from, to));
    }

    @Override
    public String toString() {
        return "spatialDropout(" + rate + ")";
    }
}
