package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Mode;
import dev.neurite.model.Pass;
import dev.neurite.model.Pass.Dx;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A layer that changes its input at random while training, and returns it when predicting.
sealed interface RandomLayer extends Layer
        permits Dropout, AlphaDropout, GaussianDropout, SpatialDropout, GaussianNoise {
    /// A kernel with noise, on x or on dy.
    interface Kernel {
        void run(Kernels kernels, Noise noise, Tensor from, Tensor to);
    }

    @Override
    default Shape build(Shape in, Declarations declare) {
        return in;
    }

    /// True: the input is returned as it is when predicting, and converted while training, as noise depends on
    /// the order of the elements.
    @Override
    default boolean acceptsBlocks() {
        return true;
    }

    @Override
    default boolean acceptsPadding() {
        return true;
    }

    @Override
    default boolean acceptsParts() {
        return true;
    }

    /// Requires a dropout rate.
    /// @throws ConfigException unless 0 ≤ rate < 1
    static void checkRate(String layer, double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new ConfigException(layer, "expects a rate from 0 to below 1, got " + rate);
        }
    }

    /// Runs the same kernel with the same noise forward and backward; returns x when predicting.
    static Tensor run(Tensor x, Pass pass, Kernel kernel) {
        return run(x, pass, kernel, kernel);
    }

    /// Runs one kernel forward and another backward, with the same noise; returns x when predicting.
    static Tensor run(Tensor input, Pass pass, Kernel forward, Kernel backward) {
        if (pass.mode() == Mode.PREDICT) return input;
        Tensor x = pass.inLayout(input, Layout.ROW_MAJOR);
        Kernels kernels = pass.kernels();
        Noise noise = pass.noise();
        Tensor y = pass.like(x);
        forward.run(kernels, noise, x, y);
        return pass.backward(x, y, Dx.MAY_BE_DY, (dy, dx) -> {
            if (pass.wants(x)) backward.run(kernels, noise, dy, dx);
        });
    }
}
