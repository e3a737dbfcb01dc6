package dev.neurite.optim;

/// Sums over all parameters, in double and in one order, so that threads cannot change their bits.
final class Dots {
    private Dots() {}

    /// Σ aᵢ·bᵢ, as four sums that do not wait for each other. Products of floats are exact in double.
    static double dot(float[] a, float[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int whole = a.length & -4;
        for (int i = 0; i < whole; i += 4) {
            sum0 += (double) a[i] * b[i];
            sum1 += (double) a[i + 1] * b[i + 1];
            sum2 += (double) a[i + 2] * b[i + 2];
            sum3 += (double) a[i + 3] * b[i + 3];
        }
        for (int i = whole; i < a.length; i++) sum0 += (double) a[i] * b[i];
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /// Σ |aᵢ|.
    static double sumOfSizes(float[] a) {
        double sum = 0;
        for (float value : a) sum += Math.abs(value);
        return sum;
    }

    /// max |aᵢ|; NaN if one is.
    static double largest(float[] a) {
        float largest = 0;
        for (float value : a) largest = Math.max(largest, Math.abs(value));
        return largest;
    }
}
