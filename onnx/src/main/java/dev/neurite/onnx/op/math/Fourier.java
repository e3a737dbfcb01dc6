package dev.neurite.onnx.op.math;

/// The discrete Fourier transform of any length: by halves if it is a power of two, else by a convolution of such a
/// length (Bluestein 1970).
final class Fourier {
    private final int n;
    private final int size; // a power of two
    private final double sign;
    private final double[] chirpReal; // of Bluestein; empty for powers of two
    private final double[] chirpImaginary;
    private final double[] filterReal; // transformed
    private final double[] filterImaginary;

    Fourier(int n, boolean inverse) {
        this.n = n;
        sign = inverse ? 1 : -1;
        boolean power = Integer.bitCount(n) == 1;
        size = power ? n : Integer.highestOneBit(2 * n - 1) << 1;
        int chirp = power ? 0 : n;
        chirpReal = new double[chirp];
        chirpImaginary = new double[chirp];
        filterReal = new double[power ? 0 : size];
        filterImaginary = new double[power ? 0 : size];
        for (int i = 0; i < chirp; i++) {
            double angle = Math.PI * ((long) i * i % (2L * n)) / n;
            chirpReal[i] = Math.cos(angle);
            chirpImaginary[i] = sign * Math.sin(angle);
            filterReal[i] = filterReal[(size - i) % size] = chirpReal[i];
            filterImaginary[i] = filterImaginary[(size - i) % size] = -chirpImaginary[i];
        }
        if (!power) halves(filterReal, filterImaginary, -1);
    }

    /// Transforms numbers in place, without dividing by their count.
    void run(double[] real, double[] imaginary) {
        if (chirpReal.length == 0) {
            halves(real, imaginary, sign);
            return;
        }
        double[] a = new double[size];
        double[] b = new double[size];
        for (int i = 0; i < n; i++) {
            a[i] = real[i] * chirpReal[i] - imaginary[i] * chirpImaginary[i];
            b[i] = real[i] * chirpImaginary[i] + imaginary[i] * chirpReal[i];
        }
        halves(a, b, -1);
        for (int i = 0; i < size; i++) {
            double x = a[i] * filterReal[i] - b[i] * filterImaginary[i];
            b[i] = a[i] * filterImaginary[i] + b[i] * filterReal[i];
            a[i] = x;
        }
        halves(a, b, 1);
        for (int i = 0; i < n; i++) {
            real[i] = (a[i] * chirpReal[i] - b[i] * chirpImaginary[i]) / size;
            imaginary[i] = (a[i] * chirpImaginary[i] + b[i] * chirpReal[i]) / size;
        }
    }

    /// Cooley and Tukey 1965, in place.
    private static void halves(double[] a, double[] b, double sign) {
        int n = a.length;
        for (int i = 1, j = 0; i < n; i++) {
            int bit = n >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j ^= bit;
            if (i >= j) continue;
            double x = a[i];
            a[i] = a[j];
            a[j] = x;
            double y = b[i];
            b[i] = b[j];
            b[j] = y;
        }
        for (int half = 1; half < n; half *= 2) {
            for (int k = 0; k < half; k++) {
                double angle = sign * Math.PI * k / half;
                double c = Math.cos(angle);
                double s = Math.sin(angle);
                for (int i = k; i < n; i += 2 * half) {
                    double x = a[i + half] * c - b[i + half] * s;
                    double y = a[i + half] * s + b[i + half] * c;
                    a[i + half] = a[i] - x;
                    b[i + half] = b[i] - y;
                    a[i] += x;
                    b[i] += y;
                }
            }
        }
    }
}
