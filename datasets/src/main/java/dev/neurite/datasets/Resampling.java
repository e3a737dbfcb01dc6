package dev.neurite.datasets;

/// Resizes a line of n numbers to m, bilinear with antialiasing: the same up to rounding as PyTorch's
/// `interpolate` with `mode="bilinear", antialias=True`, and torchvision's `Resize`.
final class Resampling {
    private final int[] first;
    private final float[][] weights;

    Resampling(int from, int to) {
        first = new int[to];
        weights = new float[to][];
        double scale = (double) from / to;
        double support = Math.max(1, scale);
        for (int i = 0; i < to; i++) {
            double middle = (i + 0.5) * scale;
            first[i] = Math.max(0, (int) (middle - support + 0.5));
            int count = Math.min(from, (int) (middle + support + 0.5)) - first[i];
            weights[i] = weights(first[i] + 0.5 - middle, support, count);
        }
    }

    private static float[] weights(double distance, double support, int count) {
        double[] raw = new double[count];
        double sum = 0;
        for (int j = 0; j < count; j++) {
            raw[j] = Math.max(0, 1 - Math.abs((distance + j) / support));
            sum += raw[j];
        }
        float[] weights = new float[count];
        for (int j = 0; j < count; j++) weights[j] = (float) (raw[j] / sum);
        return weights;
    }

    /// Writes the resized line.
    /// @param at the offset of the source line, with the stride `step`
    /// @param to the offset of the resized line, with the stride `toStep`
    void apply(float[] from, int at, int step, float[] result, int to, int toStep) {
        for (int i = 0; i < first.length; i++) {
            float sum = 0;
            for (int j = 0; j < weights[i].length; j++) sum += weights[i][j] * from[at + (first[i] + j) * step];
            result[to + i * toStep] = sum;
        }
    }
}
