package dev.neurite.cli.bench;

import dev.neurite.kernel.Kernels;

/// Reads an array that is larger than the caches: how fast memory gives numbers to the threads.
final class ReadLoop {
    private static final int LARGE = 1 << 26; // floats

    private final float[] numbers;

    private ReadLoop(float[] numbers) {
        this.numbers = numbers;
    }

    /// An array of 256 MB, or less if the heap is small.
    static ReadLoop ofMemory() {
        return new ReadLoop(new float[(int) Math.min(LARGE, Runtime.getRuntime().maxMemory() / (8 * Float.BYTES))]);
    }

    /// GB/s at which the threads read it.
    double gigabytes(Kernels kernels, Stopwatch watch) {
        return 1e-6 * Float.BYTES * numbers.length / watch.millis(() -> kernels.isFinite(numbers, 0, numbers.length));
    }
}
