package dev.neurite.kernel;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// A matrix product to compute: C = g(A·B + bias), or C + A·B. C's columns are neighbors in memory.
final class Product {
    private final Matrix a;
    private final Matrix b;
    private final Matrix c;
    private final boolean accumulate;
    private final float @Nullable [] bias;
    private final int biasOffset;
    private final Elementwise activation;

    Product(
            Matrix a,
            Matrix b,
            Matrix c,
            boolean accumulate,
            float @Nullable [] bias,
            int biasOffset,
            Elementwise activation) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.accumulate = accumulate;
        this.bias = bias;
        this.biasOffset = biasOffset;
        this.activation = activation;
    }

    Matrix a() {
        return a;
    }

    Matrix b() {
        return b;
    }

    Matrix c() {
        return c;
    }

    boolean accumulate() {
        return accumulate;
    }

    /// Added to each row of C, from [#biasOffset()] on.
    float @Nullable [] bias() {
        return bias;
    }

    int biasOffset() {
        return biasOffset;
    }

    Elementwise activation() {
        return activation;
    }

    boolean hasEpilogue() {
        return bias != null || !(activation instanceof Activation.Identity);
    }

    /// Where element (i, j) of C is.
    int at(int i, int j) {
        return c.offset() + i * c.rowStride() + j;
    }
}
