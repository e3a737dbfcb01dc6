package dev.neurite.kernel.cpu;

/// Work arrays of kernels, reused and grown if they are too short.
///
/// Operands that micro-kernels load repeatedly are in an [#aligned] array, from [#START] on, so
/// that a vector of 64 bytes does not cross a cache line. A JVM cannot be asked for aligned arrays.
/// But G1 places an array of half a region or more at the beginning of a region, where its header
/// of 16 bytes comes first; hence the minimum length, which is enough for regions of up to 4 MB,
/// those of a 16 GB heap. In a small heap, or with another collector, alignment is a matter of
/// chance; it affects about a fifth of the speed, but not the bits.
public final class Workspace {
    /// The index where the content of an aligned array begins: header and unused elements fill one
    /// cache line.
    public static final int START = 12;

    private static final long SMALL_HEAP = 1L << 29; // bytes; below, memory matters more than speed
    private static final int LEAST = Runtime.getRuntime().maxMemory() < SMALL_HEAP ? 0 : 1 << 19; // 2 MB

    private Workspace() {}

    /// An array with room for `length` elements from [#START] on: this one, if it is long enough.
    public static float[] aligned(float[] array, int length) {
        int all = Math.addExact(START, length);
        return array.length < all ? new float[Math.max(all, LEAST)] : array;
    }

    /// An array of at least `length` elements: this one, if it is long enough.
    public static float[] atLeast(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    /// An array of at least `length` elements: this one, if it is long enough.
    public static int[] atLeast(int[] array, int length) {
        return array.length < length ? new int[length] : array;
    }
}
