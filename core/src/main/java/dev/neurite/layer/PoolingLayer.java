package dev.neurite.layer;

import dev.neurite.model.Declarations;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// A pooling with windows: its settings. [PoolingOps] computes it.
sealed interface PoolingLayer extends Layer
        permits MaxPool1d,
                MaxPool2d,
                AvgPool1d,
                AvgPool2d,
                AdaptiveMaxPool1d,
                AdaptiveMaxPool2d,
                AdaptiveAvgPool1d,
                AdaptiveAvgPool2d {
    @Override
    default Shape build(Shape in, Declarations declare) {
        return PoolingOps.build(this, in, declare);
    }

    /// True for sequences: each is pooled up to its own end, as if it were alone.
    @Override
    default boolean acceptsPadding() {
        return PoolingOps.isFlat(this);
    }

    @Override
    default Tensor forward(Tensor x, Pass pass) {
        return PoolingOps.forward(this, x, pass);
    }
}
