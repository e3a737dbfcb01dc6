package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Pools;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Code that the pooling layers share. Sequences count as images of one row.
final class PoolingOps {
    /// The windows on planes of a given size.
    interface Windows {
        Pooling on(int height, int width);
    }

    private PoolingOps() {}

    /// Rejects padding of more than half of the window, as PyTorch does.
    static void check(String what, Window window, Padding padding) {
        boolean fits = Math.max(padding.top(), padding.bottom()) <= window.reachHeight() / 2
                && Math.max(padding.left(), padding.right()) <= window.reachWidth() / 2;
        if (!fits) {
            throw new ConfigException(
                    what, "expects padding of at most half of the window " + window + ", got " + padding);
        }
    }

    /// A window that slides over padded planes.
    static Pooling sliding(Window window, Padding padding, boolean ceil, int height, int width) {
        if (!padding.same()) {
            return Pooling.sliding(
                    height, width, window, padding.top(), padding.left(), padding.bottom(), padding.right(), ceil);
        }
        Geometry same = padding.around(height, width, window);
        return Pooling.sliding(height, width, window, same.top(), same.left(), same.bottom(), same.right(), ceil);
    }

    /// Checks the output size of an adaptive pooling.
    /// @param smallest its smallest extent
    /// @param size all of it, for the message
    static void checkSize(String what, int smallest, Object size) {
        if (smallest < 1) throw new ConfigException(what, "expects a size from 1, got " + size);
    }

    /// The windows of an adaptive pooling with this output size.
    static Windows adaptive(int height, int width) {
        return (inHeight, inWidth) -> Pooling.adaptive(inHeight, inWidth, height, width);
    }

    /// The output shape for images.
    static Shape images(Layer layer, Shape in, Declarations declare, Windows windows) {
        if (in.rank() != 3 || !in.isKnown()) {
            throw new ShapeException(declare.path(), layer + " expects images [channels × height × width], got " + in);
        }
        Pooling pooling = fitted(layer, in, declare, windows, in.extent(1), in.extent(2));
        return Shape.of(in.extent(0), pooling.rows().count(), pooling.columns().count());
    }

    /// The output shape for sequences.
    static Shape sequences(Layer layer, Shape in, Declarations declare, Windows windows) {
        if (in.rank() != 2 || !in.isKnown()) {
            throw new ShapeException(declare.path(), layer + " expects sequences [channels × length], got " + in);
        }
        Pooling pooling = fitted(layer, in, declare, windows, 1, in.extent(1));
        return Shape.of(in.extent(0), pooling.columns().count());
    }

    private static Pooling fitted(Layer layer, Shape in, Declarations declare, Windows windows, int height, int width) {
        try {
            return windows.on(height, width);
        } catch (ShapeException _) {
            throw new ShapeException(declare.path(), layer + " expects planes that its window fits on, got " + in);
        }
    }

    /// The windows on the images or sequences of a batch.
    private static Pooling on(Tensor x, Windows windows) {
        Shape shape = x.shape();
        return shape.rank() == 4 ? windows.on(shape.extent(2), shape.extent(3)) : windows.on(1, shape.extent(2));
    }

    /// Max pooling.
    static Tensor max(Tensor x, Pass pass, Windows windows) {
        return max(x, pass, on(x, windows));
    }

    static Tensor max(Tensor x, Pass pass, Pooling pooling) {
        Pools pools = pass.kernels().pools();
        Tensor y = pass.output();
        if (!pass.wants(x)) {
            pools.max(pooling, x, y);
            return y;
        }
        Tensor places = pass.like(y);
        pools.max(pooling, x, y, places);
        return pass.backward(x, y, (dy, dx) -> pools.maxGradient(pooling, dy, places, dx)); // dx = dy at the maximum
    }

    /// Average pooling.
    static Tensor average(boolean padding, Tensor x, Pass pass, Windows windows) {
        Pools pools = pass.kernels().pools();
        Pooling pooling = on(x, windows);
        Tensor y = pass.output();
        pools.average(pooling, padding, x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) pools.averageGradient(pooling, padding, dy, dx); // dx = dy / elements of the window
        });
    }

    /// Average pooling to a fixed size.
    static Tensor adaptiveAverage(int height, int width, Tensor x, Pass pass) {
        return height == 1 && width == 1 ? globalAverage(x, pass) : average(false, x, pass, adaptive(height, width));
    }

    /// Global average pooling.
    static Tensor globalAverage(Tensor x, Pass pass) {
        Pools pools = pass.kernels().pools();
        Tensor y = pass.output();
        pools.globalAverage(x, y);
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants(x)) pools.globalAverageGradient(dy, dx); // dx = dy / pixels
        });
    }

    /// The output shape of a global pooling: a feature for each channel.
    static Shape features(Layer layer, Shape in, Declarations declare) {
        if (in.rank() < 2 || !in.isKnown() || in.size() == 0) {
            throw new ShapeException(
                    declare.path(), layer + " expects rows [channels × …] of 2 axes or more, got " + in);
        }
        return Shape.of(in.extent(0));
    }
}
