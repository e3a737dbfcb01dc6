package dev.neurite.layer;

import dev.neurite.kernel.Norms;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;

/// Forward and backward of layer, group, instance and RMS norm: each normalizes spans of a row separately.
/// @param count the number of spans in a row
/// @param channels the number of weights
/// @param plane the number of neighboring elements that share a weight
/// @param centered whether means are subtracted
/// @param epsilon ε
/// @param weighted whether there are weights
/// @param biased whether there are biases
record SpanNorm(
        int count, int channels, int plane, boolean centered, double epsilon, boolean weighted, boolean biased) {
    Tensor forward(Tensor x, Pass pass) {
        Norms norms = pass.kernels().norms();
        Tensor mean = centered ? pass.tensor(Shape.of(count)) : Tensor.EMPTY;
        Tensor factor = pass.tensor(Shape.of(count));
        Tensor w = weighted ? pass.parameter("weight") : Tensor.EMPTY;
        Tensor b = biased ? pass.parameter("bias") : Tensor.EMPTY;
        Tensor y = pass.like(x);
        norms.normalizeSpans(x, channels, plane, epsilon, w, b, mean, factor, y);
        return pass.backward(x, y, (dy, dx) -> {
            boolean wantsWeight = weighted && pass.wants("weight");
            boolean wantsBias = biased && pass.wants("bias");
            if (wantsWeight || wantsBias) {
                Tensor dw = wantsWeight ? pass.gradient("weight") : pass.batchTensor(w.shape());
                Tensor db = wantsBias ? pass.gradient("bias") : Tensor.EMPTY;
                norms.spanSums(x, channels, plane, mean, factor, dy, dw, db); //                dw = Σ dy·x̂, db = Σ dy
            }
            if (pass.wants(x)) norms.spanGradient(x, channels, plane, w, mean, factor, dy, dx);
        });
    }
}
