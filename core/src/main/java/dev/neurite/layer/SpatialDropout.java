package dev.neurite.layer;

import dev.neurite.error.ShapeException;
import dev.neurite.model.Declarations;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Dropout of whole channels: in rows `[C×…]`, such as images `[C×H×W]`, all elements of a channel
/// become 0 or are scaled by 1 / (1 − rate). Neighboring pixels are correlated, so dropping single
/// pixels regularizes little. Returns x when predicting.
///
/// In [Layers#overTime(dev.neurite.model.Node)] it drops features of a sequence at all of its positions, as Keras's
/// `SpatialDropout1D` and the `dropout` of its recurrent layers do. Gal and Ghahramani 2016, arXiv:1512.05287.
///
/// Tompson et al. 2015, arXiv:1411.4280; PyTorch's `Dropout1d` to `Dropout3d`. A rate of 1 is refused.
/// @param rate the probability that a channel of a row becomes 0, from 0 to below 1; PyTorch's default
/// is 0.5
public record SpatialDropout(double rate) implements RandomLayer {
    /// @throws dev.neurite.error.ConfigException unless 0 ≤ rate < 1
    public SpatialDropout {
        RandomLayer.checkRate("spatial dropout", rate);
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
        return RandomLayer.run(
                x, pass, (kernels, noise, from, to) -> kernels.noise().channelDropout(noise, rate, from, to));
    }

    @Override
    public String toString() {
        return "spatialDropout(" + rate + ")";
    }
}
