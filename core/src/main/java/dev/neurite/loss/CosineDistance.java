package dev.neurite.loss;

/// Cosine distance of output and target: Lᵢ = 1 − cos(y, t), from 0 to 2, with
/// cos = y·t / √((|y|² + ε)·(|t|² + ε)) and ε = 10⁻¹², as PyTorch's `cosine_embedding_loss` for similar
/// pairs. Keras's `CosineSimilarity` is this minus 1.
public record CosineDistance() implements RowLoss {
    private static final double EPSILON = 1e-12;

    @Override
    public float compute(float[] y, int yo, int n, float[] t, int to, float[] delta, int at) {
        double product = 0;
        double yy = EPSILON;
        double tt = EPSILON;
        for (int j = 0; j < n; j++) {
            double a = y[yo + j];
            double b = t[to + j];
            product += a * b;
            yy += a * a;
            tt += b * b;
        }
        double lengths = Math.sqrt(yy) * Math.sqrt(tt);
        double cosine = product / lengths;
        for (int j = 0; j < n; j++) {
            delta[at + j] = (float) (cosine * y[yo + j] / yy - t[to + j] / lengths);
        }
        return (float) (1 - cosine);
    }

    @Override
    public String toString() {
        return "cosine distance";
    }
}
