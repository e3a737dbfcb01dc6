package dev.neurite.data.image;

/// Resizes a line of n numbers, bilinear with antialiasing, and keeps a part of the result. Up to rounding the same as
/// PyTorch's `interpolate` with `mode="bilinear", antialias=True`, and torchvision's `Resize`.
final class Resampling {
    private final int[] first;
    private final float[][] weights;

    /// @param from the numbers of the line
    /// @param to the numbers of the resized line, of which not all need be made
    /// @param begin the first one to make
    /// @param count how many to make
    Resampling(int from, long to, long begin, int count) {
        first = new int[count];
        weights = new float[count][];
        double scale = (double) from / to;
        double support = Math.max(1, scale);
        for (int i = 0; i < count; i++) {
            double middle = (begin + i + 0.5) * scale;
            first[i] = Math.max(0, (int) (middle - support + 0.5));
            int used = Math.min(from, (int) (middle + support + 0.5)) - first[i];
            weights[i] = weights(first[i] + 0.5 - middle, support, used);
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

    /// The first number of the line that counts.
    int begin() {
        return first[0];
    }

    /// The end of the numbers of the line that count, exclusive.
    int end() {
        int last = first.length - 1;
        return first[last] + weights[last].length;
    }

    /// Writes the resized part.
    /// @param at the offset of the source line's first number that counts, with the stride `step`
    /// @param to the offset of the result, with the stride `toStep`
    void apply(float[] from, int at, int step, float[] result, int to, int toStep) {
        for (int i = 0; i < first.length; i++) {
            float sum = 0;
            int start = at + (first[i] - begin()) * step;
            for (int j = 0; j < weights[i].length; j++) sum += weights[i][j] * from[start + j * step];
            result[to + i * toStep] = sum;
        }
    }
}
