package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Padding;
import dev.neurite.kernel.Padding1d;
import dev.neurite.kernel.Pooling;
import dev.neurite.kernel.Window;
import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Code that the pooling layers share. Sequences count as images of one row.
final class PoolingOps {
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

    /// [#check(String, Window, Padding)] for sequences.
    static void check(String what, Window window, Padding1d padding) {
        check(what, window, padding.ofRow(window));
    }

    /// Checks the output size of an adaptive pooling.
    /// @param smallest its smallest extent
    /// @param size all of it, for the message
    static void checkSize(String what, int smallest, Object size) {
        if (smallest < 1) throw new ConfigException(what, "expects a size from 1, got " + size);
    }

    static Shape build(PoolingLayer layer, Shape in, Declarations declare) {
        return switch (layer) {
            case MaxPool1d _, AvgPool1d _, AdaptiveMaxPool1d _, AdaptiveAvgPool1d _ -> sequences(layer, in, declare);
            case MaxPool2d _, AvgPool2d _, AdaptiveMaxPool2d _, AdaptiveAvgPool2d _ -> images(layer, in, declare);
        };
    }

    static Tensor forward(PoolingLayer layer, Tensor x, Pass pass) {
        Shape shape = x.shape();
        boolean images = shape.rank() == 4;
        PooledWindows kind = kind(layer);
        return images
                ? kind.forward(pooling(layer, shape.extent(2), shape.extent(3)), x, pass)
                : kind.forward(layer, length -> pooling(layer, 1, length), x, pass);
    }

    private static PooledWindows kind(PoolingLayer layer) {
        return switch (layer) {
            case MaxPool1d _, MaxPool2d _, AdaptiveMaxPool1d _, AdaptiveMaxPool2d _ -> PooledWindows.MAX;
            case AvgPool1d avg -> avg.paddingCounts() ? PooledWindows.MEAN_WITH_PADDING : PooledWindows.MEAN;
            case AvgPool2d avg -> avg.paddingCounts() ? PooledWindows.MEAN_WITH_PADDING : PooledWindows.MEAN;
            case AdaptiveAvgPool1d avg -> avg.length() == 1 ? PooledWindows.MEAN_OF_PLANE : PooledWindows.MEAN;
            case AdaptiveAvgPool2d avg ->
                avg.height() * avg.width() == 1 ? PooledWindows.MEAN_OF_PLANE : PooledWindows.MEAN;
        };
    }

    /// The windows of a pooling on planes of this size; sequences count as planes of one row.
    private static Pooling pooling(PoolingLayer layer, int height, int width) {
        return switch (layer) {
            case MaxPool1d p -> sliding(p.window(), p.padding().ofRow(p.window()), p.ceil(), height, width);
            case MaxPool2d p -> sliding(p.window(), p.padding(), p.ceil(), height, width);
            case AvgPool1d p -> sliding(p.window(), p.padding().ofRow(p.window()), p.ceil(), height, width);
            case AvgPool2d p -> sliding(p.window(), p.padding(), p.ceil(), height, width);
            case AdaptiveMaxPool1d p -> Pooling.adaptive(height, width, 1, p.length());
            case AdaptiveMaxPool2d p -> Pooling.adaptive(height, width, p.height(), p.width());
            case AdaptiveAvgPool1d p -> Pooling.adaptive(height, width, 1, p.length());
            case AdaptiveAvgPool2d p -> Pooling.adaptive(height, width, p.height(), p.width());
        };
    }

    /// A window that slides over padded planes.
    private static Pooling sliding(Window window, Padding padding, boolean ceil, int height, int width) {
        if (!padding.same()) {
            return Pooling.sliding(
                    height, width, window, padding.top(), padding.left(), padding.bottom(), padding.right(), ceil);
        }
        Geometry same = padding.around(height, width, window);
        return Pooling.sliding(height, width, window, same.top(), same.left(), same.bottom(), same.right(), ceil);
    }

    private static Shape images(PoolingLayer layer, Shape in, Declarations declare) {
        if (in.rank() != 3 || !in.isKnown()) {
            throw new ShapeException(declare.path(), layer + " expects images [channels × height × width], got " + in);
        }
        Pooling pooling = fitted(layer, in, declare, in.extent(1), in.extent(2));
        return Shape.of(in.extent(0), pooling.rows().count(), pooling.columns().count());
    }

    private static Shape sequences(PoolingLayer layer, Shape in, Declarations declare) {
        if (in.rank() != 2 || in.extent(0) == Shape.OPEN) {
            throw new ShapeException(declare.path(), layer + " expects sequences [channels × length], got " + in);
        }
        boolean open = in.extent(1) == Shape.OPEN;
        int length = fitted(layer, in, declare, 1, open ? reach(layer) : in.extent(1))
                .columns()
                .count();
        boolean slides = layer instanceof MaxPool1d || layer instanceof AvgPool1d;
        return Shape.of(in.extent(0), open && slides ? Shape.OPEN : length);
    }

    /// Whether a pooling is one of sequences.
    static boolean isFlat(PoolingLayer layer) {
        return switch (layer) {
            case MaxPool1d _, AvgPool1d _, AdaptiveMaxPool1d _, AdaptiveAvgPool1d _ -> true;
            case MaxPool2d _, AvgPool2d _, AdaptiveMaxPool2d _, AdaptiveAvgPool2d _ -> false;
        };
    }

    /// A length of sequences on which the window fits.
    private static int reach(PoolingLayer layer) {
        return switch (layer) {
            case MaxPool1d p -> p.window().reachWidth();
            case AvgPool1d p -> p.window().reachWidth();
            default -> 1;
        };
    }

    private static Pooling fitted(PoolingLayer layer, Shape in, Declarations declare, int height, int width) {
        try {
            return pooling(layer, height, width);
        } catch (ShapeException _) {
            throw new ShapeException(declare.path(), layer + " expects planes that its window fits on, got " + in);
        }
    }

    /// The output shape of a global pooling: a feature for each channel.
    static Shape features(Layer layer, Shape in, Declarations declare) {
        if (in.rank() < 2 || in.extent(0) == Shape.OPEN || (in.isKnown() && in.size() == 0)) {
            throw new ShapeException(
                    declare.path(), layer + " expects rows [channels × …] of 2 axes or more, got " + in);
        }
        return Shape.of(in.extent(0));
    }
}
