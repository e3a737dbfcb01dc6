package dev.neurite.kernel;

import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// Tensors with channels in blocks, in arrays that have other numbers around them.
public final class BlockedTensors {
    private static final int BEFORE = 5;
    private static final int AFTER = 3;
    private static final float OTHER = 77.5f;

    private BlockedTensors() {}

    /// A tensor of this shape and layout, of NaN.
    public static Tensor empty(Shape shape, Layout layout) {
        float[] array = new float[BEFORE + shape.size() + AFTER];
        Arrays.fill(array, OTHER);
        Arrays.fill(array, BEFORE, BEFORE + shape.size(), Float.NaN);
        return Tensor.view(shape, array, BEFORE, layout);
    }

    /// A copy of a tensor in this layout, moved element by element.
    public static Tensor of(Tensor x, Layout layout) {
        Tensor copy = empty(x.shape(), layout);
        float[] from = x.toArray();
        int plane = x.shape().extent(2) * x.shape().extent(3);
        for (int i = 0; i < from.length; i++) {
            int channel = i / plane;
            int block = channel / Layout.BLOCK;
            int inBlocks = (block * plane + i % plane) * Layout.BLOCK + channel % Layout.BLOCK;
            copy.array()[BEFORE + (layout == Layout.BLOCKED ? inBlocks : i)] = from[i];
        }
        return copy;
    }

    /// Whether nothing has been written around the tensor.
    public static boolean isAlone(Tensor x) {
        for (int i = 0; i < x.array().length; i++) {
            boolean inside = i >= BEFORE && i < BEFORE + x.size();
            if (!inside && x.array()[i] != OTHER) return false;
        }
        return true;
    }
}
