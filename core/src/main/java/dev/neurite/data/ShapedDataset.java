package dev.neurite.data;

import dev.neurite.error.ShapeException;
import dev.neurite.tensor.Shape;
import java.util.List;

/// Another data set with reshaped inputs.
final class ShapedDataset implements DerivedDataset {
    private final Dataset source;
    private final Shape shape;

    ShapedDataset(Dataset source, Shape shape) {
        if (!shape.isKnown() || shape.size() != source.inputShape().size()) {
            throw new ShapeException(
                    "input shape", "expects a shape of as many numbers as " + source.inputShape() + ", got " + shape);
        }
        this.source = source;
        this.shape = shape;
    }

    @Override
    public Dataset source() {
        return source;
    }

    @Override
    public Shape inputShape() {
        return shape;
    }

    /// Columns are elsewhere.
    @Override
    public List<Past> past() {
        return List.of();
    }

    @Override
    public String toString() {
        return describe();
    }
}
